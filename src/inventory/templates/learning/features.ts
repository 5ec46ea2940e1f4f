import { charactersOf } from '../paths/index.ts';
import type { Candidate } from './candidate.ts';
import type { Words } from './model.ts';
import type { Place } from './place.ts';
import { type Recurrence, stemOf } from './recurrence.ts';
import { type Structure, structuresOf } from './structure.ts';
import type { SuffixIndex } from './suffixes.ts';
import { isPlural, isVersion, looksOf, wordsOf } from './text.ts';

/** What all features of one pass are taken from. */
export interface Evidence {
  readonly suffixes: SuffixIndex;
  readonly recurrence: Recurrence;
  readonly words: Words;
}

/** What is known of a whole group: the names below one place that are of one frame. */
interface Group {
  readonly place: Place;
  readonly names: readonly Candidate[];
  readonly stems: readonly string[];
  readonly beliefs: readonly number[];
  readonly looks: ReadonlyMap<string, number>;
  readonly prefixes: ReadonlyMap<string, number>;
  readonly vocabulary: readonly number[];
  readonly sums: Sums;
}

interface Sums {
  readonly requests: number;
  readonly typed: number;
  readonly once: number;
  readonly median: number;
  readonly entropy: number;
  readonly belief: number;
  readonly weightedBelief: number;
  readonly vocabulary: number;
  readonly plurals: number;
  readonly known: number;
  readonly length: number;
  readonly parentRequests: number;
}

interface Subject {
  readonly candidate: Candidate;
  readonly rank: number;
  readonly stem: string;
  readonly structure: Structure;
}

type Feature = (subject: Subject, group: Group, evidence: Evidence) => number;

/** Means over the others of a group. */
const mean = (sum: number, own: number, others: number): number =>
  others > 0 ? (sum - own) / others : -1;
const ends = (candidate: Candidate, ...methods: string[]): number =>
  candidate.views.some((view) => methods.some((method) => view.ends.has(method))) ? 1 : 0;
const endsHere = ({ views }: Pick<Place, 'views'>, method: string): number =>
  views.some((view) => view.ends.has(method)) ? 1 : 0;
const lastWord = (place: Place): string => wordsOf(place.word).at(-1) ?? '';

