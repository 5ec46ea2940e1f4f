import { ReeveError } from '../error.ts';
import { contextTag, DerReader, TAG } from './der.ts';

/** What the extensions of a certificate say. What is absent is undefined. */
export interface Extensions {
  readonly basicConstraints?: { readonly isAuthority: boolean; readonly pathLength?: number };
  readonly keyUsage?: { readonly isCritical: boolean; readonly bits: ReadonlySet<number> };
  /** Object identifiers. */
  readonly extendedKeyUsage?: readonly string[];
  readonly names?: AlternativeNames;
  readonly nameConstraints?: NameConstraints;
  readonly subjectKeyId?: Buffer;
  readonly authorityKeyId?: Buffer;
  /** An extension that is critical and not understood, as an object identifier. */
  readonly criticalUnknown?: string;
}

/** What a subject alternative name holds. */
export interface AlternativeNames {
  readonly isCritical: boolean;
  readonly uris: readonly string[];
  readonly dnsNames: readonly string[];
  /** Numbers of the kinds of the other names. */
  readonly others: readonly number[];
}

/** A name of a certificate, or the root of a subtree of names: its kind, a number of `NAME_KIND`, and,
 *  for kinds that are text, the text. */
export interface GeneralName {
  readonly kind: number;
  readonly text: string;
}

/** The names that an authority may certify. @see RFC 5280 §4.2.1.10 */
export interface NameConstraints {
  readonly permitted: readonly GeneralName[];
  readonly excluded: readonly GeneralName[];
}

/** One extension before its value is read. */
export interface RawExtension {
  readonly oid: string;
  readonly isCritical: boolean;
  readonly value: Buffer;
}

/** Bits of the key usage. @see RFC 5280 §4.2.1.3 */
export const USAGE = { digitalSignature: 0, keyCertSign: 5, cRLSign: 6 } as const;
/** Kinds of general names, by the number of their tag. @see RFC 5280 §4.2.1.6 */
export const NAME_KIND = { email: 1, dns: 2, directory: 4, uri: 6 } as const;
export const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';
export const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2';
export const ANY_USAGE = '2.5.29.37.0';

const MAX_EXTENSIONS = 50;
const MAX_USAGES = 50;
const MAX_NAMES = 100;
const MAX_SUBTREES = 100;

/** Splits a SEQUENCE of extensions. `whose` is what carries them, `part` the first part of codes.
 *  @throws {ReeveError} `der/…`, `PART/extension-twice` */
export function splitExtensions(list: DerReader, whose: string, part: string): RawExtension[] {
  const all: RawExtension[] = [];
  const seen = new Set<string>();
  while (!list.isAtEnd) {
    const one = list.sequence('an extension');
    const oid = one.oid('the type of an extension');
    // DER leaves FALSE out; several issuers write it, and it does no harm.
    const isCritical = one.tag === TAG.boolean && one.boolean('the critical mark');
    const value = one.element(TAG.octetString, 'the value of an extension').content;
    one.end();
    if (seen.has(oid)) {
      throw new ReeveError(`${part}/extension-twice`, `${whose} has the extension ${oid} twice`);
    }
    seen.add(oid);
    all.push({ oid, isCritical, value });
    if (all.length > MAX_EXTENSIONS) {
      list.fail('too-many-extensions', `it has more than ${MAX_EXTENSIONS} extensions`);
    }
  }
  return all;
}

/** What one extension adds; each reader gets its value alone. @see RFC 5280 §4.2 */
const READERS: Readonly<
  Record<string, (value: DerReader, isCritical: boolean) => Partial<Extensions>>
> = {
  '2.5.29.14': (value) => ({
    subjectKeyId: value.element(TAG.octetString, 'the subject key identifier').content,
  }),
  '2.5.29.15': (value, isCritical) => ({
    keyUsage: { isCritical, bits: value.namedBits('the key usage') },
  }),
  '2.5.29.17': (value, isCritical) => ({ names: readAlternativeNames(value, isCritical) }),
  '2.5.29.19': (value) => ({ basicConstraints: readBasicConstraints(value) }),
  '2.5.29.30': (value) => ({ nameConstraints: readNameConstraints(value) }),
  '2.5.29.35': readAuthorityKeyId,
  '2.5.29.37': (value) => ({ extendedKeyUsage: readUsages(value) }),
};

