/** What signs the SVIDs of a trust domain: its life, its keys, what it issues and what it revokes. */
export { step } from './authority.ts';
export { bundleOf } from './bundle.ts';
export {
  AuthorityConfig,
  type DiskConfig,
  type OpenBaoConfig,
  type SecretReference,
  UpstreamConfig,
} from './config.ts';
export { DenyIndex, type Shown } from './deny-index.ts';
export { DISCOVERY_PATH, discoveryOf, JWKS_PATH } from './discovery.ts';
export { MAX_AUTHORITIES } from './due.ts';
export {
  type Issuance,
  type IssueCount,
  type IssueCounts,
  type IssuedJwt,
  type IssuedX509,
  Issuer,
  type IssueSum,
  type JwtRequest,
  type X509Request,
} from './issuing/index.ts';
export { AuthorityKeeper, type AuthorityNotice, type KeeperParts } from './keeper.ts';
export { authorityId, keyFingerprint } from './key-fingerprint.ts';
export { KeyRing, MASTER_KEY_FILE, openKeyRing, type SealedThing } from './keys/index.ts';
export {
  type Asking,
  AUTHORITY_KINDS,
  type AuthorityEffect,
  type AuthorityEvent,
  type AuthorityKind,
  type AuthorityState,
  type AuthorityStatus,
  emptyState,
  type Moment,
  type PreparedAuthority,
  type SigningAuthority,
  type Step,
  type TaintPace,
} from './model.ts';
export { type AuthorityPolicy, policyOf } from './policy.ts';
export {
  crlRequestOf,
  type Denial,
  type DenialRequest,
  denialsOf,
  type IssuedRecord,
  MAX_DENIALS,
  type RevocationState,
  type RevokedIdentity,
} from './revocation.ts';
export {
  type AuthorityChange,
  type AuthorityStore,
  DocumentAuthorityStore,
  type KeptAuthorities,
  type KeptKey,
} from './store/index.ts';
export {
  type CertificateWanted,
  type Certified,
  type Certify,
  certifierOf,
  type Post,
  post,
} from './upstream/index.ts';
