import { Fault } from '../../../base/fault.ts';
import { DerReader, TAG } from '../der/index.ts';
import { type NameConstraints, readNameConstraints } from './name-constraints.ts';
import { type AlternativeNames, readAlternativeNames } from './names.ts';
import { EXTENSION } from './oids.ts';

/** What the extensions of a certificate, or those that a request asks for, say. What is absent is
 *  undefined. */
export interface Extensions {
  readonly basicConstraints?: BasicConstraints;
  readonly keyUsage?: KeyUsage;
  /** Object identifiers. */
  readonly extendedKeyUsage?: readonly string[];
  readonly names?: AlternativeNames;
  readonly nameConstraints?: NameConstraints;
  readonly subjectKeyId?: Buffer;
  readonly authorityKeyId?: Buffer;
  /** Object identifiers of extensions that are not understood. */
  readonly unknown: readonly { readonly oid: string; readonly isCritical: boolean }[];
}

export interface BasicConstraints {
  readonly isAuthority: boolean;
  readonly pathLength?: number;
}

export interface KeyUsage {
  readonly isCritical: boolean;
  /** Numbers of `USAGE`. */
  readonly bits: ReadonlySet<number>;
}

/** One extension before its value is read. */
export interface RawExtension {
  readonly oid: string;
  readonly isCritical: boolean;
  readonly value: Buffer;
}

export const MAX_EXTENSIONS = 50;
const MAX_USAGES = 50;

/** Splits a SEQUENCE of extensions. `whose` is what carries them.
 *  @throws {Fault} `identity/der-malformed`; `CODE/extension-twice` */
export function splitExtensions(list: DerReader, whose: string, code: string): RawExtension[] {
  const all: RawExtension[] = [];
  const seen = new Set<string>();
  while (!list.isAtEnd) {
    const one = list.sequence('an extension');
    const dotted = one.oid('the type of an extension');
    // DER leaves FALSE out; several issuers write it, and it does no harm.
    const isCritical = one.tag === TAG.boolean && one.boolean('the critical mark');
    const value = one.element(TAG.octetString, 'the value of an extension').content;
    one.end();
    if (seen.has(dotted)) {
      throw new Fault(`${code}/extension-twice`, `${whose} has the extension ${dotted} twice`);
    }
    seen.add(dotted);
    all.push({ oid: dotted, isCritical, value });
    if (all.length > MAX_EXTENSIONS) list.fail(`it has more than ${MAX_EXTENSIONS} extensions`);
  }
  return all;
}

/** What one extension adds; each reader gets its value alone. */
const READERS = new Map<string, (value: DerReader, isCritical: boolean) => Partial<Extensions>>(
  Object.entries({
    [EXTENSION.basicConstraints]: (value) => ({ basicConstraints: readBasicConstraints(value) }),
    [EXTENSION.keyUsage]: (value, isCritical) => ({
      keyUsage: { isCritical, bits: value.namedBits('the key usage') },
    }),
    [EXTENSION.extendedKeyUsage]: (value) => ({ extendedKeyUsage: readUsages(value) }),
    [EXTENSION.subjectAlternativeName]: (value, isCritical) => ({
      names: readAlternativeNames(value, isCritical),
    }),
    [EXTENSION.nameConstraints]: (value) => ({ nameConstraints: readNameConstraints(value) }),
    [EXTENSION.subjectKeyId]: (value) => ({
      subjectKeyId: value.element(TAG.octetString, 'the subject key identifier').content,
    }),
    [EXTENSION.authorityKeyId]: readAuthorityKeyId,
  }),
);

/** Reads all extensions. `whose` is what carries them.
 *  @throws {Fault} `identity/der-malformed` */
export function readExtensions(raw: readonly RawExtension[], whose: string): Extensions {
  const unknown: { readonly oid: string; readonly isCritical: boolean }[] = [];
  const all: Extensions = { unknown };
  for (const { oid, isCritical, value } of raw) {
    const read = READERS.get(oid);
    if (read === undefined) {
      unknown.push({ oid, isCritical });
      continue;
    }
    const reader = new DerReader(value, `the extension ${oid}`, whose);
    Object.assign(all, read(reader, isCritical));
    reader.end();
  }
  return all;
}

function readBasicConstraints(value: DerReader): BasicConstraints {
  const parts = value.sequence('the basic constraints');
  const isAuthority = parts.tag === TAG.boolean && parts.boolean('cA');
  const pathLength = parts.isAtEnd ? undefined : parts.integer('the path length');
  parts.end();
  return { isAuthority, ...(pathLength !== undefined && { pathLength }) };
}

function readUsages(value: DerReader): string[] {
  const list = value.sequence('the extended key usage');
  const usages: string[] = [];
  while (!list.isAtEnd && usages.length < MAX_USAGES) usages.push(list.oid('a key usage'));
  list.end();
  return usages;
}

function readAuthorityKeyId(value: DerReader): Partial<Extensions> {
  const parts = value.sequence('the authority key identifier');
  const keyId = parts.optional(0x80)?.content;
  // Issuer and serial number may follow; the key is what finds an authority.
  while (!parts.isAtEnd) parts.next();
  return keyId === undefined ? {} : { authorityKeyId: keyId };
}
