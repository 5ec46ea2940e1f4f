/** Lists of certificates that an authority has revoked. */
export { type CrlCheck, revocationByCrls } from './check.ts';
export { type CrlRequest, issueCrl } from './issue.ts';
export {
  type Crl,
  DEFAULT_MAX_CRL_BYTES,
  judgeSigner,
  type OpenedCrl,
  openCrl,
  readCrl,
} from './read.ts';
export { REVOCATION_REASONS, type RevocationReason, type RevokedCertificate } from './reasons.ts';
