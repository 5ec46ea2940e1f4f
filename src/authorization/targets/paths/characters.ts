import { anyOf, literal, oneOf, type Regex, repeated, sequence } from './regex.ts';

/** How much of what a path may hold a regular expression lets into parameters; each is shorter than the one before.
 *  - `utf8`: everything.
 *  - `ascii`: percent-encoded characters of ASCII only.
 *  - `plain`: nothing percent-encoded, and no segment of dots alone.
 *  - `lean`: as `plain`, and no segment that begins with a dot. */
export const BREADTHS = ['utf8', 'ascii', 'plain', 'lean'] as const;
export type Breadth = (typeof BREADTHS)[number];

/** What stands in a segment as it is: printable ASCII but for what ends a path, and what paths are refused for. */
export const RAW = Array.from({ length: 0x7e - 0x20 }, (_, at) => String.fromCharCode(at + 0x21))
  .filter((one) => !'/?;#\\%'.includes(one))
  .join('');

const X = '[0-9A-F]';
const C = `%[89AB]${X}`;
/** What is percent-encoded and neither unreserved nor a separator nor a control character. `%25` is left out, since
 *  what follows it could make it a second encoding. */
const ENCODED_ASCII = '2[0-46-9A-C]|3[A-F]|[46]0|[57][BD]|5E|7C';
const ENCODED_CONTROL = `0[1-9A-F]|1${X}|7F`;
/** Well-formed UTF-8 beyond ASCII, but for the sign for kelvin, which is a `k` without regard to case.
 *  @see RFC 3629 §4 */
const ENCODED_BEYOND = [
  `C[2-9A-F]${C}`,
  `D${X}${C}`,
  `E0%[AB]${X}${C}`,
  `E2%84%(?:[89B]${X}|A[0-9B-F])`,
  `E2%(?:[9AB]${X}|8[0-35-9A-F])${C}`,
  `E[13-9A-CEF]${C}${C}`,
  `ED%[89]${X}${C}`,
  `F0%[9AB]${X}${C}${C}`,
  `F[1-3]${C}${C}${C}`,
  `F4%8${X}${C}${C}`,
].join('|');

const ENCODED: Record<Breadth, Regex | undefined> = {
  utf8: { text: `%(?i:${ENCODED_ASCII}|${ENCODED_CONTROL}|${ENCODED_BEYOND})`, size: 120 },
  ascii: { text: `%(?i:${ENCODED_ASCII})`, size: 17 },
  plain: undefined,
  lean: undefined,
};

/** Few are asked for, again and again. */
const made = new Map<string, Regex>();
const MAX_MADE = 10_000;

/** One character of a segment other than these. */
export function characterBut(characters: string, breadth: Breadth): Regex {
  const key = `${breadth} ${characters}`;
  const known = made.get(key);
  if (known) return known;
  const raw = oneOf([...RAW].filter((one) => !characters.includes(one)).join(''));
  const encoded = ENCODED[breadth];
  const regex = encoded ? anyOf([raw, encoded]) : raw;
  if (made.size >= MAX_MADE) made.clear();
  made.set(key, regex);
  return regex;
}

/** Any characters, or none. */
export const anything = (breadth: Breadth): Regex => repeated(characterBut('', breadth));

/** Any segment but `.` and `..`, in one piece. */
export function anySegment(breadth: Breadth): Regex {
  const begun = sequence(characterBut('.', breadth), anything(breadth));
  if (breadth === 'lean') return begun;
  const dotted = sequence(repeated(literal('.')), begun);
  if (breadth === 'plain') return dotted;
  return anyOf([dotted, sequence(literal('...'), repeated(literal('.')))]);
}

const PERCENT_ENCODED = /%[0-9A-F]{2}/g;

/** A part of a canonical path as it stands, with hexadecimal digits in either case. */
export function spelt(text: string): Regex {
  const pieces: Regex[] = [];
  let at = 0;
  for (const match of text.matchAll(PERCENT_ENCODED)) {
    pieces.push(literal(text.slice(at, match.index)));
    pieces.push(...[...match[0]].map((one) => oneOf(one + one.toLowerCase())));
    at = match.index + match[0].length;
  }
  return sequence(...pieces, literal(text.slice(at)));
}

/** Whether a folded text is one whose every spelling is a character of RAW in either case. */
export const isPlain = (folded: string): boolean => /^[a-z0-9._~-]*$/.test(folded);

/** A folded character in every spelling, of which the plain ones have two at most. */
export function loosely(folded: string): Regex {
  return oneOf(folded + folded.toUpperCase());
}
