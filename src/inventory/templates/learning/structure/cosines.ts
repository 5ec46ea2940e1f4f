import type { Suffixes, SuffixIndex } from '../suffixes.ts';
import type { Member } from './member.ts';

/** How near in direction the suffixes of a member are to those of others, by rarity in the API. */
export interface Cosines {
  /** With the sum of all others, of those believed values, of those believed literals, and of the certain
   *  values; 0 where there are none. */
  readonly withOthers: number;
  readonly withValues: number;
  readonly withLiterals: number;
  readonly withTyped: number;
  /** The largest with one other, how many suffixes the two share, and what is believed of it. */
  readonly withNearest: number;
  readonly sharedWithNearest: number;
  readonly nearestBelief: number;
  /** How many others are about as near as that, among those that most follows. */
  readonly peers: number;
}

/** Others that each is compared with one by one. */
const MAX_COMPARED = 40;
/** From this cosine on, much the same follows two names. */
const PEER_COSINE = 0.7;

type Vector = ReadonlyMap<number, number>;
const EMPTY: Vector = new Map();

/** The cosines of each member, by rank. */
export function cosinesOf(
  members: readonly Member[],
  index: SuffixIndex,
): (rank: number) => Cosines {
  const vectors = members.map(({ suffixes }) => unit(suffixes, index));
  const vectorOf = (rank: number): Vector => vectors[rank] ?? EMPTY;
  const [all, values, literals, typed] = [new Sum(), new Sum(), new Sum(), new Sum()];
  members.forEach(({ belief, isTyped }, rank) => {
    const vector = vectorOf(rank);
    all.add(vector, 1);
    values.add(vector, belief);
    literals.add(vector, 1 - belief);
    if (isTyped) typed.add(vector, 1);
  });
  const compared = members
    .map((_, rank) => rank)
    .sort((a, b) => vectorOf(b).size - vectorOf(a).size || a - b)
    .slice(0, MAX_COMPARED);
  return (rank) => {
    const vector = vectorOf(rank);
    const { belief = 0, isTyped = false } = members[rank] ?? {};
    const { nearest, withNearest, peers } = nearestOf(vector, rank, compared, vectorOf);
    return {
      withOthers: all.without(vector, 1),
      withValues: values.without(vector, belief),
      withLiterals: literals.without(vector, 1 - belief),
      withTyped: typed.without(vector, isTyped ? 1 : 0),
      withNearest,
      sharedWithNearest: nearest < 0 ? 0 : shared(vector, vectorOf(nearest)),
      nearestBelief: members[nearest]?.belief ?? -1,
      peers,
    };
  };
}

function nearestOf(
  vector: Vector,
  rank: number,
  compared: readonly number[],
  vectorOf: (rank: number) => Vector,
): { nearest: number; withNearest: number; peers: number } {
  let nearest = -1;
  let withNearest = 0;
  let peers = 0;
  for (const other of compared) {
    if (other === rank) continue;
    const cosine = dot(vector, vectorOf(other));
    if (cosine >= PEER_COSINE) peers++;
    if (cosine > withNearest) [nearest, withNearest] = [other, cosine];
  }
  return { nearest, withNearest, peers };
}

/** A sum of vectors of length 1. */
class Sum {
  readonly #of = new Map<number, number>();
  #squares = 0;

  add(vector: Vector, scale: number): void {
    for (const [suffix, weight] of vector) {
      const before = this.#of.get(suffix) ?? 0;
      const after = before + weight * scale;
      this.#squares += after * after - before * before;
      this.#of.set(suffix, after);
    }
  }

  /** Cosine of a unit vector with the sum less that vector's own part. */
  without(vector: Vector, scale: number): number {
    let dot = 0;
    for (const [suffix, weight] of vector) dot += weight * (this.#of.get(suffix) ?? 0);
    const squares = this.#squares - 2 * scale * dot + scale * scale;
    if (squares < 1e-9) return 0;
    return Math.max(0, Math.min(1, (dot - scale) / Math.sqrt(squares)));
  }
}

/** Suffixes weighted by rarity and damped count, as a vector of length 1. */
function unit(suffixes: Suffixes, index: SuffixIndex): Vector {
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
function dot(a: Vector, b: Vector): number {
  const [small, large] = a.size <= b.size ? [a, b] : [b, a];
  let sum = 0;
  for (const [suffix, weight] of small) sum += weight * (large.get(suffix) ?? 0);
  return sum;
}

function shared(a: Vector, b: Vector): number {
  let count = 0;
  for (const suffix of a.keys()) if (b.has(suffix)) count++;
  return count;
}
