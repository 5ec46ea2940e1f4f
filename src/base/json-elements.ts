import type { Position } from './text.ts';

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_LIST = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const NEWLINE = 0x0a;

const MAX_KEY_LENGTH = 64;

export interface ElementSink {
  /** One item of the list, an object or a list itself, as JSON text that may still be malformed, and the
   *  line that it begins in. */
  element(bytes: Buffer, line: number): void;
  /** An item over the limit, of which nothing is kept. */
  tooLarge(line: number): void;
}

export interface ElementsProblem extends Position {
  readonly message: string;
}

/** Gives the items of one list in a stream of JSON documents (`log.entries` of a HAR), each for itself,
 *  so that a document of any size costs the memory of its largest item. Looks only at brackets,
 *  strings and the keys on the way to the list: whoever parses an item finds what is wrong in it. */
export class JsonElements {
  readonly #path: readonly string[];
  readonly #maxBytes: number;
  readonly #sink: ElementSink;
  #depth = 0;
  /** Steps of the path that the containers around here stand for. */
  #matched = 0;
  /** Depth inside the list; 0 outside of it. */
  #listDepth = 0;
  #hasList = false;
  #inString = false;
  #isEscaped = false;
  #isKey = false;
  #expectsKey = false;
  #key = '';
  /** Of the item that is open. */
  #parts: Buffer[] | undefined;
  #partsBytes = 0;
  #isTooLarge = false;
  #elementLine = 0;
  #line = 1;
  /** Offset of the line's first byte, counted over all chunks. */
  #lineStart = 0;
  #taken = 0;
  #problem: ElementsProblem | undefined;

  constructor(path: readonly string[], maxBytes: number, sink: ElementSink) {
    this.#path = path;
    this.#maxBytes = maxBytes;
    this.#sink = sink;
  }

  push(chunk: Buffer): void {
    /** Where the open item begins or goes on in this chunk. */
    let from = 0;
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at] as number;
      if (byte === NEWLINE) {
        this.#line++;
        this.#lineStart = this.#taken + at + 1;
      } else if (this.#inString) this.#readString(byte);
      else if (byte === QUOTE) this.#beginString();
      else if (byte === OPEN_OBJECT || byte === OPEN_LIST) {
        if (this.#listDepth > 0 && this.#depth === this.#listDepth) {
          from = at;
          this.#beginElement();
        }
        this.#open(byte);
      } else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) {
        this.#close(at);
        if (this.#parts !== undefined && this.#depth === this.#listDepth) {
          this.#endElement(chunk.subarray(from, at + 1));
        }
      } else if (byte === COMMA) this.#expectsKey = true;
      else if (byte === COLON) this.#expectsKey = false;
    }
    this.#taken += chunk.length;
    // A copy, for the chunk's memory is used again.
    if (this.#parts !== undefined) this.#keep(Buffer.from(chunk.subarray(from)));
  }

  /** What is wrong with the documents as a whole, if anything is: the first thing found. */
  end(): ElementsProblem | undefined {
    if (this.#problem !== undefined) return this.#problem;
    if (this.#depth > 0) {
      return { message: 'ends in the middle of the document', ...this.#position(this.#taken) };
    }
    if (this.#hasList) return undefined;
    const name = this.#path.length === 0 ? 'list' : `list \`${this.#path.join('.')}\``;
    return { message: `holds no ${name}`, line: 1, column: 1 };
  }

  #readString(byte: number): void {
    if (this.#isEscaped) this.#isEscaped = false;
    else if (byte === BACKSLASH) this.#isEscaped = true;
    else if (byte === QUOTE) this.#inString = false;
    else if (this.#isKey && this.#key.length < MAX_KEY_LENGTH)
      this.#key += String.fromCharCode(byte);
  }

  #beginString(): void {
    this.#inString = true;
    this.#isKey = this.#expectsKey && this.#depth === this.#matched + 1;
    if (this.#isKey) this.#key = '';
  }

  #open(byte: number): void {
    const isStep =
      this.#depth > 0 &&
      this.#depth === this.#matched + 1 &&
      !this.#expectsKey &&
      this.#key === this.#path[this.#matched];
    if (isStep) this.#matched++;
    this.#depth++;
    const isOnPath = this.#depth === this.#matched + 1;
    if (!isOnPath) return;
    this.#key = '';
    this.#expectsKey = byte === OPEN_OBJECT;
    if (byte === OPEN_LIST && this.#matched === this.#path.length) {
      this.#listDepth = this.#depth;
      this.#hasList = true;
    }
  }

  #close(at: number): void {
    if (this.#depth === 0) {
      const message = 'closes a bracket that was not opened';
      this.#problem ??= { message, ...this.#position(this.#taken + at) };
      return;
    }
    this.#depth--;
    if (this.#depth < this.#listDepth) this.#listDepth = 0;
    if (this.#depth < this.#matched + 1) this.#matched = Math.max(0, this.#depth - 1);
  }

  #beginElement(): void {
    this.#parts = [];
    this.#partsBytes = 0;
    this.#isTooLarge = false;
    this.#elementLine = this.#line;
  }

  #keep(part: Buffer): void {
    this.#partsBytes += part.length;
    if (this.#partsBytes > this.#maxBytes) {
      this.#isTooLarge = true;
      this.#parts = [];
    } else this.#parts?.push(part);
  }

  #endElement(part: Buffer): void {
    this.#keep(part);
    const parts = this.#parts ?? [];
    this.#parts = undefined;
    if (this.#isTooLarge) this.#sink.tooLarge(this.#elementLine);
    else {
      const [only] = parts;
      this.#sink.element(
        parts.length === 1 && only ? only : Buffer.concat(parts),
        this.#elementLine,
      );
    }
  }

  #position(offset: number): Position {
    return { line: this.#line, column: offset - this.#lineStart + 1 };
  }
}
