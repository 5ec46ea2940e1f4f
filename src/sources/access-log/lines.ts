const NEWLINE = 0x0a;
const RETURN = 0x0d;
const NOTHING = Buffer.alloc(0);

export interface LineSink {
  /** A line without its end, in bytes that hold only until this returns. `number` begins at 1. */
  line(bytes: Buffer, start: number, end: number, number: number): void;
  /** A line over the limit, of which nothing is kept. */
  tooLong(number: number): void;
}

/** Cuts a stream of bytes into lines. Holds at most one line of `maxBytes` that is not whole yet. */
export class Lines {
  readonly #sink: LineSink;
  readonly #maxBytes: number;
  #rest: Buffer = NOTHING;
  #isSkipping = false;
  #number = 0;
  #taken = 0;

  constructor(maxBytes: number, sink: LineSink) {
    this.#maxBytes = maxBytes;
    this.#sink = sink;
  }

  /** Lines so far, empty ones and too long ones among them. */
  get count(): number {
    return this.#number;
  }

  /** Bytes that were taken in and are no part of a line that is still open. */
  get settledBytes(): number {
    return this.#isSkipping ? this.#taken : this.#taken - this.#rest.length;
  }

  push(chunk: Buffer): void {
    this.#taken += chunk.length;
    let start = 0;
    if (this.#rest.length > 0 || this.#isSkipping) {
      const first = chunk.indexOf(NEWLINE);
      if (first === -1) {
        this.#keep(chunk);
        return;
      }
      this.#endOpenLine(chunk.subarray(0, first));
      start = first + 1;
    }
    for (;;) {
      const end = chunk.indexOf(NEWLINE, start);
      if (end === -1) break;
      this.#tell(chunk, start, end);
      start = end + 1;
    }
    if (start < chunk.length) this.#keep(chunk.subarray(start));
  }

  /** What is left is a line without its end. */
  end(): void {
    if (this.#rest.length > 0 || this.#isSkipping) this.#endOpenLine(NOTHING);
  }

  #endOpenLine(tail: Buffer): void {
    if (this.#isSkipping) {
      this.#isSkipping = false;
      this.#sink.tooLong(++this.#number);
      return;
    }
    const line = Buffer.concat([this.#rest, tail]);
    this.#rest = NOTHING;
    this.#tell(line, 0, line.length);
  }

  #keep(piece: Buffer): void {
    if (this.#isSkipping) return;
    if (this.#rest.length + piece.length > this.#maxBytes) {
      this.#rest = NOTHING;
      this.#isSkipping = true;
      return;
    }
    // A copy, for the chunk's memory is used again.
    this.#rest = Buffer.concat([this.#rest, piece]);
  }

  #tell(bytes: Buffer, start: number, end: number): void {
    const number = ++this.#number;
    const last = end > start && bytes[end - 1] === RETURN ? end - 1 : end;
    if (last === start) return;
    if (last - start > this.#maxBytes) this.#sink.tooLong(number);
    else this.#sink.line(bytes, start, last, number);
  }
}
