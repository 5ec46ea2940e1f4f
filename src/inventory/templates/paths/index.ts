export { type Characters, charactersOf } from './characters.ts';
export { hashOf } from './hash.ts';
export { UNKEPT } from './kinds.ts';
export { maskOf } from './mask.ts';
export { ownText } from './own.ts';
export { cleanSegment, isClean, segmentsOf } from './segment.ts';
export { suffixOf } from './suffix.ts';
export { isVersion } from './version.ts';
