import type { Random } from './random.ts';
import type { Style } from './traffic.ts';
import { WORDS } from './words.ts';

/** Draws one value of a kind that was chosen once for a pool: all values of a pool look alike. */
export type Draw = (random: Random, own: readonly string[]) => string;

const HEX = '0123456789abcdef';
const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const DIGITS = '0123456789';
const UPPER = LOWER.toUpperCase();
const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

export function chars(alphabet: string, length: number, random: Random): string {
  let text = '';
  for (let index = 0; index < length; index++) text += alphabet[random.below(alphabet.length)];
  return text;
}

const pick = (random: Random, words: readonly string[]): string => random.pick(words);
const title = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);
const two = (value: number): string => String(value).padStart(2, '0');

/** The kinds of each style, one of which a pool takes. */
export const KINDS: Readonly<Record<Style, readonly Draw[]>> = {
  number: [
    (random) => String(random.between(1, 500)),
    (random) => String(random.between(1, 99_999)),
    (random) => String(random.between(100_000, 99_999_999)),
    (random) => `${random.between(10, 99)}${chars(DIGITS, 16, random)}`,
  ],
  uuid: [
    (random) => uuid(random),
    (random) => uuid(random),
    (random) => uuid(random).toUpperCase(),
    (random) => uuid(random).replaceAll('-', ''),
  ],
  ulid: [(random) => `01${chars(CROCKFORD, 24, random)}`],
  objectid: [(random) => `5${chars(HEX, 23, random)}`],
  opaque: [
    (random) => chars(LOWER + UPPER + DIGITS, random.between(20, 24), random),
    (random) => chars(LOWER + UPPER + DIGITS, 11, random),
    (random) => chars(LOWER + UPPER + DIGITS, 8, random),
    (random) => chars(LOWER + DIGITS, 10, random),
    (random) => chars(LOWER, random.between(6, 14), random),
    (random) => chars(HEX, random.pick([7, 8, 12, 40]), random),
    (random) => chars(UPPER + DIGITS, random.between(6, 9), random),
    (random) => chars(`${LOWER}${UPPER}${DIGITS}-_`, 16, random),
  ],
  prefixed: [
    ...WORDS.prefixes.slice(0, 12).map(
      (prefix): Draw =>
        (random) =>
          prefix + chars(LOWER + UPPER + DIGITS, 14, random),
    ),
    ...WORDS.prefixes.slice(12).map(
      (prefix): Draw =>
        (random) =>
          prefix + chars(UPPER + DIGITS, 9, random),
    ),
    ...WORDS.prefixes.slice(0, 12).map(
      (prefix): Draw =>
        (random) =>
          prefix + chars(LOWER + DIGITS, 12, random),
    ),
    (random) => `ORD-${random.between(1000, 99_999)}`,
    (random) => `SKU${random.between(100, 9999)}`,
    (random) => `${chars(UPPER, 3, random)}-${random.between(1, 999)}`,
  ],
  slug: [
    (random) => `${pick(random, WORDS.adjectives)}-${pick(random, WORDS.nouns)}`,
    (random) => pick(random, WORDS.nouns),
    (random) => pick(random, WORDS.nouns),
    (random) => `${pick(random, WORDS.nouns)}s`,
    (random) => `${pick(random, WORDS.nouns)}_${pick(random, WORDS.nouns)}`,
    (random) =>
      `${pick(random, WORDS.adjectives)}-${pick(random, WORDS.nouns)}-${random.between(1, 999)}`,
    (random) =>
      `how-to-${pick(random, WORDS.verbs)}-a-${pick(random, WORDS.adjectives)}-${pick(random, WORDS.nouns)}`,
    (random) =>
      `${pick(random, WORDS.nouns)}-${pick(random, WORDS.nouns)}-${random.between(2015, 2026)}`,
    (random) => pick(random, WORDS.codes),
    (random) => pick(random, WORDS.places),
    (random) => pick(random, WORDS.verbs),
    (random) => title(pick(random, WORDS.nouns)),
    (random) => pick(random, WORDS.adjectives) + title(pick(random, WORDS.nouns)),
  ],
  name: [
    (random) => pick(random, WORDS.firsts),
    (random) => `${pick(random, WORDS.firsts)}.${pick(random, WORDS.lasts)}`,
    (random) => `${pick(random, WORDS.firsts)}${pick(random, WORDS.lasts)}${random.between(1, 99)}`,
    (random) => `${pick(random, WORDS.firsts)}${random.between(1, 9999)}`,
    (random) => `${pick(random, WORDS.firsts).charAt(0)}${pick(random, WORDS.lasts)}`,
    (random) => `${title(pick(random, WORDS.firsts))}%20${title(pick(random, WORDS.lasts))}`,
    (random) => `${pick(random, WORDS.firsts)}@${pick(random, WORDS.nouns)}.com`,
    (random) => `${pick(random, WORDS.firsts)}-${pick(random, WORDS.lasts)}`,
  ],
  'own-words': [
    (random, own) => pick(random, own),
    (random, own) => `${pick(random, own)}-${pick(random, own)}`,
    (random, own) => `${pick(random, WORDS.adjectives)}-${pick(random, own)}`,
    (random, own) => `${pick(random, own)}_${random.between(1, 99)}`,
    (random, own) => `${pick(random, WORDS.nouns)}-${pick(random, own)}`,
  ],
  date: [
    (random) => day(random),
    (random) => day(random).replaceAll('-', ''),
    (random) => day(random).slice(0, 7),
    (random) => `${day(random)}T${two(random.below(24))}:${two(random.below(60))}:00Z`,
  ],
  file: [
    (random) => `${pick(random, WORDS.nouns)}.${pick(random, WORDS.extensions)}`,
    (random) => `${pick(random, WORDS.adjectives)}-${pick(random, WORDS.nouns)}.pdf`,
    (random) => `IMG_${random.between(1000, 9999)}.jpg`,
    (random) => `${chars(HEX, 16, random)}.${pick(random, WORDS.extensions)}`,
    (random) => `${pick(random, WORDS.nouns)}_${random.between(1, 40)}.csv`,
  ],
};

function uuid(random: Random): string {
  const part = (length: number): string => chars(HEX, length, random);
  return `${part(8)}-${part(4)}-4${part(3)}-a${part(3)}-${part(12)}`;
}

function day(random: Random): string {
  return `${random.between(2015, 2026)}-${two(random.between(1, 12))}-${two(random.between(1, 28))}`;
}