/** What a name is judged by, in the order of the model's numbers. */
export const FEATURES: Readonly<Record<string, Feature>> = {
  // How often it is asked, against the names beside it.
  requests: ({ candidate }) => Math.log1p(candidate.requests),
  names: (_, { names }) => Math.log1p(names.length),
  share: ({ candidate }, { sums }) => candidate.requests / sums.requests,
  againstMedian: ({ candidate }, { sums }) =>
    Math.log((candidate.requests + 0.5) / (sums.median + 0.5)),
  onceShare: ({ candidate }, { sums, names }) =>
    mean(sums.once, candidate.requests <= 1 ? 1 : 0, names.length - 1),
  meanRequests: ({ candidate }, { sums, names }) =>
    Math.log1p(Math.max(0, mean(sums.requests - sums.typed, candidate.requests, names.length - 1))),
  unseen: (_, { sums }) => sums.once / Math.max(1, sums.requests - sums.typed),
  evenness: (_, { sums }) => sums.entropy,
  typedRequests: (_, { sums }) => Math.log1p(sums.typed),
  typedShare: (_, { sums }) => sums.typed / sums.requests,
  // What is asked of it, and of the place above.
  parentEnds: (_, { place }) =>
    Math.log1p(place.views.reduce((sum, view) => sum + sumOf(view.ends), 0)),
  parentGet: (_, { place }) => endsHere(place, 'GET'),
  parentPost: (_, { place }) => endsHere(place, 'POST'),
  groupShare: (_, { sums }) => sums.requests / Math.max(1, sums.parentRequests),
  get: ({ candidate }) => ends(candidate, 'GET'),
  post: ({ candidate }) => ends(candidate, 'POST'),
  put: ({ candidate }) => ends(candidate, 'PUT', 'PATCH'),
  delete: ({ candidate }) => ends(candidate, 'DELETE'),
  endShare: ({ candidate }) =>
    candidate.views.reduce((sum, view) => sum + sumOf(view.ends), 0) / candidate.requests,
  below: ({ candidate }) =>
    Math.log1p(candidate.views.reduce((sum, view) => sum + view.below.length, 0)),
  valuesBelow: ({ candidate }) =>
    candidate.views.some((view) => view.below.some(({ belief }) => belief > 0.5)) ? 1 : 0,
  // Structure.
  withOthers: ({ structure }) => structure.withOthers,
  withValues: ({ structure }) => structure.withValues,
  withLiterals: ({ structure }) => structure.withLiterals,
  withTyped: ({ structure }) => structure.withTyped,
  withNearest: ({ structure }) => structure.withNearest,
  explained: ({ structure }) => structure.explained,
  coverage: ({ structure }) => structure.coverage,
  likelihood: ({ structure }) => structure.likelihood,
  meanLikelihood: ({ structure }) => structure.meanLikelihood,
  suffixes: ({ structure }) => Math.log1p(structure.suffixes),
  weight: ({ structure }) => structure.weight / Math.max(1, structure.suffixes),
  twins: ({ structure }) => Math.log1p(structure.twins),
  twinShare: ({ structure }, { names }) => structure.twins / Math.max(1, names.length - 1),
  twinBelief: ({ structure }) => (structure.twins > 0 ? structure.twinBelief : -1),
  // The same name elsewhere.
  elsewhere: ({ candidate, stem }, _, { recurrence }) =>
    Math.log1p(recurrence.elsewhere(stem, candidate.views).places),
  beliefElsewhere: ({ candidate, stem }, _, { recurrence }) => {
    const { places, belief } = recurrence.elsewhere(stem, candidate.views);
    return places > 0 ? belief : -1;
  },
  // Shape.
  length: ({ stem }) => stem.length,
  hyphens: ({ stem }) => charactersOf(stem).hyphens,
  underscores: ({ stem }) => charactersOf(stem).underscores,
  digits: ({ stem }) => charactersOf(stem).digits,
  upper: ({ stem }) => charactersOf(stem).upper / Math.max(1, stem.length),
  capital: ({ stem }) => (/^[A-Z]/.test(stem) ? 1 : 0),
  punctuation: ({ stem }) => charactersOf(stem).others + charactersOf(stem).dots,
  vowels: ({ stem }) => charactersOf(stem).vowels / Math.max(1, stem.length),
  plural: ({ stem }) => (isPlural(stem) ? 1 : 0),
  words: ({ stem }) => wordsOf(stem).length,
  looks: ({ stem }, { looks, names }) => mean(looks.get(looksOf(stem)) ?? 1, 1, names.length - 1),
  prefixes: ({ stem }, { prefixes, names }) =>
    mean(prefixes.get(prefixOf(stem)) ?? 1, 1, names.length - 1),
  lengthOfOthers: ({ stem }, { sums, names }) => mean(sums.length, stem.length, names.length - 1),
  pluralOthers: ({ stem }, { sums, names }) =>
    mean(sums.plurals, isPlural(stem) ? 1 : 0, names.length - 1),
  framed: (_, { names }) => (names[0]?.frame === '{}' ? 0 : 1),
  // What public specifications call literals.
  asLiteral: ({ stem }, _, { words }) => Math.log1p(words.asLiteral(stem)),
  vocabulary: ({ rank }, { vocabulary }) => vocabulary[rank] ?? 0,
  vocabularyOfOthers: ({ rank }, { vocabulary, sums, names }) =>
    mean(sums.vocabulary, vocabulary[rank] ?? 0, names.length - 1),
  knownOthers: ({ stem }, { sums, names }, { words }) =>
    mean(sums.known, words.asLiteral(stem) > 2 ? 1 : 0, names.length - 1),
  // The place above.
  depth: (_, { place }) => place.depth,
  parentIsParameter: (_, { place }) => (place.isParameter ? 1 : 0),
  parentPlural: (_, { place }) => (!place.isParameter && isPlural(lastWord(place)) ? 1 : 0),
  parentFollowed: (_, { place }, { words }) =>
    place.isParameter ? -1 : (words.followedByParameter(place.word) ?? -2),
  parentVersion: (_, { place }) => (isVersion(place.word) ? 1 : 0),
  // Beliefs of the last pass.
  belief: ({ rank }, { beliefs }) => beliefs[rank] ?? 0,
  beliefOfOthers: ({ rank }, { beliefs, sums, names }) =>
    mean(sums.belief, beliefs[rank] ?? 0, names.length - 1),
  weightedBelief: ({ rank, candidate }, { beliefs, sums }) => {
    const others = sums.requests - candidate.requests;
    const own = (beliefs[rank] ?? 0) * candidate.requests;
    return others > 0 ? (sums.weightedBelief - own) / others : -1;
  },
};

