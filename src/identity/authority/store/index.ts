/** Where authorities are kept: the port, and its adapter to the estate's store. */
export { DocumentAuthorityStore } from './in-documents.ts';
export type { AuthorityChange, AuthorityStore, KeptAuthorities, KeptKey } from './port.ts';
