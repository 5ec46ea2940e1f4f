import type { KeyObject } from 'node:crypto';
import { Fault } from '../../base/fault.ts';
import { type SignatureAlgorithm, signingAlgorithmOf, signWith } from './algorithms.ts';
import { bitString, sequence } from './der/index.ts';

/** What signs certificates and lists: a private key, or something that holds one. */
export interface Signer {
  readonly algorithm: SignatureAlgorithm;
  sign(bytes: Buffer): Buffer;
}

/** Signs with a private key on P-256, P-384 or P-521, or an RSA key.
 *  @throws {Fault} `identity/key-invalid` for other keys */
export function signerOf(privateKey: KeyObject): Signer {
  const algorithm = privateKey.type === 'private' ? signingAlgorithmOf(privateKey) : undefined;
  if (algorithm === undefined) {
    throw new Fault(
      'identity/key-invalid',
      `a ${privateKey.type} key of type ${privateKey.asymmetricKeyType ?? 'none'} cannot sign certificates`,
      { hint: 'use a private key on P-256 or P-384, or an RSA key' },
    );
  }
  return { algorithm, sign: (bytes) => signWith(algorithm, privateKey, bytes) };
}

/** What is signed, the algorithm and the signature, as certificates and lists are made of them. */
export function signed(signer: Signer, tbs: Buffer): Buffer {
  return sequence(tbs, signer.algorithm.der, bitString(signer.sign(tbs)));
}
