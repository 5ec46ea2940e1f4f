/** A regular expression in what RE2, Rust's `regex` and JavaScript have in common, with about how large a program RE2
 *  makes of it: never less, as Envoy refuses what is larger than it allows. */
export interface Regex {
  readonly text: string;
  readonly size: number;
  /** Whether a sign behind it is for all of it. */
  readonly isWhole?: true;
}

export const EMPTY: Regex = { text: '', size: 0 };

const SPECIAL = /[\\^$.*+?()[\]{}|]/g;

/** A text that stands for itself: printable ASCII. */
export function literal(text: string): Regex {
  return {
    text: text.replace(SPECIAL, '\\$&'),
    size: text.length,
    ...(text.length === 1 && { isWhole: true }),
  };
}

/** One of these characters; at least one. */
export function oneOf(characters: string): Regex {
  const codes = [...new Set(characters)].map((one) => one.charCodeAt(0)).sort((a, b) => a - b);
  const ranges: [number, number][] = [];
  for (const code of codes) {
    const last = ranges.at(-1);
    if (last && last[1] === code - 1) last[1] = code;
    else ranges.push([code, code]);
  }
  const [only] = codes;
  if (codes.length === 1 && only !== undefined) return literal(String.fromCharCode(only));
  return { text: `[${ranges.map(rangeText).join('')}]`, size: ranges.length, isWhole: true };
}

function rangeText([first, last]: readonly [number, number]): string {
  if (first === last) return inClass(first);
  return `${inClass(first)}${last === first + 1 ? '' : '-'}${inClass(last)}`;
}

function inClass(code: number): string {
  const character = String.fromCharCode(code);
  return /[\\\]^[-]/.test(character) ? `\\${character}` : character;
}

export function sequence(...parts: readonly Regex[]): Regex {
  return {
    text: parts.map(({ text }) => text).join(''),
    size: parts.reduce((sum, { size }) => sum + size, 0),
  };
}

/** Any of them. */
export function anyOf(choices: readonly Regex[]): Regex {
  const [only] = choices;
  if (only && choices.length === 1) return only;
  return {
    text: `(?:${choices.map(({ text }) => text).join('|')})`,
    size: choices.reduce((sum, { size }) => sum + size, choices.length),
    isWhole: true,
  };
}

/** Any number of times. */
export const repeated = (one: Regex): Regex => times(one, '*');

/** Once or more. */
export const many = (one: Regex): Regex => times(one, '+');

export const optional = (one: Regex): Regex => times(one, '?');

function times({ text, size, isWhole }: Regex, sign: string): Regex {
  return { text: `${isWhole ? text : `(?:${text})`}${sign}`, size: size + 2 };
}
