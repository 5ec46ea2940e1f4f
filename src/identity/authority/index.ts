/** What signs the SVIDs of a trust domain: its life, its keys, what it issues and what it revokes. */
export { MAX_AUTHORITIES, step } from './authority.ts';
export { bundleOf } from './bundle.ts';
export {
  AuthorityConfig,
  type DiskConfig,
  type OpenBaoConfig,
  type SecretReference,
  type UpstreamConfig,
} from './config.ts';
export { keyFingerprint } from './key-fingerprint.ts';
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
  DenyIndex,
  denialsOf,
  type IssuedRecord,
  MAX_DENIALS,
  type RevocationState,
  type RevokedIdentity,
  type Shown,
} from './revocation.ts';
