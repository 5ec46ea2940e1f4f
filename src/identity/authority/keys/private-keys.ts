import {
  createPrivateKey,
  createPublicKey,
  generateKeyPair,
  type KeyObject,
  type KeyPairKeyObjectResult,
} from 'node:crypto';
import { promisify } from 'node:util';
import { Fault, quote } from '../../../base/fault.ts';
import type { AuthorityConfig } from '../config.ts';
import type { AuthorityKind, SigningAuthority } from '../model.ts';
import type { KeyRing } from './seal.ts';

const generate = promisify(generateKeyPair) as (
  type: string,
  options: Readonly<Record<string, unknown>>,
) => Promise<KeyPairKeyObjectResult>;

/** Keys by what the configuration calls them. */
const KEY_TYPES = {
  'P-256': { type: 'ec', options: { namedCurve: 'P-256' } },
  'P-384': { type: 'ec', options: { namedCurve: 'P-384' } },
  ES256: { type: 'ec', options: { namedCurve: 'P-256' } },
  ES384: { type: 'ec', options: { namedCurve: 'P-384' } },
  RS256: { type: 'rsa', options: { modulusLength: 2_048 } },
} as const;

export interface MadeKey {
  readonly privateKey: KeyObject;
  /** SubjectPublicKeyInfo. */
  readonly publicKey: Buffer;
}

/** Makes a key for a new authority, away from the main thread. */
export async function makeKey(
  kind: AuthorityKind,
  config: Pick<AuthorityConfig, 'x509' | 'jwt'>,
): Promise<MadeKey> {
  const { type, options } = KEY_TYPES[kind === 'x509' ? config.x509.keyType : config.jwt.algorithm];
  const { privateKey, publicKey } = await generate(type, options);
  return { privateKey, publicKey: publicKey.export({ format: 'der', type: 'spki' }) };
}

/** A private key as the store keeps it. */
export function sealKey(
  ring: KeyRing,
  { id, kind }: Pick<SigningAuthority, 'id' | 'kind'>,
  privateKey: KeyObject,
): string {
  const secret = privateKey.export({ format: 'der', type: 'pkcs8' });
  try {
    return ring.seal({ id, purpose: kind }, secret);
  } finally {
    secret.fill(0);
  }
}

/** The private key of an authority, from what the store keeps.
 *  @throws {Fault} `identity/seal-…`; `identity/authority-damaged` where it is not the authority's */
export function openKey(
  ring: KeyRing,
  { id, kind, publicKey }: Pick<SigningAuthority, 'id' | 'kind' | 'publicKey'>,
  sealed: string,
): KeyObject {
  const secret = ring.open({ id, purpose: kind }, sealed);
  try {
    const privateKey = createPrivateKey({ key: secret, format: 'der', type: 'pkcs8' });
    const own = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
    if (own.toString('base64') === publicKey) return privateKey;
  } finally {
    secret.fill(0);
  }
  throw new Fault(
    'identity/authority-damaged',
    `The private key in the store is not that of the ${kind} authority ${quote(id)}`,
    { hint: 'bring the store back from a backup' },
  );
}
