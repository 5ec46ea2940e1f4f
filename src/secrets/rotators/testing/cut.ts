import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** A way to a server that breaks down after so many pieces of what the server answers, as if whoever asked had been
 *  killed there. */
export interface Cutter {
  readonly port: number;
  /** Whether it broke down. */
  isCut(): boolean;
  close(): Promise<void>;
}

export async function cutAfter(pieces: number, target: number): Promise<Cutter> {
  const sockets = new Set<Socket>();
  let left = pieces;
  const end = () => {
    for (const socket of sockets) socket.destroy();
  };
  const server: Server = createServer((near) => {
    const far = connect(target, '127.0.0.1');
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.setNoDelay(true).on('error', () => {});
      socket.on('close', () => {
        near.destroy();
        far.destroy();
      });
    }
    if (left < 0) return end();
    near.on('data', (piece) => far.write(piece));
    far.on('data', (piece) => {
      if (left-- > 0) near.write(piece);
      else end();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' ? (address?.port ?? 0) : 0,
    isCut: () => left < 0,
    async close() {
      end();
      server.close();
      await once(server, 'close');
    },
  };
}
