import type { Candidate } from './candidate.ts';
import { mayStandApart } from './covered.ts';
import { joinerOf, nobodyJoins } from './joining.ts';
import type { Place } from './place.ts';

/** Gives each name of a group the probability that it is a value. */
export type Judge = (
  place: Place,
  names: readonly Candidate[],
  certain: readonly Candidate[],
) => ArrayLike<number>;

/** From this probability on, a name is taken for a value: a false merge hides an endpoint. */
const THRESHOLD = 0.6;
/** At the root nothing says what the names would be values of, and to merge them merges everything: the
 *  more so when few requests came yet. */
const ROOT_THRESHOLD = 0.8;
const FEW_THRESHOLD = 0.98;
const FEW_REQUESTS = 20;
/** Below this probability a name is no value of a parameter that is known beforehand, either. */
const APART_THRESHOLD = 0.02;

/** Names below one place that are of one frame, and the values among which they are judged. */
export interface Group {
  /** To be judged. */
  readonly names: readonly Candidate[];
  /** Values whatever they look like. */
  readonly certain: readonly Candidate[];
}

/** Which names are values; notes in their views how much that is believed. */
export function judged(place: Place, { names, certain }: Group, judge: Judge): boolean[] {
  if (names.length === 0) return [];
  const threshold = thresholdOf(place, names);
  const beliefs = judge(place, names, certain);
  const sure = names.filter((_, rank) => (beliefs[rank] ?? 0) >= threshold);
  const joins = place.parent === undefined ? nobodyJoins : joinerOf([...certain, ...sure]);
  return names.map((candidate, rank) => {
    const belief = beliefs[rank] ?? 0;
    const isValue = belief >= threshold || joins(candidate, belief);
    for (const view of candidate.views) {
      view.belief = isValue ? Math.max(belief, threshold) : belief;
    }
    return isValue;
  });
}

/** Names that fit a parameter known beforehand: their values, except for those that so clearly are no
 *  values that they are endpoints of their own. */
export function judgedCovered(
  place: Place,
  covered: readonly Candidate[],
  { names, certain }: Group,
  judge: Judge,
): Candidate[] {
  const beliefs = covered.some(mayStandApart) ? judge(place, [...covered, ...names], certain) : [];
  return covered.map((candidate, rank) => {
    const belief = mayStandApart(candidate) ? (beliefs[rank] ?? 1) : 1;
    const isApart = belief < APART_THRESHOLD;
    for (const view of candidate.views) view.belief = isApart ? belief : 1;
    return isApart ? { ...candidate, asValue: [] } : candidate;
  });
}

function thresholdOf(place: Place, names: readonly Candidate[]): number {
  if (place.parent !== undefined) return THRESHOLD;
  const requests = names.reduce((sum, candidate) => sum + candidate.requests, 0);
  return requests < FEW_REQUESTS ? FEW_THRESHOLD : ROOT_THRESHOLD;
}