const ALL = Object.values(FEATURES);
export const FEATURE_COUNT = ALL.length;

/** The features of every name of a group, one after the other. `certain` are the values of kinds, which
 *  are evidence only. */
export function featuresOf(
  place: Place,
  names: readonly Candidate[],
  certain: readonly Candidate[],
  evidence: Evidence,
): Float64Array {
  const group = groupOf(place, names, certain, evidence);
  const members = [...names, ...certain].map((candidate, rank) => ({
    suffixes: evidence.suffixes.ofAll(candidate.views),
    belief: candidate.isTyped ? 1 : (group.beliefs[rank] ?? 0),
    isTyped: candidate.isTyped,
  }));
  const structures = structuresOf(members, evidence.suffixes);
  const rows = new Float64Array(names.length * FEATURE_COUNT);
  names.forEach((candidate, rank) => {
    // There is a structure for every member, and the names come first.
    const structure = structures[rank] as Structure;
    const subject = { candidate, rank, stem: group.stems[rank] ?? '', structure };
    for (let at = 0; at < FEATURE_COUNT; at++) {
      rows[rank * FEATURE_COUNT + at] = (ALL[at] as Feature)(subject, group, evidence);
    }
  });
  return rows;
}

function groupOf(
  place: Place,
  names: readonly Candidate[],
  certain: readonly Candidate[],
  { words }: Evidence,
): Group {
  const stems = names.map(({ token, frame }) => stemOf(token, frame));
  const beliefs = names.map(({ views }) => meanBelief(views));
  const vocabulary = stems.map((stem) => vocabularyOf(stem, words));
  const counts = names.map(({ requests }) => requests);
  const typed = certain.reduce((sum, { requests }) => sum + requests, 0);
  const requests = counts.reduce((sum, count) => sum + count, 0);
  const sums = {
    requests: requests + typed,
    typed,
    once: counts.filter((count) => count <= 1).length,
    median: [...counts].sort((a, b) => a - b)[counts.length >> 1] ?? 0,
    entropy: evennessOf(counts, requests),
    belief: total(beliefs),
    weightedBelief: total(beliefs.map((belief, rank) => belief * (counts[rank] ?? 0))) + typed,
    vocabulary: total(vocabulary),
    plurals: stems.filter(isPlural).length,
    known: stems.filter((stem) => words.asLiteral(stem) > 2).length,
    length: total(stems.map((stem) => stem.length)),
    parentRequests: place.views.reduce((sum, view) => sum + view.requests, 0),
  };
  const looks = tallied(stems.map(looksOf));
  const prefixes = tallied(stems.map(prefixOf));
  return { place, names, stems, beliefs, looks, prefixes, vocabulary, sums };
}

function meanBelief(views: Candidate['views']): number {
  let sum = 0;
  let requests = 0;
  for (const view of views) {
    sum += view.belief * view.requests;
    requests += view.requests;
  }
  return requests > 0 ? sum / requests : 0;
}

/** How usual the words of a name are in literals. */
function vocabularyOf(stem: string, words: Words): number {
  const parts = wordsOf(stem);
  if (parts.length === 0) return 0;
  return total(parts.map((word) => Math.log1p(words.asLiteral(word)))) / parts.length;
}

/** Entropy against that of equal counts. */
function evennessOf(counts: readonly number[], sum: number): number {
  if (counts.length < 2) return -1;
  let entropy = 0;
  for (const count of counts) {
    if (count > 0) entropy -= (count / sum) * Math.log(count / sum);
  }
  return entropy / Math.log(counts.length);
}

function prefixOf(stem: string): string {
  const end = stem.search(/[-_]/);
  return end > 0 ? stem.slice(0, end + 1) : stem.replace(/\d+$/, '#');
}

function tallied(keys: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}

function total(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}

function sumOf(counts: ReadonlyMap<string, number>): number {
  let sum = 0;
  for (const count of counts.values()) sum += count;
  return sum;
}
