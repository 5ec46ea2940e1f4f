/** Extensions of certificates, requests and lists of revoked certificates. */
export type { NameConstraints, NameSubtree } from './name-constraints.ts';
export { type AlternativeNames, MAX_NAMES } from './names.ts';
export {
  ANY_USAGE,
  CLIENT_AUTH,
  EXTENSION,
  EXTENSION_REQUEST,
  kindOfName,
  NAME_KIND,
  SERVER_AUTH,
  USAGE,
} from './oids.ts';
export {
  type BasicConstraints,
  type Extensions,
  type KeyUsage,
  type RawExtension,
  readExtensions,
  splitExtensions,
} from './read.ts';
export {
  authorityKeyId,
  basicConstraints,
  extendedKeyUsage,
  extension,
  extensions,
  keyUsage,
  permittedUriHosts,
  subjectAlternativeName,
  subjectKeyId,
} from './write.ts';
