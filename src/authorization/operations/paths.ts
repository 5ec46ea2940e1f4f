/** The door for whoever only decides about requests: nothing behind it knows the estate. */
export { contains, containsLoosely, isMoreSpecific, overlaps, overlapsLoosely } from './compare.ts';
export { fold } from './fold.ts';
export { matchesExactly, matchesLoosely } from './match.ts';
export { minSegments, type PathPattern, parsePattern, patternText, sameShape } from './pattern.ts';
export { matchesSegmentLoosely, type SegmentPattern } from './segment.ts';
export { toWireMethod } from './wire-method.ts';
export {
  isPlainCode,
  MAX_PATH_BYTES,
  MAX_PATH_SEGMENTS,
  type Refusal,
  toWirePath,
} from './wire-path.ts';
