import type { Candidate } from './candidate.ts';

/** A group has so many values before others join it. */
const MIN_VALUES = 6;
/** So probably is a name a value that joins; less than what makes one of a name by itself. */
const JOINING_BELIEF = 0.15;
/** A name that was asked for more often than a share of the whole group is no ordinary value of it. */
const MAX_SHARE = 1 / 3;
const ALWAYS_FEW = 3;
/** A mask stands for many values. */
const VALUES_OF_A_MASK = 2;

/** Whether a name joins that is believed to be a value to some degree. */
export type Joiner = (candidate: Candidate, belief: number) => boolean;

export const nobodyJoins: Joiner = () => false;

/** Tells which names belong to a group of values although they look like literals by themselves (a tag
 *  that is called `export`): they have no method and nothing below that the group has not, and were asked
 *  for as its values are. */
export function joinerOf(group: readonly Candidate[]): Joiner {
  const values = group.reduce((sum, { isTyped }) => sum + (isTyped ? VALUES_OF_A_MASK : 1), 0);
  if (values < MIN_VALUES) return nobodyJoins;
  const methods = new Set<string>();
  const below = new Set<string>();
  let requests = 0;
  for (const candidate of group) {
    requests += candidate.requests;
    for (const view of candidate.views) {
      for (const method of view.ends.keys()) methods.add(method);
      for (const { word } of view.below) below.add(word);
    }
  }
  const most = Math.max(ALWAYS_FEW, requests * MAX_SHARE);
  return (candidate, belief) =>
    belief >= JOINING_BELIEF &&
    candidate.requests <= most &&
    candidate.views.every(
      (view) =>
        view.ends.keys().every((method) => methods.has(method)) &&
        view.below.every(({ word }) => below.has(word)),
    );
}
