/** The `fetch` of mutual TLS. */
export { createMtlsFetch, type MtlsFetch } from './fetch.ts';
