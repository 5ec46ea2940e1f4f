/** The SPIFFE Workload API on a Unix socket. */
export {
  type FreshSvid,
  type Matched,
  renewalOf,
  retryOf,
  SvidCache,
  type SvidCacheLimits,
  type SvidCachePorts,
  type Trust,
} from './cache/index.ts';
export { WorkloadApiConfig } from './config.ts';
export { WORKLOAD_API } from './description.ts';
export { DEFAULT_WAIT_MS, entitlementOf } from './entitlements.ts';
export { type ConnectedPeers, connectedPeers } from './peers.ts';
export type {
  CheckedJwt,
  Entitled,
  Entitlement,
  HeldSvid,
  IssuedJwt,
  JwtCheck,
  JwtIssue,
  JwtSvidWish,
  NotEntitled,
  Starting,
  WorkloadApiPorts,
  WorkloadCall,
} from './ports.ts';
export { noneInShort, refusalOf, tookTooLong } from './refusals.ts';
export {
  serveWorkloadApi,
  type WorkloadApiOptions,
  type WorkloadApiServer,
} from './server.ts';
export { workloadApi } from './service.ts';
export { attestAgain, forPeer, forWorkload, type Workload } from './workload.ts';
