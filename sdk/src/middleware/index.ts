/** What all frameworks' middleware is made of, and that of Node's own servers. Each framework's is an
 *  entry of its own (`@reeve/sdk/express`), so that nothing loads a framework that is not there. */
export { type Arrival, createGate, type Gate, type Outcome } from './gate.ts';
export { requireCaller, requireCallerOnUpgrade } from './node.ts';
export type { CallerOptions, JwtSignIn, JwtVerifier } from './options.ts';
export type { Problem, Refusal, RefusalCode } from './refusal.ts';
export { type JwtSvidOptions, type TokenSource, withJwtSvid } from './with-jwt-svid.ts';
