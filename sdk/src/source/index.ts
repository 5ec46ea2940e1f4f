/** Where the identities of this workload come from. */
export {
  type IdentityParts,
  type IdentitySource,
  identityOf,
  usableIdentity,
  type X509Identity,
} from './identity.ts';
export { type JwtFetch, JwtSource, type JwtSourceOptions, type JwtSvid } from './jwt-source.ts';
export type { ProvedJwt } from './proved-jwt.ts';
export { readSvid, type X509Svid } from './svid.ts';
export { X509Source, type X509SourceOptions } from './x509-source.ts';
