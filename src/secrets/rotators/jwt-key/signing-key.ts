import {
  createPrivateKey,
  createPublicKey,
  generateKeyPair,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';
import { promisify } from 'node:util';
import { type PublicKey, publicKeyOf, toJwk } from '../../key-sets/index.ts';
import type { SecretValue } from '../../model/index.ts';
import type { JwtKeyRotation } from './config.ts';

/** How each algorithm makes its keys and signs.
 *  @see RFC 7518 §3.3 and §3.4, RFC 8037 §3.1 */
const ALGORITHMS: Readonly<
  Record<
    JwtKeyRotation['algorithm'],
    {
      readonly generate: () => Promise<{ privateKey: KeyObject }>;
      readonly digest: string | null;
      readonly options: object;
    }
  >
> = {
  ES256: {
    generate: () => promisify(generateKeyPair)('ec', { namedCurve: 'P-256' }),
    digest: 'sha256',
    options: { dsaEncoding: 'ieee-p1363' },
  },
  EdDSA: { generate: () => promisify(generateKeyPair)('ed25519'), digest: null, options: {} },
  RS256: {
    generate: () => promisify(generateKeyPair)('rsa', { modulusLength: 2_048 }),
    digest: 'sha256',
    options: {},
  },
};

/** A key that signs tokens, and what is public of it. */
export interface SigningKey {
  readonly privateKey: KeyObject;
  readonly published: PublicKey;
}

/** `{ kid, algorithm, privateKey }`, the last in PEM (PKCS #8). */
export async function generateValue(algorithm: JwtKeyRotation['algorithm']): Promise<SecretValue> {
  const { privateKey } = await ALGORITHMS[algorithm].generate();
  const kid = publicKeyOf(privateKey)?.kid ?? '';
  const pem = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
  return { kid, algorithm, privateKey: pem };
}

/** @returns undefined: the value holds no such key, or another than it says */
export function signingKeyOf(value: SecretValue): SigningKey | undefined {
  const privateKey = keyIn(value.privateKey ?? '');
  const published = privateKey && publicKeyOf(privateKey);
  if (privateKey === undefined || published === undefined) return undefined;
  const isAsSaid = published.kid === value.kid && published.algorithm === value.algorithm;
  return isAsSaid ? { privateKey, published } : undefined;
}

/** Whether what the key signs is verified by a key that others were given. */
export function isVerifiedBy({ privateKey, published }: SigningKey, given: PublicKey): boolean {
  const { digest, options } = ALGORITHMS[published.algorithm];
  const text = Buffer.from(`a test of ${published.kid}`);
  const signature = sign(digest, text, { key: privateKey, ...options });
  const key = createPublicKey({ key: toJwk(given), format: 'jwk' });
  return verify(digest, text, { key, ...options }, signature);
}

function keyIn(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey(pem);
  } catch {
    return undefined;
  }
}
