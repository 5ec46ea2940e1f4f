/** Extensions that are understood, by object identifier. @see RFC 5280 §4.2, §5.2 */
export const EXTENSION = {
  subjectKeyId: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAlternativeName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  crlNumber: '2.5.29.20',
  reasonCode: '2.5.29.21',
  nameConstraints: '2.5.29.30',
  authorityKeyId: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
} as const;

/** The attribute of a request that asks for extensions. @see RFC 2985 §5.4.2 */
export const EXTENSION_REQUEST = '1.2.840.113549.1.9.14';

export const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';
export const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2';
export const ANY_USAGE = '2.5.29.37.0';

/** Bits of the key usage. @see RFC 5280 §4.2.1.3 */
export const USAGE = {
  digitalSignature: 0,
  keyEncipherment: 2,
  keyAgreement: 4,
  keyCertSign: 5,
  cRLSign: 6,
} as const;

/** Kinds of general names, by the number of their tag. @see RFC 5280 §4.2.1.6 */
export const NAME_KIND = { email: 1, dns: 2, directory: 4, uri: 6, ip: 7 } as const;
const NAME_KINDS: Readonly<Record<number, string>> = {
  0: 'another name',
  1: 'an e-mail address',
  2: 'a DNS name',
  3: 'an X.400 address',
  4: 'a directory name',
  5: 'an EDI party',
  6: 'a URI',
  7: 'an IP address',
  8: 'a registered id',
};

/** The kind of a general name in words. */
export const kindOfName = (number: number): string =>
  NAME_KINDS[number] ?? 'an unknown kind of name';
