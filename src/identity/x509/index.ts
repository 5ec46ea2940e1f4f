/** X.509: certificates of authorities and of workloads, issued, read and validated. */
export {
  type Authority,
  type AuthorityRequest,
  authorityOf,
  issueAuthority,
  uniqueSubject,
} from './authority.ts';
export { type Certificate, readCertificate, splitCertificates } from './certificate.ts';
export {
  type Crl,
  type CrlCheck,
  type CrlRequest,
  issueCrl,
  REVOCATION_REASONS,
  type RevocationReason,
  type RevokedCertificate,
  readCrl,
  revocationByCrls,
} from './crl/index.ts';
export {
  CSR_KEY_POLICY,
  type Csr,
  type CsrWish,
  judgeCsrNames,
  MAX_CSR_BYTES,
  type RegisteredNames,
  readCsr,
  writeCsr,
} from './csr/index.ts';
export {
  BACKDATE_SECONDS,
  createSvidIssuer,
  type IssuedSvid,
  type SvidRequest,
} from './issue-svid.ts';
export { DEFAULT_KEY_POLICY, type KeyKind, type KeyPolicy, type PublicKey } from './keys.ts';
export { type DistinguishedName, nameToText, writeName } from './name.ts';
export { type FillRandom, serialNumbers } from './serial.ts';
export { type Signer, signerOf } from './signer.ts';
export {
  DEFAULT_CLOCK_SKEW_SECONDS,
  MAX_CHAIN,
  type SvidValidation,
  validateSvid,
  type X509Svid,
} from './validation/index.ts';
