import { generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import { bitString, integer, integerOfBytes, nothing, oid, sequence } from '../der/index.ts';
import { type Signer, signerOf } from '../signer.ts';

/** A key pair of a test, made at run time, with its SubjectPublicKeyInfo. */
export interface TestKey {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
  readonly spki: Buffer;
}

const withSpki = (pair: { publicKey: KeyObject; privateKey: KeyObject }): TestKey => ({
  ...pair,
  spki: pair.publicKey.export({ format: 'der', type: 'spki' }),
});

/** A key on a curve that Node knows by this name. */
export const ecKey = (namedCurve = 'P-256'): TestKey =>
  withSpki(generateKeyPairSync('ec', { namedCurve }));

export const rsaKey = (modulusLength = 2_048): TestKey =>
  withSpki(generateKeyPairSync('rsa', { modulusLength }));

/** The SubjectPublicKeyInfo of a modulus that nobody has the factors of, and any exponent. */
export function rsaSpki(bits: number, exponent: number | bigint): Buffer {
  const modulus = randomBytes(Math.ceil(bits / 8));
  const last = modulus.length - 1;
  modulus[0] = 0x80 | (modulus[0] ?? 0);
  modulus[last] = 1 | (modulus[last] ?? 0);
  const key = sequence(integerOfBytes(modulus), integer(exponent));
  return sequence(sequence(oid('1.2.840.113549.1.1.1'), nothing()), bitString(key));
}

export const edKey = (): TestKey => withSpki(generateKeyPairSync('ed25519'));

export const testSigner = (key: TestKey): Signer => signerOf(key.privateKey);
