export { attestToken, type TokenEvidence } from './attest.ts';
export type { PodIdentity } from './claims.ts';
export {
  type Cluster,
  type ClusterKeys,
  readClusterKeys,
  type TokenReviewer,
} from './cluster.ts';
export { podClaims } from './pod-claims.ts';
export {
  type ContainerFacts,
  NodePods,
  type NodePodsOptions,
  type PodDirectory,
  type PodFacts,
  readPod,
} from './pods.ts';
export { type ApiPost, tokenReviewer } from './review-call.ts';
export { type TokenApi, TokenCluster, type TokenClusterParts } from './token-cluster.ts';
