import type { Known, PriorNode } from '../knowledge/index.ts';
import { type Candidate, candidatesOf } from './candidate.ts';
import { isCovered } from './covered.ts';
import { uniteFrames } from './frames.ts';
import { Place } from './place.ts';
import { uniteSpellings } from './spellings.ts';
import { isFixedVersion } from './versions.ts';
import type { View } from './view.ts';

/** Gives each name of a group the probability that it is a value. */
export type Judge = (
  place: Place,
  names: readonly Candidate[],
  certain: readonly Candidate[],
) => readonly number[];

/** From this probability on, a name is taken for a value: a false merge hides an endpoint. */
const THRESHOLD = 0.6;
/** At the root nothing says what the names would be values of, and to merge them merges everything: the
 *  more so when few requests came yet. */
const ROOT_THRESHOLD = 0.8;
const FEW_THRESHOLD = 0.98;
const FEW_REQUESTS = 20;

/** Builds the tree of templates from the root: at each place, what is below all views merged into it is
 *  judged, and the values of one frame become one place. Notes in the views what is believed. */
export function walk(root: View, known: Known, judge: Judge): Walked {
  const walk = { judge, hasChanged: false };
  const priors = isEmpty(known.root) ? [] : [known.root];
  const place = new Place('', false, undefined, [root], priors);
  grow(place, walk);
  return { place, hasChanged: walk.hasChanged };
}

function isEmpty({ literals, parameters, ends }: PriorNode): boolean {
  return literals.size + parameters.length + ends.length === 0;
}

export interface Walked {
  readonly place: Place;
  /** Something is believed that was not before. */
  readonly hasChanged: boolean;
}

interface Walk {
  readonly judge: Judge;
  hasChanged: boolean;
}

function grow(place: Place, walk: Walk): void {
  const values: Candidate[] = [];
  const literals: Candidate[] = [];
  for (const group of candidatesOf(place.views, place.priors).values()) {
    const { names, certain, fixed } = sorted(group, place);
    literals.push(...fixed);
    values.push(...certain);
    const threshold = thresholdOf(place, names);
    const beliefs = names.length > 0 ? walk.judge(place, names, certain) : [];
    names.forEach((candidate, rank) => {
      const belief = beliefs[rank] ?? 0;
      for (const view of candidate.views) view.belief = belief;
      (belief >= threshold ? values : literals).push(candidate);
    });
  }
  for (const [frame, group] of uniteFrames(values)) {
    add(
      place,
      frame,
      true,
      group,
      group.flatMap(({ asValue }) => asValue),
      walk,
    );
  }
  for (const group of uniteSpellings(literals)) {
    const [spelling] = group;
    if (spelling === undefined) continue;
    const priors = group.flatMap(({ asLiteral, asValue }) => [...asLiteral, ...asValue]);
    add(place, spelling.spelling, false, group, priors, walk);
  }
}

function thresholdOf(place: Place, names: readonly Candidate[]): number {
  if (place.parent !== undefined) return THRESHOLD;
  const requests = names.reduce((sum, candidate) => sum + candidate.requests, 0);
  return requests < FEW_REQUESTS ? FEW_THRESHOLD : ROOT_THRESHOLD;
}

function add(
  parent: Place,
  word: string,
  isParameter: boolean,
  group: readonly Candidate[],
  priors: readonly PriorNode[],
  walk: Walk,
): void {
  const views = group.flatMap((candidate) => candidate.views);
  const place = new Place(word, isParameter, parent, views, [...new Set(priors)]);
  parent.below.push(place);
  for (const { token } of group) parent.byToken.set(token, place);
  for (const view of views) {
    if (view.word !== word) walk.hasChanged = true;
    view.word = word;
    view.place = place;
  }
  grow(place, walk);
}

interface Sorted {
  /** To be judged. */
  readonly names: Candidate[];
  /** Values whatever they look like. */
  readonly certain: Candidate[];
  /** Literals whatever they look like. */
  readonly fixed: Candidate[];
}

/** What is known before anything is judged. */
function sorted(group: readonly Candidate[], place: Place): Sorted {
  const result: Sorted = { names: [], certain: [], fixed: [] };
  for (const candidate of group) {
    const { asLiteral, asValue, views, isTyped } = candidate;
    if (asLiteral.length > 0 || isFixedVersion(candidate, place)) {
      for (const view of views) view.belief = 0;
      result.fixed.push(candidate);
    } else if (isTyped || isCovered(views, asValue)) {
      for (const view of views) view.belief = 1;
      result.certain.push(candidate);
    } else result.names.push(candidate);
  }
  return result;
}
