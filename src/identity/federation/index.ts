/** Trust between this trust domain and others: SPIFFE Federation, as a server and as a client. */
export { BundleEndpointConfig, FederationConfig } from './config.ts';
export {
  type BundleEndpoint,
  type BundleEndpointPorts,
  type ServerSvid,
  type SvidSource,
  serveBundleEndpoint,
} from './endpoint/index.ts';
export { Federation } from './federation.ts';
export type { FederationParts } from './parts.ts';
export { type EndpointProfile, RelationWish } from './relation-schema.ts';
export type { BundleState, BundleSummary, FederationStatus, FetchFailure } from './status.ts';
