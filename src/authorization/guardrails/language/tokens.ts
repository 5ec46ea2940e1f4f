/** A word, string, number or sign of a text in Cedar. */
export interface Token {
  readonly kind: 'word' | 'string' | 'number' | 'sign';
  readonly text: string;
  /** In UTF-16 code units. */
  readonly start: number;
  readonly end: number;
}

/** Takes any text, in time in proportion to it. A string that does not end takes all that is left.
 *  @see https://docs.cedarpolicy.com/policies/syntax-grammar.html */
const TOKEN =
  /(?<space>\s+|\/\/[^\n\r]*)|(?<string>"(?:[^"\\]+|\\.)*(?:"|\\?$))|(?<word>[_\p{L}][_\p{L}\p{Nd}]*)|(?<number>\d+)|(?<sign>.)/gsu;

const KINDS = ['string', 'word', 'number', 'sign'] as const;

/** The tokens of a text, without spaces and comments. */
export function* tokensOf(text: string): Generator<Token> {
  for (const { 0: taken, index: start, groups } of text.matchAll(TOKEN)) {
    const kind = KINDS.find((one) => groups?.[one] !== undefined);
    if (kind !== undefined) yield { kind, text: taken, start, end: start + taken.length };
  }
}

/** The string literals of a text, with what they stand for where that is plain. */
export function* stringTokens(text: string): Generator<{ value: string; start: number }> {
  for (const token of tokensOf(text)) {
    if (token.kind !== 'string') continue;
    const value = token.text.slice(1, -1).replace(/\\(["\\'])/g, '$1');
    yield { value, start: token.start };
  }
}
