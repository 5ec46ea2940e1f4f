/** Mutual TLS with SPIFFE identities for Node services. */

export type { Certificate } from '../../src/identity/x509/verifier.ts';
export {
  ANYONE,
  type Authorize,
  allowOnly,
  askOpa,
  type Decided,
  type Decision,
  type KnownPolicy,
  type OpaOptions,
  PolicySource,
  type PolicySourceOptions,
  type Question,
  type ReevePolicy,
  type ReevePolicyOptions,
  reevePolicy,
  type Table,
  type UndecidedReason,
} from './authorization/index.ts';
export { answererOf, type Caller, callerOf, findCaller } from './caller.ts';
export { type ErrorDetails, ReeveError } from './error.ts';
export {
  type Arrival,
  type CallerOptions,
  createGate,
  type Gate,
  type JwtSignIn,
  type JwtSvidOptions,
  type JwtVerifier,
  type Outcome,
  type Problem,
  type Refusal,
  type RefusalCode,
  requireCaller,
  requireCallerOnUpgrade,
  type TokenSource,
  withJwtSvid,
} from './middleware/index.ts';
export {
  type Accept,
  type AcceptRule,
  type ConnectDone,
  type ConnectWish,
  createMtlsAgent,
  createMtlsConnector,
  createMtlsDispatcher,
  createMtlsFetch,
  createMtlsHttp2Server,
  createMtlsServer,
  MtlsAgent,
  type MtlsAgentOptions,
  type MtlsClientOptions,
  type MtlsConnector,
  type MtlsConnectorOptions,
  type MtlsFetch,
  type MtlsHttp2Options,
  type MtlsHttpsOptions,
  type MtlsServerOptions,
  memberOf,
  type TlsVersion,
  type Undici,
  type UndiciDispatcher,
} from './mtls/index.ts';
export {
  type IdentityParts,
  type IdentitySource,
  identityOf,
  type JwtFetch,
  JwtSource,
  type JwtSourceOptions,
  type JwtSvid,
  type ProvedJwt,
  readSvid,
  type X509Identity,
  X509Source,
  type X509SourceOptions,
  type X509Svid,
} from './source/index.ts';
export { parseSpiffeId, parseTrustDomain, type SpiffeId } from './spiffe-id.ts';
export { callerAttributes } from './tracing.ts';
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
export {
  type ProvedPeer,
  type TrustMaterial,
  X509Trust,
} from './x509/index.ts';
