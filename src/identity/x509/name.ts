import { DerReader, oid, sequence, set, TAG, text } from './der/index.ts';

/** Attributes of names that are written, and those that are named when a name is shown.
 *  @see RFC 5280 §4.1.2.4, RFC 4519 */
const ATTRIBUTES = {
  commonName: { oid: '2.5.4.3', short: 'CN', tag: TAG.utf8String },
  serialNumber: { oid: '2.5.4.5', short: 'serialNumber', tag: TAG.printableString },
  country: { oid: '2.5.4.6', short: 'C', tag: TAG.printableString },
  organization: { oid: '2.5.4.10', short: 'O', tag: TAG.utf8String },
  organizationalUnit: { oid: '2.5.4.11', short: 'OU', tag: TAG.utf8String },
} as const;

export type DistinguishedName = Partial<Record<keyof typeof ATTRIBUTES, string>>;

const SHORT = new Map<string, string>(
  Object.values(ATTRIBUTES).map((attribute) => [attribute.oid, attribute.short]),
);
const COMMON_NAME = ATTRIBUTES.commonName.oid;
/** ub-common-name. @see RFC 5280 appendix A.1 */
export const MAX_COMMON_NAME = 64;
const MAX_ATTRIBUTES = 32;

/** A name as certificates carry it, its attributes in the order given. */
export function writeName(name: DistinguishedName): Buffer {
  const parts = Object.entries(name).map(([attribute, value]) => {
    const { oid: dotted, tag } = ATTRIBUTES[attribute as keyof typeof ATTRIBUTES];
    return set(sequence(oid(dotted), text(tag, value)));
  });
  return sequence(...parts);
}

export const EMPTY_NAME = writeName({});

interface Attribute {
  readonly oid: string;
  readonly value: string;
}

/** @throws {Fault} `identity/der-malformed` */
function attributesOf(name: Buffer, what: string): Attribute[] {
  const attributes: Attribute[] = [];
  const names = new DerReader(name, what).sequence(what);
  while (!names.isAtEnd) {
    const one = names.inside(TAG.set, what);
    while (!one.isAtEnd) {
      const attribute = one.sequence(what);
      const dotted = attribute.oid(`a type in ${what}`);
      attributes.push({ oid: dotted, value: attribute.next().content.toString('utf8') });
      attribute.end();
      if (attributes.length > MAX_ATTRIBUTES)
        names.fail(`it has more than ${MAX_ATTRIBUTES} parts`);
    }
  }
  return attributes;
}

/** The values of commonName in a name; `what` is the name, for messages: `the subject`.
 *  @throws {Fault} `identity/der-malformed` */
export function commonNamesOf(name: Buffer, what: string): readonly string[] {
  return attributesOf(name, what)
    .filter((attribute) => attribute.oid === COMMON_NAME)
    .map(({ value }) => value);
}

/** A name as people read it: `O=example, CN=root 3`. The text is foreign: quote it.
 *  @throws {Fault} `identity/der-malformed` */
export function nameToText(name: Buffer, what: string): string {
  return attributesOf(name, what)
    .map(({ oid: dotted, value }) => `${SHORT.get(dotted) ?? dotted}=${value}`)
    .join(', ');
}

/** Whether two names are the same, byte for byte, as those are whose certificates belong together. */
export const isSameName = (a: Buffer, b: Buffer): boolean => a.equals(b);

/** Whether a name has no parts. */
export const isEmptyName = (name: Buffer): boolean => name.equals(EMPTY_NAME);
