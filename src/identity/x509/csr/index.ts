/** Requests for certificates. */
export { judgeCsrNames, type RegisteredNames } from './names.ts';
export { CSR_KEY_POLICY, type Csr, MAX_CSR_BYTES, readCsr } from './read.ts';
export { type CsrWish, writeCsr } from './write.ts';
