export { type ApiAccess, accessOf, inClusterAccess, kubeconfigAccess } from './access.ts';
export { type ApiRequest, ClusterApi } from './api.ts';
export { ApiFault } from './api-fault.ts';
export type { ApiResource } from './discovery.ts';
export { Follower, type Taker } from './follower.ts';
export type { Collection } from './list.ts';
export { LiveCluster, type LiveState, type ObjectChange } from './live-cluster.ts';
export { followPods } from './pods.ts';
export { type LiveReading, readLive } from './reading.ts';
