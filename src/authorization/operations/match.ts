import { fold } from './fold.ts';
import type { PathPattern } from './pattern.ts';
import { type Comparison, matchesSegment } from './segment.ts';

/** Whether a canonical path (of `toWirePath`) matches, case included. */
export function matchesExactly(pattern: PathPattern, path: string): boolean {
  return matches(pattern, path, 'exact');
}

/** Whether a canonical path matches where literals are compared decoded and without regard to case. What matches
 *  exactly matches loosely. */
export function matchesLoosely(pattern: PathPattern, path: string): boolean {
  return matches(pattern, fold(path), 'folded');
}

function matches({ segments, rest }: PathPattern, path: string, by: Comparison): boolean {
  let start = 1;
  for (const segment of segments) {
    if (start >= path.length) return false;
    const slash = path.indexOf('/', start);
    const end = slash === -1 ? path.length : slash;
    if (!matchesSegment(segment, path.slice(start, end), by)) return false;
    start = end + 1;
  }
  return rest === 'wildcard' || start >= path.length === (rest === 'none');
}
