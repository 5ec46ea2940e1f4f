import { quote } from '../../base/fault.ts';
import { ProtoError, type Token, Tokens } from './tokens.ts';

/** What a string holds is nobody's business. */
const FOUND: Partial<Record<Token['kind'], string>> = {
  end: 'the end of the file',
  string: 'a string',
};

/** Reads tokens with up to two tokens of lookahead. */
export class Cursor {
  readonly #tokens: Tokens;
  #current: Token;
  #next: Token | undefined;

  /** @throws {ProtoError} where the text begins with a comment that does not end */
  constructor(text: string) {
    this.#tokens = new Tokens(text);
    this.#current = this.#tokens.next();
  }

  get token(): Token {
    return this.#current;
  }

  get atEnd(): boolean {
    return this.#current.kind === 'end';
  }

  /** Whether the current token is this symbol or word, and not a string of the same text. */
  at(text: string): boolean {
    return this.#current.kind !== 'string' && this.#current.text === text && !this.atEnd;
  }

  /** The current token, which is then passed. */
  take(): Token {
    const token = this.#current;
    this.#current = this.#next ?? this.#tokens.next();
    this.#next = undefined;
    return token;
  }

  /** The token after the current one. */
  peek(): Token {
    this.#next ??= this.#tokens.next();
    return this.#next;
  }

  takeIf(text: string): boolean {
    const isThere = this.at(text);
    if (isThere) this.take();
    return isThere;
  }

  /** @throws {ProtoError} where another token stands */
  expect(text: string): Token {
    if (!this.at(text)) throw this.unexpected(quote(text));
    return this.take();
  }

  /** @throws {ProtoError} where no identifier stands */
  expectName(what: string): Token {
    if (this.#current.kind !== 'word') throw this.unexpected(what);
    return this.take();
  }

  unexpected(wanted: string): ProtoError {
    const { kind, text, offset } = this.#current;
    return new ProtoError(`expected ${wanted}, found ${FOUND[kind] ?? quote(text)}`, offset);
  }

  /** Passes the rest of a statement: up to its `;`, or the braces that end it. Stops before a brace
   *  that closes what is around it. Braces between brackets are values of options. */
  skipStatement(): void {
    let braces = 0;
    let brackets = 0;
    while (!this.atEnd) {
      if (braces === 0 && this.at('}')) return;
      if (this.at('{')) braces++;
      else if (this.at('[')) brackets++;
      else if (this.at(']')) brackets = Math.max(0, brackets - 1);
      const isBodyEnd = this.at('}') && --braces === 0 && brackets === 0;
      const isLast = isBodyEnd || (this.at(';') && braces === 0);
      this.take();
      if (isLast) return;
    }
  }
}
