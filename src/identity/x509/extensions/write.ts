import {
  boolean,
  contextTag,
  element,
  integer,
  namedBits,
  octetString,
  oid,
  sequence,
  text,
} from '../der/index.ts';
import { EXTENSION, NAME_KIND, USAGE } from './oids.ts';

const TRUE = boolean(true);

/** One extension. */
export function extension(dotted: string, isCritical: boolean, value: Buffer): Buffer {
  return isCritical
    ? sequence(oid(dotted), TRUE, octetString(value))
    : sequence(oid(dotted), octetString(value));
}

/** Whether the key may sign certificates, and how many further authorities may stand between it and
 *  a leaf (any number if undefined). */
export function basicConstraints(isAuthority: boolean, pathLength?: number): Buffer {
  const parts = isAuthority
    ? [TRUE, ...(pathLength === undefined ? [] : [integer(pathLength)])]
    : [];
  return extension(EXTENSION.basicConstraints, true, sequence(...parts));
}

export function keyUsage(...usages: readonly (keyof typeof USAGE)[]): Buffer {
  return extension(EXTENSION.keyUsage, true, namedBits(usages.map((usage) => USAGE[usage])));
}

export function extendedKeyUsage(...dotted: readonly string[]): Buffer {
  return extension(EXTENSION.extendedKeyUsage, false, sequence(...dotted.map(oid)));
}

export function subjectKeyId(keyId: Buffer): Buffer {
  return extension(EXTENSION.subjectKeyId, false, octetString(keyId));
}

export function authorityKeyId(keyId: Buffer): Buffer {
  return extension(EXTENSION.authorityKeyId, false, sequence(element(contextTag(0), keyId)));
}

/** A URI and DNS names. */
export function subjectAlternativeName(
  uri: string,
  dnsNames: readonly string[],
  isCritical: boolean,
): Buffer {
  const names = dnsNames.map((name) => text(contextTag(NAME_KIND.dns), name));
  const value = sequence(text(contextTag(NAME_KIND.uri), uri), ...names);
  return extension(EXTENSION.subjectAlternativeName, isCritical, value);
}

/** Only URIs whose host is one of these. @see RFC 5280 §4.2.1.10 */
export function permittedUriHosts(hosts: readonly string[]): Buffer {
  const subtrees = hosts.map((host) => sequence(text(contextTag(NAME_KIND.uri), host)));
  const value = sequence(element(contextTag(0, true), ...subtrees));
  return extension(EXTENSION.nameConstraints, true, value);
}

/** All extensions of a certificate (number 3) or of a list of revoked ones (number 0). */
export function extensions(number: 0 | 3, ...all: readonly Uint8Array[]): Buffer {
  return element(contextTag(number, true), sequence(...all));
}