/** Reads all extensions of a certificate. `whose` is what carries them.
 *  @throws {ReeveError} `der/…` */
export function readExtensions(raw: readonly RawExtension[], whose: string): Extensions {
  const all: Partial<Extensions> = {};
  for (const { oid, isCritical, value } of raw) {
    const read = READERS[oid];
    if (read === undefined) {
      if (isCritical) Object.assign(all, { criticalUnknown: oid });
      continue;
    }
    const reader = new DerReader(value, `the extension ${oid}`, whose);
    Object.assign(all, read(reader, isCritical));
    reader.end();
  }
  return all;
}

function readBasicConstraints(value: DerReader): NonNullable<Extensions['basicConstraints']> {
  const parts = value.sequence('the basic constraints');
  const isAuthority = parts.tag === TAG.boolean && parts.boolean('cA');
  const pathLength = parts.isAtEnd ? undefined : parts.integer('the path length');
  parts.end();
  return { isAuthority, ...(pathLength !== undefined && { pathLength }) };
}

function readUsages(value: DerReader): string[] {
  const list = value.sequence('the extended key usage');
  const usages: string[] = [];
  while (!list.isAtEnd) {
    usages.push(list.oid('a key usage'));
    if (usages.length > MAX_USAGES) {
      list.fail('too-many-usages', `it has more than ${MAX_USAGES} usages`);
    }
  }
  return usages;
}

function readAuthorityKeyId(value: DerReader): Partial<Extensions> {
  const parts = value.sequence('the authority key identifier');
  const keyId = parts.optional(0x80)?.content;
  // Issuer and serial number may follow; the key is what finds an authority.
  while (!parts.isAtEnd) parts.next();
  return keyId === undefined ? {} : { authorityKeyId: keyId };
}

/** @see RFC 5280 §4.2.1.6 */
function readAlternativeNames(value: DerReader, isCritical: boolean): AlternativeNames {
  const uris: string[] = [];
  const dnsNames: string[] = [];
  const others: number[] = [];
  const list = value.sequence('the subject alternative name');
  if (list.isAtEnd) list.fail('names-empty', 'it has no names');
  while (!list.isAtEnd) {
    const { kind, text } = readGeneralName(list);
    if (kind === NAME_KIND.uri) uris.push(text);
    else if (kind === NAME_KIND.dns) dnsNames.push(text);
    else others.push(kind);
    if (uris.length + dnsNames.length + others.length > MAX_NAMES) {
      list.fail('too-many-names', `it has more than ${MAX_NAMES} names`);
    }
  }
  return { isCritical, uris, dnsNames, others };
}

/** The text is that of kinds that are text, which must be ASCII. */
function readGeneralName(list: DerReader): GeneralName {
  const { tag, content } = list.next();
  const kind = tag & 0x1f;
  if ((tag & 0xc0) !== 0x80 || kind > 8) list.fail('name-kind', 'a name is of no known kind');
  const isText = kind === NAME_KIND.uri || kind === NAME_KIND.dns || kind === NAME_KIND.email;
  if (!isText) return { kind, text: '' };
  const text = content.toString('latin1');
  if (tag !== (0x80 | kind) || /[^\x20-\x7e]/.test(text)) {
    list.fail('name-text', 'a name has other than printable ASCII characters in it');
  }
  return { kind, text };
}

function readNameConstraints(value: DerReader): NameConstraints {
  const parts = value.sequence('the name constraints');
  const read = (number: number) =>
    parts.tag === contextTag(number)
      ? readSubtrees(parts.inside(contextTag(number), 'the subtrees of the name constraints'))
      : [];
  const constraints = { permitted: read(0), excluded: read(1) };
  parts.end();
  return constraints;
}

function readSubtrees(list: DerReader): GeneralName[] {
  const subtrees: GeneralName[] = [];
  while (!list.isAtEnd) {
    const subtree = list.sequence('a subtree of names');
    subtrees.push(readGeneralName(subtree));
    // A minimum or maximum must not be there, and would change the meaning.
    subtree.end();
    if (subtrees.length > MAX_SUBTREES) {
      list.fail('too-many-subtrees', `it has more than ${MAX_SUBTREES} subtrees`);
    }
  }
  return subtrees;
}
