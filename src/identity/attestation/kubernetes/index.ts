export { attestToken, type TokenEvidence } from './attest.ts';
export type { PodIdentity } from './claims.ts';
export {
  type Cluster,
  type ClusterKeys,
  readClusterKeys,
  type TokenReviewer,
} from './cluster.ts';
