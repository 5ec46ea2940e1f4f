/** Mutual TLS with SPIFFE identities for Node services. */
export {
  ANYONE,
  type Authorize,
  allowOnly,
  askOpa,
  type Decision,
  type OpaOptions,
  type Question,
  type Table,
} from './authorization/index.ts';
export { type Caller, callerOf, findCaller } from './caller.ts';
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
export { parseSpiffeId, parseTrustDomain, type SpiffeId } from './spiffe-id.ts';
