/** The smaller door: what verifies SVIDs needs no more, and runs on Node 20, too. */
export type { BundleFinder, JwtAuthority, TrustBundle } from './bundle.ts';
export {
  MAX_ID_BYTES,
  MAX_TRUST_DOMAIN_BYTES,
  parseSpiffeId,
  parseTrustDomain,
  type SpiffeId,
  spiffeIdOf,
} from './id.ts';
export { type BundleLimits, DEFAULT_BUNDLE_LIMITS } from './jwk.ts';
export { readJwks } from './read-jwks.ts';
