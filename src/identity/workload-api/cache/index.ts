/** The SVIDs of the workloads that ask, kept fresh. */
export type { FreshSvid, Matched, SvidCachePorts, Trust } from './ports.ts';
export { renewalOf, retryOf } from './renewal.ts';
export { SvidCache, type SvidCacheLimits } from './svid-cache.ts';
