import { isVersion } from '../paths/index.ts';
import type { Candidate } from './candidate.ts';
import type { Place } from './place.ts';
import { type Recurrence, stemOf } from './recurrence.ts';
import type { Shape, Shapes } from './shapes.ts';
import { type Structure, structuresOf } from './structure/index.ts';
import type { SuffixIndex } from './suffixes.ts';

/** What all features of one pass are taken from. */
export interface Evidence {
  readonly suffixes: SuffixIndex;
  readonly commonSuffixes: SuffixIndex;
  readonly recurrence: Recurrence;
  readonly shapes: Shapes;
  /** Requests that an operation of the API has on average. */
  readonly perOperation: number;
}

/** What is known of a whole group: the names below one place that are of one frame. */
interface Group {
  readonly place: Place;
  readonly names: readonly Candidate[];
  readonly shapes: readonly Shape[];
  readonly beliefs: readonly number[];
  readonly looks: ReadonlyMap<string, number>;
  readonly prefixes: ReadonlyMap<string, number>;
  readonly sums: Sums;
  /** All suffixes of all names. */
  readonly suffixes: number;
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
  readonly spread: number;
  readonly parentRequests: number;
  readonly parentEnds: number;
  readonly followedElsewhere: number;
}

interface Subject {
  readonly candidate: Candidate;
  readonly rank: number;
  readonly shape: Shape;
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
  // How often what follows it is asked, against the operations of the API: a literal has operations of
  // its own, while values share theirs.
  perOperation: ({ candidate, structure }, _, { perOperation }) =>
    Math.log(candidate.requests / (perOperation * Math.max(1, structure.sharing.suffixes))),
  groupPerOperation: (_, { sums, suffixes }, { perOperation }) =>
    Math.log((sums.requests - sums.typed) / (perOperation * Math.max(1, suffixes))),
  // Under how many of the values above it occurs: literals under all, values under theirs.
  spread: ({ candidate }) => Math.log1p(candidate.views.length),
  spreadShare: ({ candidate }, { place }) => candidate.views.length / place.views.length,
  spreadOfOthers: ({ candidate }, { sums, names }) =>
    mean(sums.spread, candidate.views.length, names.length - 1),
  perSpread: ({ candidate }) => Math.log1p(candidate.requests / candidate.views.length),
  above: (_, { place }) => Math.log1p(place.views.length),
  // What is asked of it, and of the place above.
  parentEnds: (_, { sums }) => Math.log1p(sums.parentEnds),
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
  withOthers: ({ structure }) => structure.cosines.withOthers,
  withValues: ({ structure }) => structure.cosines.withValues,
  withLiterals: ({ structure }) => structure.cosines.withLiterals,
  withTyped: ({ structure }) => structure.cosines.withTyped,
  withNearest: ({ structure }) => structure.cosines.withNearest,
  sharedWithNearest: ({ structure }) => Math.log1p(structure.cosines.sharedWithNearest),
  nearestBelief: ({ structure }) => structure.cosines.nearestBelief,
  peers: ({ structure }) => Math.log1p(structure.cosines.peers),
  peerShare: ({ structure }, { names }) => structure.cosines.peers / Math.max(1, names.length - 1),
  explained: ({ structure }) => structure.sharing.explained,
  coverage: ({ structure }) => structure.sharing.coverage,
  likelihood: ({ structure }) => structure.sharing.likelihood,
  meanLikelihood: ({ structure }) => structure.sharing.meanLikelihood,
  likeOthers: ({ structure }) => structure.sharing.likeOthers,
  meanLikeOthers: ({ structure }) => structure.sharing.meanLikeOthers,
  own: ({ structure }) => structure.sharing.own,
  overlap: ({ structure }) => structure.sharing.overlap,
  union: ({ structure }) => structure.sharing.union,
  commonLikeOthers: ({ structure }) => structure.common.likeOthers,
  commonMeanLikeOthers: ({ structure }) => structure.common.meanLikeOthers,
  commonLikelihood: ({ structure }) => structure.common.likelihood,
  commonOwn: ({ structure }) => structure.common.own,
  commonOverlap: ({ structure }) => structure.common.overlap,
  commonUnion: ({ structure }) => structure.common.union,
  suffixes: ({ structure }) => Math.log1p(structure.sharing.suffixes),
  weight: ({ structure }) => structure.sharing.weight / Math.max(1, structure.sharing.suffixes),
  twins: ({ structure }) => Math.log1p(structure.twins.count),
  twinShare: ({ structure }, { names }) => structure.twins.count / Math.max(1, names.length - 1),
  twinBelief: ({ structure }) => (structure.twins.count > 0 ? structure.twins.belief : -1),
  // The same name elsewhere.
  elsewhere: ({ candidate, shape }, _, { recurrence }) =>
    Math.log1p(recurrence.elsewhere(shape.text, candidate.views).places),
  beliefElsewhere: ({ candidate, shape }, _, { recurrence }) => {
    const { places, belief } = recurrence.elsewhere(shape.text, candidate.views);
    return places > 0 ? belief : -1;
  },
  // Shape.
  length: ({ shape }) => shape.text.length,
  hyphens: ({ shape }) => shape.characters.hyphens,
  underscores: ({ shape }) => shape.characters.underscores,
  digits: ({ shape }) => shape.characters.digits,
  upper: ({ shape }) => shape.characters.upper / Math.max(1, shape.text.length),
  capital: ({ shape }) => (shape.isCapital ? 1 : 0),
  punctuation: ({ shape }) => shape.characters.others + shape.characters.dots,
  vowels: ({ shape }) => shape.characters.vowels / Math.max(1, shape.text.length),
  plural: ({ shape }) => (shape.isPlural ? 1 : 0),
  words: ({ shape }) => shape.words,
  looks: ({ shape }, { looks, names }) => mean(looks.get(shape.looks) ?? 1, 1, names.length - 1),
  prefixes: ({ shape }, { prefixes, names }) =>
    mean(prefixes.get(shape.prefix) ?? 1, 1, names.length - 1),
  lengthOfOthers: ({ shape }, { sums, names }) =>
    mean(sums.length, shape.text.length, names.length - 1),
  pluralOthers: ({ shape }, { sums, names }) =>
    mean(sums.plurals, shape.isPlural ? 1 : 0, names.length - 1),
  framed: (_, { names }) => (names[0]?.frame === '{}' ? 0 : 1),
  // What public specifications call literals.
  asLiteral: ({ shape }) => Math.log1p(shape.asLiteral),
  vocabulary: ({ shape }) => shape.vocabulary,
  vocabularyOfOthers: ({ shape }, { sums, names }) =>
    mean(sums.vocabulary, shape.vocabulary, names.length - 1),
  knownOthers: ({ shape }, { sums, names }) =>
    mean(sums.known, shape.asLiteral > 2 ? 1 : 0, names.length - 1),
  // The place above.
  depth: (_, { place }) => place.depth,
  parentIsParameter: (_, { place }) => (place.isParameter ? 1 : 0),
  parentPlural: (_, { place }, { shapes }) =>
    !place.isParameter && shapes.of(place.word).isPlural ? 1 : 0,
  parentFollowed: (_, { place }, { shapes }) =>
    place.isParameter ? -1 : (shapes.of(place.word).followed ?? -2),
  followedElsewhere: (_, { sums }) => sums.followedElsewhere,
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
  const members = [...names, ...certain].map((candidate, rank) => ({
    views: candidate.views,
    suffixes: evidence.suffixes.ofAll(candidate.views),
    belief: rank < names.length ? meanBelief(candidate.views) : 1,
    isTyped: candidate.isTyped,
  }));
  const structures = structuresOf(
    members,
    names.length,
    evidence.suffixes,
    evidence.commonSuffixes,
  );
  const beliefs = members.slice(0, names.length).map(({ belief }) => belief);
  const suffixes = total(structures.map(({ sharing }) => sharing.suffixes));
  const group = { ...groupOf(place, names, certain, beliefs, evidence), suffixes };
  const rows = new Float64Array(names.length * FEATURE_COUNT);
  names.forEach((candidate, rank) => {
    // There is a structure and a shape for every name.
    const structure = structures[rank] as Structure;
    const subject = { candidate, rank, shape: group.shapes[rank] as Shape, structure };
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
  beliefs: readonly number[],
  evidence: Evidence,
): Omit<Group, 'suffixes'> {
  const shapes = names.map(({ token, frame }) => evidence.shapes.of(stemOf(token, frame)));
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
    vocabulary: total(shapes.map(({ vocabulary }) => vocabulary)),
    plurals: shapes.filter(({ isPlural }) => isPlural).length,
    known: shapes.filter(({ asLiteral }) => asLiteral > 2).length,
    length: total(shapes.map(({ text }) => text.length)),
    spread: total(names.map(({ views }) => views.length)),
    parentRequests: place.views.reduce((sum, view) => sum + view.requests, 0),
    followedElsewhere: place.isParameter ? -2 : evidence.recurrence.followed(place),
    parentEnds: place.views.reduce((sum, view) => sum + sumOf(view.ends), 0),
  };
  const looks = tallied(shapes.map((shape) => shape.looks));
  const prefixes = tallied(shapes.map(({ prefix }) => prefix));
  return { place, names, shapes, beliefs, looks, prefixes, sums };
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

/** Entropy against that of equal counts. */
function evennessOf(counts: readonly number[], sum: number): number {
  if (counts.length < 2) return -1;
  let entropy = 0;
  for (const count of counts) {
    if (count > 0) entropy -= (count / sum) * Math.log(count / sum);
  }
  return entropy / Math.log(counts.length);
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
