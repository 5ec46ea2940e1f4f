/** Mutual TLS with SPIFFE identities for Node services. */
export { type Caller, callerOf, findCaller } from './caller.ts';
export { type ErrorDetails, ReeveError } from './error.ts';
export type { ProvedJwt } from './jwt/index.ts';
export {
  type IdentitySource,
  type JwtFetch,
  JwtSource,
  type JwtSourceOptions,
  type JwtSvid,
  type X509Identity,
  X509Source,
  type X509SourceOptions,
  type X509Svid,
} from './source/index.ts';
export { parseSpiffeId, parseTrustDomain, type SpiffeId } from './spiffe-id.ts';
export {
  type CheckedJwtSvid,
  type GrpcLimits,
  type RawJwtSvid,
  type RawX509Svid,
  type Watcher,
  WorkloadApiClient,
  type WorkloadApiClientOptions,
  type X509BundlesResponse,
  type X509SvidResponse,
} from './workload-api/index.ts';
export { type ProvedPeer, type TrustMaterial, X509Trust } from './x509/index.ts';
