import type { Socket } from 'node:net';

/** What is gathered before it is handed over within a tick. */
const MAX_GATHERED_BYTES = 64 * 1024;

/** What is sent on one connection. All of one tick goes out in one write, after the promises of the tick have settled:
 *  a hundred answers cost one call of the system. */
export class Output {
  readonly #socket: Socket;
  #parts: Buffer[] = [];
  #bytes = 0;
  #isScheduled = false;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** The peer does not read as fast as it is written to. It is over with the socket's `drain`. */
  get isHeldUp(): boolean {
    return this.#socket.writableNeedDrain;
  }

  /** Bytes that the system has not taken yet. */
  get waitingBytes(): number {
    return this.#bytes + this.#socket.writableLength;
  }

  write(frames: Buffer): void {
    this.#parts.push(frames);
    this.#bytes += frames.length;
    if (this.#bytes >= MAX_GATHERED_BYTES) this.flush();
    else if (!this.#isScheduled) {
      this.#isScheduled = true;
      process.nextTick(this.#flushLater);
    }
  }

  flush(): void {
    if (this.#bytes === 0) return;
    const parts = this.#parts;
    this.#parts = [];
    const bytes = this.#bytes;
    this.#bytes = 0;
    if (!this.#socket.writable) return;
    this.#socket.write(parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts, bytes)); // there is one
  }

  readonly #flushLater = (): void => {
    this.#isScheduled = false;
    this.flush();
  };
}
