import { Fault } from '../fault.ts';

/** Bytes that all calls of a server together may hold in messages. */
export class ByteBudget {
  readonly #maxBytes: number;
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get heldBytes(): number {
    return this.#bytes;
  }

  /** @throws {Fault} `grpc/bytes-too-many`, so that the caller comes back later */
  take(bytes: number): void {
    if (this.#bytes + bytes > this.#maxBytes) {
      throw new Fault(
        'grpc/bytes-too-many',
        `More than ${this.#maxBytes} bytes are being read at once`,
        { hint: 'send the request again after a second, or raise `maxBufferedBytes`' },
      );
    }
    this.#bytes += bytes;
  }

  giveBack(bytes: number): void {
    this.#bytes -= bytes;
  }
}
