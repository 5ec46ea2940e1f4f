import { detached } from '../detached.ts';

/** A token of a .proto file. `text` of a string token is its value, adjacent parts not yet joined. */
export interface Token {
  readonly kind: 'word' | 'string' | 'symbol' | 'end';
  readonly text: string;
  readonly offset: number;
}

/** Where and why a .proto file cannot be read. */
export class ProtoError extends Error {
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.name = 'ProtoError';
    this.offset = offset;
  }
}

/** Sticky, so that each alternative is tried where the last token ended and nowhere else. A word is
 *  an identifier with dots, or a number. */
const WORD = /[A-Za-z0-9_.]+/y;
const BLANK = /[\s\ufeff]+/y;
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

/** Splits a .proto text into tokens, one at a time.
 *  @see Protocol Buffers language specification, Lexical elements */
export class Tokens {
  readonly #text: string;
  #offset = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** @throws {ProtoError} for a comment or string that does not end */
  next(): Token {
    this.#skipBlank();
    const offset = this.#offset;
    const character = this.#text[offset];
    if (character === undefined) return { kind: 'end', text: '', offset };
    if (character === '"' || character === "'") return this.#string(character, offset);
    WORD.lastIndex = offset;
    const word = WORD.exec(this.#text)?.[0];
    this.#offset += word?.length ?? 1;
    return word === undefined
      ? { kind: 'symbol', text: character, offset }
      : { kind: 'word', text: detached(word), offset };
  }

  #skipBlank(): void {
    for (;;) {
      BLANK.lastIndex = this.#offset;
      this.#offset += BLANK.exec(this.#text)?.[0].length ?? 0;
      if (this.#text.startsWith('//', this.#offset)) {
        const end = this.#text.indexOf('\n', this.#offset);
        this.#offset = end === -1 ? this.#text.length : end;
      } else if (this.#text.startsWith('/*', this.#offset)) {
        const end = this.#text.indexOf('*/', this.#offset + 2);
        if (end === -1) throw this.#unended('comment');
        this.#offset = end + 2;
      } else return;
    }
  }

  #string(quote: string, offset: number): Token {
    let text = '';
    for (let at = offset + 1; ; at++) {
      const character = this.#text[at];
      if (character === undefined || character === '\n') throw this.#unended('string');
      if (character === quote) {
        this.#offset = at + 1;
        return { kind: 'string', text, offset };
      }
      if (character === '\\') {
        const escaped = this.#text[++at] ?? '';
        text += ESCAPES[escaped] ?? escaped;
      } else text += character;
    }
  }

  /** The rest of the text is given up: nothing in it can be trusted to be outside. */
  #unended(what: string): ProtoError {
    const start = this.#offset;
    this.#offset = this.#text.length;
    return new ProtoError(`this ${what} does not end`, start);
  }
}
