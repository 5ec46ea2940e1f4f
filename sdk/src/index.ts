/** Mutual TLS with SPIFFE identities for Node services. */
export { type Caller, callerOf, findCaller } from './caller.ts';
export { type ErrorDetails, ReeveError } from './error.ts';
export { parseSpiffeId, parseTrustDomain, type SpiffeId } from './spiffe-id.ts';
