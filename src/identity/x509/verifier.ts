/** The smaller door: what verifies certificates needs no more, and runs on Node 20, too. */
export { type Certificate, readCertificate, splitCertificates } from './certificate.ts';
export { type CrlCheck, revocationByCrls } from './crl/check.ts';
export { type Crl, judgeSigner, type OpenedCrl, openCrl, readCrl } from './crl/read.ts';
export {
  REVOCATION_REASONS,
  type RevocationReason,
  type RevokedCertificate,
} from './crl/reasons.ts';
export {
  type Authorities,
  authoritiesOf,
  DEFAULT_CLOCK_SKEW_SECONDS,
  judgeLeaf,
  MAX_CHAIN,
  readAuthorities,
  type Step,
  type SvidValidation,
  validateSvid,
  type X509Svid,
} from './validation/index.ts';
