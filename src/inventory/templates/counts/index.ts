export { sampleOf } from './bounding.ts';
export { copyOf } from './copy.ts';
export { type Counted, isUnanswered, PathNode, type TypedValues } from './node.ts';
export { NodePool } from './node-pool.ts';
export { PathCounts } from './path-counts.ts';
export { countsFromJson, countsToJson } from './snapshot.ts';
