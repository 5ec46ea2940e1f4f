import type { Suffixes, SuffixIndex } from './suffixes.ts';

/** What the suffixes of one name have to do with those of the others beside it. */
export interface Structure {
  /** Cosine with the sum of all others, of those believed values, of those believed literals, and of
   *  the certain values; 0 where there are none. */
  readonly withOthers: number;
  readonly withValues: number;
  readonly withLiterals: number;
  readonly withTyped: number;
  /** The largest cosine with one other, how many suffixes the two share, and what is believed of it. */
  readonly withNearest: number;
  readonly sharedWithNearest: number;
  readonly nearestBelief: number;
  /** How many others are about as near as that, among those that most follows. */
  readonly peers: number;
  /** The weight of its suffixes that some other has too, as a share. */
  readonly explained: number;
  /** The share of what the others have, weighted by how many have it, that it has too. */
  readonly coverage: number;
  /** Log-likelihood of its suffixes drawn like those of the values beside it, against drawn like those of
   *  the API at large; and that a suffix. */
  readonly likelihood: number;
  readonly meanLikelihood: number;
  readonly suffixes: number;
  readonly weight: number;
  /** How many others have the same suffixes, and what is believed of these on average. */
  readonly twins: number;
  readonly twinBelief: number;
}

export interface Member {
  readonly suffixes: Suffixes;
  readonly belief: number;
  readonly isTyped: boolean;
}

/** Others that each is compared with one by one. */
const MAX_COMPARED = 40;
/** From this cosine on, much the same follows two names. */
const PEER_COSINE = 0.7;
/** How many suffixes the API at large is worth against those of the values beside. */
const PRIOR_WEIGHT = 2;
const MAX_LIKELIHOOD = 3;

class Sum {
  readonly of = new Map<number, number>();
  squares = 0;

  add(vector: ReadonlyMap<number, number>, scale: number): void {
    for (const [suffix, weight] of vector) {
      const before = this.of.get(suffix) ?? 0;
      const after = before + weight * scale;
      this.squares += after * after - before * before;
      this.of.set(suffix, after);
    }
  }

  /** Cosine of a unit vector with the sum less that vector's own part. */
  without(vector: ReadonlyMap<number, number>, scale: number): number {
    let dot = 0;
    for (const [suffix, weight] of vector) dot += weight * (this.of.get(suffix) ?? 0);
    const squares = this.squares - 2 * scale * dot + scale * scale;
    if (squares < 1e-9) return 0;
    return Math.max(0, Math.min(1, (dot - scale) / Math.sqrt(squares)));
  }
}

/** The structure of every member of a group. */
export function structuresOf(members: readonly Member[], index: SuffixIndex): Structure[] {
  const vectors = members.map(({ suffixes }) => unit(suffixes, index));
  const [all, values, literals, typed] = [new Sum(), new Sum(), new Sum(), new Sum()];
  /** By suffix: how many members have it, and how many of them are believed values. */
  const having = new Map<number, number>();
  const valued = new Map<number, number>();
  let valuedSum = 0;
  const twins = new Map<string, { count: number; belief: number }>();
  const signatures = members.map(({ suffixes }) =>
    [...suffixes.keys()].sort((a, b) => a - b).join(),
  );
  members.forEach(({ suffixes, belief, isTyped }, rank) => {
    const vector = vectors[rank] ?? EMPTY;
    all.add(vector, 1);
    values.add(vector, belief);
    literals.add(vector, 1 - belief);
    if (isTyped) typed.add(vector, 1);
    for (const suffix of suffixes.keys()) {
      having.set(suffix, (having.get(suffix) ?? 0) + 1);
      valued.set(suffix, (valued.get(suffix) ?? 0) + belief);
      valuedSum += belief;
    }
    const signature = signatures[rank] ?? '';
    const same = twins.get(signature) ?? { count: 0, belief: 0 };
    twins.set(signature, { count: same.count + 1, belief: same.belief + belief });
  });
  let presence = 0;
  for (const [suffix, count] of having) presence += index.weight(suffix) * count;
  const compared = members
    .map((_, rank) => rank)
    .sort((a, b) => (vectors[b]?.size ?? 0) - (vectors[a]?.size ?? 0) || a - b)
    .slice(0, MAX_COMPARED);
  return members.map(({ suffixes, belief, isTyped }, rank) => {
    const vector = vectors[rank] ?? EMPTY;
    const same = twins.get(signatures[rank] ?? '') ?? { count: 1, belief };
    let explained = 0;
    let weight = 0;
    let covered = 0;
    let likelihood = 0;
    const drawn = valuedSum - belief * suffixes.size;
    for (const suffix of suffixes.keys()) {
      const own = index.weight(suffix);
      const others = (having.get(suffix) ?? 1) - 1;
      weight += own;
      if (others > 0) explained += own;
      covered += own * others;
      const atLarge = index.share(suffix);
      const like =
        ((valued.get(suffix) ?? 0) - belief + PRIOR_WEIGHT * atLarge) / (drawn + PRIOR_WEIGHT);
      likelihood += Math.max(-MAX_LIKELIHOOD, Math.min(MAX_LIKELIHOOD, Math.log(like / atLarge)));
    }
    const presenceOfOthers = presence - weight;
    let nearest = -1;
    let peers = 0;
    let withNearest = 0;
    for (const other of compared) {
      if (other === rank) continue;
      const cosine = dot(vector, vectors[other] ?? EMPTY);
      if (cosine >= PEER_COSINE) peers++;
      if (cosine > withNearest) [nearest, withNearest] = [other, cosine];
    }
    return {
      withOthers: all.without(vector, 1),
      withValues: values.without(vector, belief),
      withLiterals: literals.without(vector, 1 - belief),
      withTyped: typed.without(vector, isTyped ? 1 : 0),
      withNearest,
      sharedWithNearest: nearest < 0 ? 0 : shared(vector, vectors[nearest] ?? EMPTY),
      peers,
      nearestBelief: members[nearest]?.belief ?? -1,
      explained: weight > 0 ? explained / weight : 0,
      coverage: presenceOfOthers > 1e-9 ? covered / presenceOfOthers : 0,
      likelihood,
      meanLikelihood: suffixes.size > 0 ? likelihood / suffixes.size : 0,
      suffixes: suffixes.size,
      weight,
      twins: same.count - 1,
      twinBelief: same.count > 1 ? (same.belief - belief) / (same.count - 1) : 0,
    };
  });
}

const EMPTY: ReadonlyMap<number, number> = new Map();

/** Suffixes weighted by rarity and damped count, as a vector of length 1. */
function unit(suffixes: Suffixes, index: SuffixIndex): Map<number, number> {
  const vector = new Map<number, number>();
  let squares = 0;
  for (const [suffix, count] of suffixes) {
    const weight = index.weight(suffix) * Math.log1p(Math.min(count, 20));
    vector.set(suffix, weight);
    squares += weight * weight;
  }
  const length = Math.sqrt(squares) || 1;
  for (const [suffix, weight] of vector) vector.set(suffix, weight / length);
  return vector;
}

/** Cosine of two vectors of length 1. */
function dot(a: ReadonlyMap<number, number>, b: ReadonlyMap<number, number>): number {
  const [small, large] = a.size <= b.size ? [a, b] : [b, a];
  let sum = 0;
  for (const [suffix, weight] of small) sum += weight * (large.get(suffix) ?? 0);
  return sum;
}

function shared(a: ReadonlyMap<number, number>, b: ReadonlyMap<number, number>): number {
  let count = 0;
  for (const suffix of a.keys()) if (b.has(suffix)) count++;
  return count;
}
