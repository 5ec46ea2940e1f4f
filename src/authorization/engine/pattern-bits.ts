import type { PathPattern } from '../operations/index.ts';

const BITS = 30;

/** Bit by bit, which segments are literals; -1: there is more to a path than its literals. */
export function literalsOf({ segments, rest }: PathPattern): number {
  if (rest !== 'none' || segments.length > BITS) return -1;
  let bits = 0;
  for (let at = 0; at < segments.length; at++) {
    const kind = segments[at]?.kind;
    if (kind === 'mixed') return -1;
    if (kind === 'literal') bits |= 1 << at;
  }
  return bits;
}

/** 1 where no literal changes by folding. */
export function isFolded({ segments }: PathPattern): 0 | 1 {
  const changes = segments.some((segment) => {
    if (segment.kind === 'literal') return segment.exact !== segment.folded;
    return segment.kind === 'mixed' && segment.exact.join() !== segment.folded.join();
  });
  return changes ? 0 : 1;
}
