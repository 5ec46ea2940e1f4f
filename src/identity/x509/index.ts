/** X.509: certificates of authorities and of workloads, issued, read and validated. */
export {
  type Authority,
  type AuthorityRequest,
  authorityOf,
  issueAuthority,
  uniqueSubject,
} from './authority.ts';
export { type CrlRequest, issueCrl } from './crl/index.ts';
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
export { toPem } from './pem.ts';
export { type FillRandom, serialNumbers } from './serial.ts';
export { type Signer, signerOf } from './signer.ts';
export * from './verifier.ts';
