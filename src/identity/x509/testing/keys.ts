import { generateKeyPairSync, type KeyObject } from 'node:crypto';
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

export const edKey = (): TestKey => withSpki(generateKeyPairSync('ed25519'));

export const testSigner = (key: TestKey): Signer => signerOf(key.privateKey);
