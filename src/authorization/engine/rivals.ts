import { isMoreSpecific, overlapsLoosely, type PathPattern } from '../operations/index.ts';
import { EVERY } from './methods.ts';
import type { Tables } from './tables.ts';

/** Callees with more known paths than these are not gone through. */
const MAX_PATHS = 256;

/** The bit in which letters of ASCII differ by case. */
const CASE = 0x20;
const MULTIPLIER = 0x9e3779b1;

/** One bit of 32, the same for all segments that are equal without regard to case, at the same place of a path. */
export function markOf(at: number, length: number, first: number, last: number): number {
  const ends = ((first | CASE) << 8) ^ (last | CASE);
  return 1 << (Math.imul((at << 24) ^ (length << 16) ^ ends, MULTIPLIER) >>> 27);
}

/** The marks of segments in the place of parameters by which a path that matches the spot's own may match another known
 *  path as well, which is as near or nearer. Undefined where marks cannot tell, or it would take long. */
export function rivalMarks(
  { callees }: Pick<Tables, 'callees'>,
  callee: number,
  spot: number,
): number | undefined {
  const { paths: known, spots } = callees;
  const { first, end } = callees.pathsOf(callee);
  const own = spots.paths[spot] ?? -1;
  const pattern = known.patterns[own];
  if (!pattern || end - first > MAX_PATHS) return undefined;
  let marks = 0;
  for (let path = first; path < end; path++) {
    const other = known.patterns[path];
    if (path === own || !other || !hasMethod(callees, path, spots.methods[spot] ?? EVERY)) continue;
    if (!overlapsLoosely(pattern, other) || isMoreSpecific(pattern, other)) continue;
    const mark = markOfDifference(pattern, other);
    if (mark === undefined) return undefined;
    marks |= mark;
  }
  return marks;
}

/** Of a literal of the other in the place of a parameter. */
function markOfDifference(own: PathPattern, other: PathPattern): number | undefined {
  for (const [at, { kind }] of own.segments.entries()) {
    const segment = other.segments[at];
    if (kind !== 'parameter' || segment?.kind !== 'literal') continue;
    const { folded } = segment;
    return markOf(at, folded.length, folded.charCodeAt(0), folded.charCodeAt(folded.length - 1));
  }
  return undefined;
}

function hasMethod(
  { paths: known, spots }: Tables['callees'],
  path: number,
  method: number,
): boolean {
  const end = known.endSpot[path] ?? 0;
  for (let spot = known.firstSpot[path] ?? 0; spot < end; spot++) {
    if (spots.methods[spot] === method || spots.methods[spot] === EVERY) return true;
  }
  return false;
}
