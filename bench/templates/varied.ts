import type { Api } from './api.ts';
import { chars, type Draw, KINDS } from './identifiers.ts';
import { PROFILES, type Profile } from './profiles.ts';
import type { Random } from './random.ts';
import { STYLES, type Style } from './traffic.ts';
import { WORDS } from './words.ts';

/** A world drawn by chance, in everything that a profile names and in how values look: what is learnt from
 *  many of these says less about any one of them.
 *  @see Tobin et al., Domain Randomization (2017), for the idea */
export function variedProfile(vocabulary: readonly string[], random: Random): Profile {
  const siblings = Array.from({ length: 6 }, () =>
    random.pick([...SIBLINGS, random.pick(vocabulary)]),
  );
  return {
    name: 'varied',
    styles: variedStyles(random),
    typed: random.next() * 0.8,
    habit: random.next() * 0.6,
    poolSizes: [random.between(2, 12), scaled(12, 20_000, random)],
    nested: random.next() * 0.8,
    nestedSizes: [random.between(1, 3), scaled(4, 60, random)],
    valueExponent: random.next() * 1.3,
    operationExponent: 0.3 + random.next(),
    failures: random.next() * 0.08,
    siblings,
    siblingShare: random.next() * 0.2,
    trailingSlash: random.chance(0.3) ? random.next() * 0.04 : 0,
    kinds: (style, pool) => variedKind(style, vocabulary, pool),
  };
}

const SIBLINGS = [...new Set(PROFILES.flatMap(({ siblings }) => siblings))];
/** Styles that look like literals come often, because these are what there is to learn. */
const WORDY: ReadonlySet<Style> = new Set<Style>(['slug', 'name', 'own-words']);

function variedStyles(random: Random): Record<Style, number> {
  const wordy = 1 + random.next() * 5;
  const weightOf = (style: Style): number =>
    -Math.log(1 - random.next()) * (WORDY.has(style) ? wordy : 1);
  return Object.fromEntries(STYLES.map((style) => [style, weightOf(style)])) as Record<
    Style,
    number
  >;
}

/** From one to the other, by orders of magnitude. */
function scaled(from: number, to: number, random: Random): number {
  return Math.round(from * (to / from) ** random.next());
}

type Word = (random: Random, own: readonly string[]) => string;

/** How values of a style look: a grammar that is drawn once for a pool. Styles without words keep theirs. */
function variedKind(style: Style, vocabulary: readonly string[], random: Random): Draw {
  if (!WORDY.has(style)) return random.pick(KINDS[style]);
  if (random.chance(0.3)) return random.pick(KINDS[style]);
  const words = Array.from({ length: random.pick([1, 1, 1, 2, 2, 3, 4]) }, () =>
    wordOf(style, vocabulary, random),
  );
  const divider = random.pick(DIVIDERS);
  const cased = random.pick(CASES);
  const tail = random.pick(TAILS);
  const isPlural = random.chance(0.15);
  return (values, own) => {
    const parts = words.map((word, index) => cased(word(values, own), index));
    return `${parts.join(divider)}${isPlural ? 's' : ''}${tail(values, divider)}`;
  };
}

function wordOf(style: Style, vocabulary: readonly string[], random: Random): Word {
  if (style === 'name') {
    const first = random.chance(0.5);
    return random.chance(0.6)
      ? (values) => values.pick(first ? WORDS.firsts : WORDS.lasts)
      : (values) => madeUp(values);
  }
  if (style === 'own-words' && random.chance(0.75)) return (values, own) => values.pick(own);
  return random.pick<Word>([
    (values) => values.pick(WORDS.nouns),
    (values) => values.pick(WORDS.adjectives),
    (values) => values.pick(WORDS.verbs),
    (values) => values.pick(vocabulary),
    (values) => madeUp(values),
    (values) => madeUp(values),
    (values) => madeUp(values).slice(0, 3),
  ]);
}

const ONSETS =
  'b c d f g h j k l m n p r s t v w z br ch cl cr dr fl gr pl pr sh sl sp st th tr'.split(' ');
const VOWELS = 'a e i o u a e i o u ai ea ee ie oo ou y'.split(' ');
const CODAS = ['', '', '', 'n', 'r', 's', 't', 'l', 'd', 'm', 'ck', 'nt', 'st', 'ng', 'll'];

/** A word that nobody knows, of one to four syllables. */
function madeUp(random: Random): string {
  let word = '';
  for (let left = random.pick([1, 2, 2, 2, 3, 3, 4]); left > 0; left--) {
    word += random.pick(ONSETS) + random.pick(VOWELS) + random.pick(CODAS);
  }
  return word;
}

const DIVIDERS = ['-', '-', '-', '_', '_', '', '.', '%20'];
const title = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);
const CASES: readonly ((word: string, index: number) => string)[] = [
  (word) => word,
  (word) => word,
  (word) => word,
  title,
  (word, index) => (index === 0 ? word : title(word)),
  (word) => word.toUpperCase(),
];
const TAILS: readonly ((random: Random, divider: string) => string)[] = [
  () => '',
  () => '',
  () => '',
  () => '',
  (random) => String(random.between(1, 99)),
  (random, divider) => `${divider}${random.between(1, 9999)}`,
  (random, divider) => `${divider}${chars('abcdefghijklmnopqrstuvwxyz0123456789', 4, random)}`,
];

const BASES = [
  '/api',
  '/rest',
  '/v1',
  '/api/v2',
  '/2',
  '/rest/api/2',
  '/3.0',
  '/gw/acme',
  '/20240101',
  '/services',
];

/** Now and then an API lies deeper: behind a gateway, below a base path. */
export function withVariedBase(api: Api, random: Random): Api {
  if (!random.chance(0.25)) return api;
  const base = random.pick(BASES);
  const operations = api.operations.map((operation) => ({
    ...operation,
    template: `${base}${operation.template}`,
  }));
  return { ...api, operations };
}
