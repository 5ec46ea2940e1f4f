/** A word of a log line: bare, or within `"…"` or `[…]`. */
export interface Token {
  readonly text: string;
  readonly kind: 'bare' | 'quoted' | 'bracketed';
}

const MAX_TOKENS = 100;

/** The words of a line that is written with blanks, quotes and brackets; at most 100 of them. A quote
 *  within quotes stands behind a backslash. What is not closed reaches to the end of the line. */
export function tokensOf(line: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < line.length && tokens.length < MAX_TOKENS) {
    const first = line[at];
    if (first === ' ' || first === '\t') {
      at++;
    } else if (first === '"') {
      const end = quoteEnd(line, at + 1);
      tokens.push({ text: unescaped(line.slice(at + 1, end)), kind: 'quoted' });
      at = end + 1;
    } else if (first === '[') {
      const end = endAt(line, ']', at + 1);
      tokens.push({ text: line.slice(at + 1, end), kind: 'bracketed' });
      at = end + 1;
    } else {
      const end = endAt(line, ' ', at);
      tokens.push({ text: line.slice(at, end), kind: 'bare' });
      at = end;
    }
  }
  return tokens;
}

function endAt(line: string, character: string, from: number): number {
  const end = line.indexOf(character, from);
  return end === -1 ? line.length : end;
}

function quoteEnd(line: string, from: number): number {
  for (let at = from; at < line.length; at++) {
    const character = line[at];
    if (character === '\\') at++;
    else if (character === '"') return at;
  }
  return line.length;
}

/** What Apache and nginx write for what cannot stand between quotes: `\"`, `\\`, `\t`, `\x22`. Bytes
 *  beyond ASCII become percent-encoded, as they ought to have been sent. */
function unescaped(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(/\\(?:x([0-9A-Fa-f]{2})|(.))/g, (_, hex?: string, other?: string) => {
    if (hex !== undefined) {
      const code = Number.parseInt(hex, 16);
      return code < 0x80 ? String.fromCharCode(code) : `%${hex.toUpperCase()}`;
    }
    return { n: '\n', t: '\t', r: '\r' }[other ?? ''] ?? other ?? '';
  });
}

const REQUEST = /^([!#$%&'*+.^_`|~\w-]{1,40}) +(\S+)(?: +HTTP\/\d(?:\.\d)?)?$/i;

/** `GET /orders HTTP/1.1`, or without the version.
 *  @see RFC 9112 §3 */
export function parseRequestLine(text: string): { method: string; target: string } | undefined {
  const match = REQUEST.exec(text);
  return match?.[1] === undefined || match[2] === undefined
    ? undefined
    : { method: match[1], target: match[2] };
}

/** A number of three digits; 0 for anything else. */
export function parseStatus(text: string | undefined): number {
  return text !== undefined && /^[1-9]\d\d$/.test(text) ? Number(text) : 0;
}

/** Undefined for the dash that stands for nothing. */
export function valueIn(token: Token | undefined): string | undefined {
  return token === undefined || token.text === '-' || token.text === '' ? undefined : token.text;
}
