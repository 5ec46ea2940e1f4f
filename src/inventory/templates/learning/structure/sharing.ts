import type { SuffixIndex } from '../suffixes.ts';
import type { Member } from './member.ts';

/** Which of a member's suffixes others have too, and how likely that is. */
export interface Sharing {
  /** The weight of its suffixes that some other has too, as a share; by rarity in the API, and by rarity
   *  in the API without the group. */
  readonly explained: number;
  readonly own: number;
  /** The share of what the others have, weighted by how many have it, that it has too. */
  readonly coverage: number;
  /** Log-likelihood of its suffixes drawn like those of the values beside it, against drawn like those of
   *  the API at large; and that a suffix. */
  readonly likelihood: number;
  readonly meanLikelihood: number;
  /** The same of all others beside it, against the API without the group: nothing need be believed yet. */
  readonly likeOthers: number;
  readonly meanLikeOthers: number;
  readonly suffixes: number;
  readonly weight: number;
  /** Of the whole group: the weight of suffixes that several have, as a share of all; and how many
   *  different ones there are of one. */
  readonly overlap: number;
  readonly union: number;
}

/** How many suffixes the API at large is worth against those of the others beside. */
const PRIOR_WEIGHT = 2;
const MAX_LIKELIHOOD = 3;

/** The sharing of each member, by rank. */
export function sharingOf(
  members: readonly Member[],
  index: SuffixIndex,
): (member: Member) => Sharing {
  const { having, valued, valuedSum } = countsOf(members);
  const outside = index.outside(members.map(({ views }) => views));
  let presence = 0;
  let occurrences = 0;
  let shared = 0;
  let whole = 0;
  for (const [suffix, count] of having) {
    const rarity = outside.weight(suffix);
    presence += index.weight(suffix) * count;
    occurrences += count;
    whole += rarity * count;
    if (count > 1) shared += rarity * count;
  }
  const overlap = shareOf(shared, whole);
  const union = having.size / Math.max(1, occurrences);
  return ({ suffixes, belief }) => {
    const sum = {
      weight: 0,
      explained: 0,
      covered: 0,
      rarity: 0,
      own: 0,
      likelihood: 0,
      likeOthers: 0,
    };
    for (const suffix of suffixes.keys()) {
      const weight = index.weight(suffix);
      const rarity = outside.weight(suffix);
      const others = (having.get(suffix) ?? 1) - 1;
      sum.weight += weight;
      sum.rarity += rarity;
      sum.covered += weight * others;
      if (others > 0) {
        sum.explained += weight;
        sum.own += rarity;
      }
      const values = (valued.get(suffix) ?? 0) - belief;
      sum.likelihood += ratio(values, valuedSum - belief * suffixes.size, index.share(suffix));
      sum.likeOthers += ratio(others, occurrences - suffixes.size, outside.share(suffix));
    }
    const ofOthers = presence - sum.weight;
    return {
      explained: shareOf(sum.explained, sum.weight),
      own: shareOf(sum.own, sum.rarity),
      coverage: ofOthers > 1e-9 ? sum.covered / ofOthers : 0,
      likelihood: sum.likelihood,
      meanLikelihood: shareOf(sum.likelihood, suffixes.size),
      likeOthers: sum.likeOthers,
      meanLikeOthers: shareOf(sum.likeOthers, suffixes.size),
      suffixes: suffixes.size,
      weight: sum.weight,
      overlap,
      union,
    };
  };
}

/** By suffix: how many members have it, and how many of them are believed values. */
function countsOf(members: readonly Member[]) {
  const having = new Map<number, number>();
  const valued = new Map<number, number>();
  let valuedSum = 0;
  for (const { suffixes, belief } of members) {
    for (const suffix of suffixes.keys()) {
      having.set(suffix, (having.get(suffix) ?? 0) + 1);
      valued.set(suffix, (valued.get(suffix) ?? 0) + belief);
      valuedSum += belief;
    }
  }
  return { having, valued, valuedSum };
}

/** Log of the probability that a suffix, drawn `count` times of `drawn` beside, is drawn again, against
 *  its share elsewhere, which is also what is expected before anything was drawn (Dirichlet's prior). */
function ratio(count: number, drawn: number, elsewhere: number): number {
  const like = (count + PRIOR_WEIGHT * elsewhere) / (drawn + PRIOR_WEIGHT);
  return Math.max(-MAX_LIKELIHOOD, Math.min(MAX_LIKELIHOOD, Math.log(like / elsewhere)));
}

function shareOf(part: number, whole: number): number {
  return whole > 0 ? part / whole : 0;
}
