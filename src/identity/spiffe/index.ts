/** SPIFFE IDs, trust domains, and what verifies the SVIDs of a trust domain. */
export {
  type BundleFinder,
  type JwtAuthority,
  type TrustBundle,
  toBundleFinder,
} from './bundle.ts';
export {
  type BundleLimits,
  type BundleReading,
  DEFAULT_BUNDLE_LIMITS,
  type IgnoredKey,
  parseBundle,
} from './bundle-document.ts';
export {
  MAX_ID_BYTES,
  MAX_TRUST_DOMAIN_BYTES,
  parseSpiffeId,
  parseTrustDomain,
  type SpiffeId,
  spiffeIdOf,
} from './id.ts';
export { writeBundle, writeJwks } from './write-bundle.ts';
