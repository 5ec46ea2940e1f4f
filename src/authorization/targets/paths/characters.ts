import { anyOf, literal, many, oneOf, type Regex, repeated, sequence } from './regex.ts';

/** How much of what a path may hold a regular expression lets into parameters; each is shorter than the one before.
 *  - `utf8`: everything.
 *  - `ascii`: percent-encoded characters of ASCII only.
 *  - `plain`: nothing percent-encoded, and no segment of dots alone. */
export const BREADTHS = ['utf8', 'ascii', 'plain'] as const;
export type Breadth = (typeof BREADTHS)[number];

/** What stands in a segment as it is: printable ASCII but for what ends a path, and what paths are refused for. */
export const RAW = Array.from({ length: 0x7e - 0x20 }, (_, at) => String.fromCharCode(at + 0x21))
  .filter((one) => !'/?;#\\%'.includes(one))
  .join('');

const X = '[0-9A-F]';
const C = `%[89AB]${X}`;
/** What is percent-encoded and neither unreserved nor a separator nor a control character. `%25` is left out, since
 *  what follows it could make it a second encoding. */
const ASCII = '2[0-46-9A-C]|3[A-F]|[46]0|[57][BD]|5E|7C';
const CONTROL = `0[1-9A-F]|1${X}|7F`;
/** Well-formed UTF-8 beyond ASCII, but for what begins with E2.
 *  @see RFC 3629 §4 */
const BEYOND = `(?:C[2-9A-F]|D${X}|E0%[AB]${X}|E[13-9A-CEF]${C}|ED%[89]${X}|(?:F0%[9AB]${X}|F[1-3]${C}|F4%8${X})${C})${C}`;
const FROM_E2 = `E2${C}${C}`;
/** The same without the sign for kelvin, which is a `k` without regard to case. */
const FROM_E2_BUT_KELVIN = `E2%(?:(?:8[0-35-9A-F]|[9AB]${X})${C}|84%(?:[89B]${X}|A[0-9B-F]))`;

const ENCODED: Record<Breadth, Regex | undefined> = {
  utf8: { text: `%(?i:${ASCII}|${CONTROL}|${BEYOND}|${FROM_E2})`, size: 100 },
  ascii: { text: `%(?i:${ASCII})`, size: 17 },
  plain: undefined,
};
const BUT_KELVIN: Regex = {
  text: `%(?i:${ASCII}|${CONTROL}|${BEYOND}|${FROM_E2_BUT_KELVIN})`,
  size: 110,
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
  const isKelvin = breadth === 'utf8' && characters.includes('k');
  const encoded = isKelvin ? BUT_KELVIN : ENCODED[breadth];
  const regex = encoded ? anyOf([raw, encoded]) : raw;
  if (made.size >= MAX_MADE) made.clear();
  made.set(key, regex);
  return regex;
}

/** Any characters, or none. */
export const anything = (breadth: Breadth): Regex => repeated(characterBut('', breadth));

/** Any segment but `.` and `..`: something else than a dot is in it, or it has three of them. */
export function anySegment(breadth: Breadth): Regex {
  const other = characterBut('.', breadth);
  const dots = repeated(literal('.'));
  const begun = sequence(many(sequence(dots, other)), dots);
  return breadth === 'plain' ? begun : anyOf([begun, sequence(literal('...'), dots)]);
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
