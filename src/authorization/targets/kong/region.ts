import {
  contains,
  containsLoosely,
  overlaps,
  overlapsLoosely,
  type PathPattern,
  type SegmentPattern,
} from '../../operations/index.ts';
import { formsOf } from '../spellings.ts';

/** Paths that a route may take: those of a pattern, of which some segments are compared as they stand and others
 *  without regard to case. */
export interface Region {
  readonly segments: readonly RegionSegment[];
  readonly rest: PathPattern['rest'];
  /** The same for equal regions. */
  readonly key: string;
}

export interface RegionSegment {
  readonly segment: SegmentPattern;
  readonly by: Comparison;
}
export type Comparison = 'exact' | 'folded';

const ANY: RegionSegment = { segment: { kind: 'parameter' }, by: 'exact' };

/** What matches a pattern, compared in one way. */
export function toRegion({ segments, rest }: PathPattern, by: Comparison): Region {
  return makeRegion(
    segments.map((segment) => toSegment(segment, by)),
    rest,
  );
}

function toSegment(segment: SegmentPattern, by: Comparison): RegionSegment {
  if (isAny(segment)) return ANY;
  return { segment, by: isCaseless(segment) ? 'exact' : by };
}

const isAny = ({ kind }: SegmentPattern): boolean => kind === 'parameter' || kind === 'wildcard';

function makeRegion(segments: readonly RegionSegment[], rest: Region['rest']): Region {
  const key = JSON.stringify([rest, segments.map(({ segment, by }) => textsOf(segment, by))]);
  return { segments, rest, key };
}

function textsOf(segment: SegmentPattern, by: Comparison): unknown {
  if (segment.kind === 'literal') return `${by} ${segment[by]}`;
  return segment.kind === 'mixed' ? [by, ...segment[by]] : null;
}

/** What is in both: nothing, a region, or something that no region says. */
export type Meeting = Region | 'nothing' | 'unsayable';

const leastOf = ({ segments, rest }: Region): number =>
  segments.length + (rest === 'parameter' ? 1 : 0);

export function meetingOf(a: Region, b: Region): Meeting {
  const rest = restOf(a, b);
  if (rest === undefined) return 'nothing';
  const length = Math.max(a.segments.length, b.segments.length);
  const segments: RegionSegment[] = [];
  let isSayable = true;
  for (let at = 0; at < length; at++) {
    const met = meetingOfSegments(a.segments[at] ?? ANY, b.segments[at] ?? ANY);
    if (met === 'nothing') return 'nothing';
    if (met === 'unsayable') isSayable = false;
    else segments.push(met);
  }
  return isSayable ? makeRegion(segments, rest) : 'unsayable';
}

/** How what is in both ends; undefined where no path has as many segments as either wants. */
function restOf(a: Region, b: Region): Region['rest'] | undefined {
  const length = Math.max(a.segments.length, b.segments.length);
  const least = Math.max(leastOf(a), leastOf(b));
  if (a.rest === 'none' && least > a.segments.length) return undefined;
  if (b.rest === 'none' && least > b.segments.length) return undefined;
  if (a.rest === 'none' || b.rest === 'none') return 'none';
  return least > length ? 'parameter' : 'wildcard';
}

function meetingOfSegments(
  a: RegionSegment,
  b: RegionSegment,
): RegionSegment | 'nothing' | 'unsayable' {
  if (isAny(a.segment)) return b;
  if (isAny(b.segment)) return a;
  if (isWithin(a, b)) return a;
  if (isWithin(b, a)) return b;
  const isExact = a.by === 'exact' && b.by === 'exact';
  const doMeet = (isExact ? overlaps : overlapsLoosely)(patternOf(a), patternOf(b));
  return doMeet ? 'unsayable' : 'nothing';
}

/** Whether all that `narrow` takes is taken by `wide`, too. What compares exactly takes no more than what does not. */
function isWithin(narrow: RegionSegment, wide: RegionSegment): boolean {
  if (wide.by === 'exact' && narrow.by === 'exact') {
    return contains(patternOf(wide), patternOf(narrow));
  }
  if (wide.by === 'exact' && !isCaseless(wide.segment)) return false;
  return containsLoosely(patternOf(wide), patternOf(narrow));
}

/** Whether its texts have no other spelling, so that it takes the same either way. */
function isCaseless(segment: SegmentPattern): boolean {
  if (segment.kind === 'literal') return hasOneForm(segment.folded);
  return segment.kind !== 'mixed' || segment.folded.every(hasOneForm);
}

const hasOneForm = (folded: string): boolean =>
  [...folded].every((character) => formsOf(character).length === 1);

const patternOf = ({ segment }: RegionSegment): PathPattern => ({
  text: '',
  shape: '',
  segments: [segment],
  rest: 'none',
  hasWildcards: false,
});

/** Whether all paths of `narrow` are in `wide`. */
export function isPartOf(narrow: Region, wide: Region): boolean {
  const met = meetingOf(narrow, wide);
  return typeof met === 'object' && met.key === narrow.key;
}
