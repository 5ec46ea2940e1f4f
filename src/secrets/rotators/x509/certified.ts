import { createPrivateKey, generateKeyPair, type KeyObject, X509Certificate } from 'node:crypto';
import { promisify } from 'node:util';
import type { SecretValue } from '../../model/index.ts';
import type { X509Rotation } from './config.ts';

const generate = promisify(generateKeyPair);
const rsa = (modulusLength: number) => () => generate('rsa', { modulusLength });
const ec = (namedCurve: string) => () => generate('ec', { namedCurve });

/** How each kind of key is made. */
export const GENERATE: Readonly<
  Record<X509Rotation['key'], () => Promise<{ publicKey: KeyObject; privateKey: KeyObject }>>
> = {
  'P-256': ec('P-256'),
  'P-384': ec('P-384'),
  'RSA-2048': rsa(2_048),
  'RSA-3072': rsa(3_072),
  'RSA-4096': rsa(4_096),
};

/** Longer ones are no chain. */
const MAX_CHAIN = 10;
const BLOCK = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]{1,60000}-----END CERTIFICATE-----/g;

/** A value as its consumers read it. */
export interface Certified {
  readonly key: KeyObject;
  /** The leaf first. */
  readonly chain: readonly [X509Certificate, ...X509Certificate[]];
}

/** `certificate` is the leaf; `chain` the leaf and all above it that verifiers do not have: what servers show. All in PEM,
 *  `key` as PKCS #8. */
export function toValue(chain: readonly Buffer[], key: KeyObject): SecretValue {
  const pems = chain.map((der) => new X509Certificate(der).toString());
  return {
    certificate: pems[0] ?? '',
    chain: pems.join(''),
    key: key.export({ format: 'pem', type: 'pkcs8' }).toString(),
  };
}

/** @returns undefined: the value is not made of these */
export function certifiedOf(value: SecretValue): Certified | undefined {
  const leaf = certificateOf(value);
  const [first, ...rest] = (value.chain ?? '').match(BLOCK) ?? [];
  if (leaf === undefined || first === undefined || rest.length >= MAX_CHAIN) return undefined;
  try {
    const key = createPrivateKey(value.key ?? '');
    const [top, ...others] = [
      new X509Certificate(first),
      ...rest.map((pem) => new X509Certificate(pem)),
    ] as const;
    return top.fingerprint512 === leaf.fingerprint512
      ? { key, chain: [leaf, ...others] }
      : undefined;
  } catch {
    return undefined;
  }
}

/** The leaf of a value; undefined: it has none. */
export function certificateOf({ certificate = '' }: SecretValue): X509Certificate | undefined {
  try {
    return new X509Certificate(certificate);
  } catch {
    return undefined;
  }
}

/** Names of a certificate, each with its kind: `DNS:orders.shop`, `URI:spiffe://…`. */
export function namesOf({ subjectAltName = '' }: X509Certificate): readonly string[] {
  return subjectAltName.split(', ');
}
