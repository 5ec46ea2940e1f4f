import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** The way to a server of loopback: it can be closed, held up, and broken down in the middle of an answer. */
export class Way {
  /** `stalls`: it takes what comes, and nothing comes back. */
  mode: 'open' | 'refuses' | 'stalls' = 'open';
  /** By which each piece of an answer is late. */
  delayMs = 0;
  /** Pieces of answers until now. */
  pieces = 0;
  /** Told of each piece of what the server answers, before it is passed on; true: the way breaks down there. */
  isCutAt: () => boolean = () => false;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(target: number) {
    this.#server = createServer((near) => this.#lead(near, target));
  }

  static async to(target: number): Promise<Way> {
    const way = new Way(target);
    way.#server.listen(0, '127.0.0.1');
    await once(way.#server, 'listening');
    return way;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Ends what is on its way. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async close(): Promise<void> {
    this.cut();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #lead(near: Socket, target: number): void {
    if (this.mode === 'refuses') {
      near.destroy();
      return;
    }
    const far = connect(target, '127.0.0.1');
    for (const socket of [near, far]) {
      this.#sockets.add(socket);
      socket.setNoDelay(true).on('error', () => undefined);
      socket.on('close', () => this.#sockets.delete(socket));
    }
    near.on('close', () => far.destroy());
    near.on('data', (piece) => {
      if (this.mode !== 'stalls') far.write(piece);
    });
    far.on('close', () => this.#late(() => near.end()));
    far.on('data', (piece) => {
      this.pieces++;
      if (this.isCutAt()) this.cut();
      else this.#late(() => near.write(piece));
    });
  }

  #late(work: () => void): void {
    if (this.delayMs === 0) work();
    else setTimeout(work, this.delayMs);
  }
}
