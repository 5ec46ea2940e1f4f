/** Why a method or a path is not taken. The code is stable; the problem goes behind `the path` or `the method`. */
export interface Refusal {
  readonly code: string;
  readonly problem: string;
}

/** Bounds of a path, its query left out. */
export const MAX_PATH_BYTES = 8_192;
export const MAX_PATH_SEGMENTS = 256;

const REFUSALS = {
  relative: { code: 'path-relative', problem: 'does not begin with a slash' },
  long: { code: 'path-too-long', problem: `has more than ${MAX_PATH_BYTES} characters` },
  deep: { code: 'path-too-deep', problem: `has more than ${MAX_PATH_SEGMENTS} segments` },
  raw: {
    code: 'path-raw-character',
    problem: 'has a space, a control character or a character beyond ASCII that is not encoded',
  },
  reserved: { code: 'path-reserved-character', problem: 'has a backslash, a semicolon or a hash' },
  percent: { code: 'path-broken-encoding', problem: 'has a percent sign without two hex digits' },
  smuggled: {
    code: 'path-smuggled-separator',
    problem: 'has an encoded slash, backslash or NUL',
  },
  twice: { code: 'path-encoded-twice', problem: 'is percent-encoded more than once' },
  utf8: { code: 'path-not-utf8', problem: 'does not decode to UTF-8' },
  empty: { code: 'path-empty-segment', problem: 'has an empty segment' },
  dots: { code: 'path-dot-segment', problem: 'has a segment of one or two dots' },
} as const satisfies Record<string, Refusal>;

const SLASH = 0x2f;
const QUESTION_MARK = 0x3f;
const DOT = 0x2e;
/** Of each ASCII character, whether it may stand in a path as it is and means nothing but itself.
 *  @see RFC 3986 §3.3 (`pchar`, here without `;`) */
const IS_PLAIN = new Uint8Array(128);
for (const character of `${alphanumerics()}-._~!$&'()*+,=:@`) {
  IS_PLAIN[character.charCodeAt(0)] = 1;
}

/** Whether a character may stand in a path as it is and means nothing but itself. */
export const isPlainCode = (code: number): boolean => IS_PLAIN[code] === 1;

function alphanumerics(): string {
  return Array.from({ length: 128 }, (_, code) => String.fromCharCode(code))
    .filter((character) => /[A-Za-z0-9]/.test(character))
    .join('');
}

/** The one spelling of a request's path that patterns are compared with: without a query, percent-encoded
 *  unreserved characters decoded, hexadecimal digits in upper case, no slash at the end. What two servers might
 *  take for different paths is refused.
 *  @see RFC 3986 §6.2.2 */
export function toWirePath(raw: string): string | Refusal {
  if (raw.charCodeAt(0) !== SLASH) return REFUSALS.relative;
  let start = 1;
  let segments = 0;
  let at = 1;
  for (; at < raw.length; at++) {
    const code = raw.charCodeAt(at);
    if (isPlainCode(code)) continue;
    if (code === QUESTION_MARK) break;
    if (code !== SLASH || isOdd(raw, start, at)) return toWirePathWithCare(raw);
    segments++;
    start = at + 1;
  }
  const isAtSlash = start === at;
  if (!isAtSlash && isOdd(raw, start, at)) return toWirePathWithCare(raw);
  if (segments >= MAX_PATH_SEGMENTS || at > MAX_PATH_BYTES) return toWirePathWithCare(raw);
  const end = isAtSlash && at > 1 ? at - 1 : at;
  return end === raw.length ? raw : raw.slice(0, end);
}

/** Whether a segment is empty, or begins with a dot and is short enough to be a dot segment. */
function isOdd(raw: string, start: number, end: number): boolean {
  const length = end - start;
  return length === 0 || (length <= 2 && raw.charCodeAt(start) === DOT);
}

function toWirePathWithCare(raw: string): string | Refusal {
  const query = raw.indexOf('?');
  const path = query === -1 ? raw : raw.slice(0, query);
  if (path.length > MAX_PATH_BYTES) return REFUSALS.long;
  const spelt = toCanonicalSpelling(path);
  if (typeof spelt !== 'string') return spelt;
  const segments = spelt.slice(1).split('/');
  if (segments.at(-1) === '') segments.pop();
  if (segments.length > MAX_PATH_SEGMENTS) return REFUSALS.deep;
  if (segments.includes('')) return REFUSALS.empty;
  if (segments.includes('.') || segments.includes('..')) return REFUSALS.dots;
  return `/${segments.join('/')}`;
}

/** What is refused by the look of it; each pattern is linear. */
const REFUSED_TEXT: readonly (readonly [RegExp, Refusal])[] = [
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones to refuse
  [/[\u0000-\u0020\u007f-\uffff]/, REFUSALS.raw],
  [/[\\;#]/, REFUSALS.reserved],
  [/%(?![0-9A-Fa-f]{2})/, REFUSALS.percent],
  [/%(?:2[Ff]|5[Cc]|00)/, REFUSALS.smuggled],
  [/%25[0-9A-Fa-f]{2}/, REFUSALS.twice],
];
const UNRESERVED = /^[A-Za-z0-9\-._~]$/;

/** A path, or a literal of a pattern, with what is percent-encoded spelt in the one way. What is refused is looked
 *  for before and after: `%25%34%31` comes to `%2541`, which is encoded twice. */
export function toCanonicalSpelling(text: string): string | Refusal {
  const spelt = text.replace(/%[0-9A-Fa-f]{2}/g, (encoded) => {
    const character = String.fromCharCode(Number.parseInt(encoded.slice(1), 16));
    return UNRESERVED.test(character) ? character : encoded.toUpperCase();
  });
  for (const [pattern, refusal] of REFUSED_TEXT) {
    if (pattern.test(text) || pattern.test(spelt)) return refusal;
  }
  return isUtf8(spelt) ? spelt : REFUSALS.utf8;
}

function isUtf8(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}
