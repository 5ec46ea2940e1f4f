/** Who calls whom, counted. */
export { CallGraph, type EdgeSeen, type GraphCounts } from './call-graph.ts';
export { GraphLimits } from './limits.ts';
export type { GraphQuery } from './selection.ts';
export type { EdgeQuery, MaturityOf } from './views.ts';
