import type { Known, PriorNode } from '../knowledge/index.ts';
import { type Candidate, candidatesOf } from './candidate.ts';
import { isCovered } from './covered.ts';
import { uniteFrames, uniteRepresentations } from './frames.ts';
import { type Group, type Judge, judged, judgedCovered } from './judging.ts';
import { Place } from './place.ts';
import { uniteSpellings } from './spellings.ts';
import { isFixedVersion } from './versions.ts';
import type { View } from './view.ts';

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
    const { names, certain, covered, fixed } = sorted(group, place);
    literals.push(...fixed);
    for (const candidate of judgedCovered(place, covered, { names, certain }, walk.judge)) {
      if (candidate.asValue.length === 0) literals.push(candidate);
      else certain.push(candidate);
    }
    values.push(...certain);
    const areValues = judged(place, { names, certain }, walk.judge);
    names.forEach((candidate, rank) => {
      (areValues[rank] ? values : literals).push(candidate);
    });
  }
  const represented = uniteRepresentations(literals);
  for (const [word, group] of [...uniteFrames(values), ...represented]) {
    const priors = group.flatMap(({ asValue }) => asValue);
    add(place, word, true, group, priors, walk);
  }
  const united = new Set([...represented.values()].flat());
  for (const group of uniteSpellings(literals.filter((literal) => !united.has(literal)))) {
    const [spelling] = group;
    if (spelling === undefined) continue;
    const priors = group.flatMap(({ asLiteral, asValue }) => [...asLiteral, ...asValue]);
    add(place, spelling.spelling, false, group, priors, walk);
  }
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

interface Sorted extends Group {
  readonly names: Candidate[];
  readonly certain: Candidate[];
  /** Values by what is known beforehand. */
  readonly covered: Candidate[];
  /** Literals whatever they look like. */
  readonly fixed: Candidate[];
}

/** What is known before anything is judged. */
function sorted(group: readonly Candidate[], place: Place): Sorted {
  const result: Sorted = { names: [], certain: [], covered: [], fixed: [] };
  for (const candidate of group) {
    const { asLiteral, asValue, views, isTyped } = candidate;
    if (asLiteral.length > 0 || isFixedVersion(candidate, place)) {
      for (const view of views) view.belief = 0;
      result.fixed.push(candidate);
    } else if (isTyped) {
      for (const view of views) view.belief = 1;
      result.certain.push(candidate);
    } else if (isCovered(views, asValue)) result.covered.push(candidate);
    else result.names.push(candidate);
  }
  return result;
}
