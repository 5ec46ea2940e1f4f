import { minSegments, type PathPattern } from './pattern.ts';
import {
  type Comparison,
  compareSegments,
  containsSegment,
  overlapsSegment,
  type SegmentPattern,
} from './segment.ts';

const ANY_SEGMENT: SegmentPattern = { kind: 'parameter' };
const segmentAt = (pattern: PathPattern, at: number): SegmentPattern =>
  pattern.segments[at] ?? ANY_SEGMENT;

/** Whether `wide` matches exactly every path that `narrow` matches exactly. */
export function contains(wide: PathPattern, narrow: PathPattern): boolean {
  return containsBy(wide, narrow, 'exact');
}

/** As `contains`, of what each matches loosely. */
export function containsLoosely(wide: PathPattern, narrow: PathPattern): boolean {
  return containsBy(wide, narrow, 'folded');
}

function containsBy(wide: PathPattern, narrow: PathPattern, by: Comparison): boolean {
  const excess = minSegments(narrow) - minSegments(wide);
  if (excess < 0) return false;
  if (wide.rest === 'none' && (excess > 0 || narrow.rest !== 'none')) return false;
  return wide.segments.every((segment, at) => containsSegment(segment, segmentAt(narrow, at), by));
}

/** Whether some path matches both exactly. */
export function overlaps(a: PathPattern, b: PathPattern): boolean {
  return overlapsBy(a, b, 'exact');
}

/** Whether some path matches both loosely. */
export function overlapsLoosely(a: PathPattern, b: PathPattern): boolean {
  return overlapsBy(a, b, 'folded');
}

function overlapsBy(a: PathPattern, b: PathPattern, by: Comparison): boolean {
  const excess = minSegments(a) - minSegments(b);
  if (excess > 0 && b.rest === 'none') return false;
  if (excess < 0 && a.rest === 'none') return false;
  const length = Math.max(a.segments.length, b.segments.length);
  for (let at = 0; at < length; at++) {
    if (!overlapsSegment(segmentAt(a, at), segmentAt(b, at), by)) return false;
  }
  return true;
}

/** Whether `a` says more than `b` of a path that matches both: segment by segment a literal says more than what has
 *  something literal about it, that more than a parameter, and that more than the rest of a path; none of `b` may say
 *  more than that of `a`. False of patterns without wildcards that no path matches both of. */
export function isMoreSpecific(a: PathPattern, b: PathPattern): boolean {
  if (!overlapsLoosely(a, b)) return false;
  const length = Math.max(minSegments(a), minSegments(b));
  let sum = 0;
  for (let at = 0; at <= length; at++) {
    const difference = compareAt(a, b, at);
    if (difference === undefined || difference < 0) return false;
    sum += difference;
  }
  return sum > 0;
}

function compareAt(a: PathPattern, b: PathPattern, at: number): number | undefined {
  const [ofA, ofB] = [a.segments[at], b.segments[at]];
  if (ofA && ofB) return compareSegments(ofA, ofB);
  return Number(ofA !== undefined) - Number(ofB !== undefined);
}
