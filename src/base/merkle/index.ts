export { Frontier, type OnPerfect } from './frontier.ts';
export { EMPTY_ROOT, HASH_BYTES, leafHash, nodeHash } from './hash.ts';
export {
  proveConsistency,
  proveInclusion,
  rootAt,
  verifyConsistency,
  verifyInclusion,
} from './proof.ts';
export { type ReadHashes, subtreesOf, TILE_LEVELS, TILE_WIDTH } from './tiles.ts';
