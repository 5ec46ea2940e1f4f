import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
} from 'node:crypto';
import { join } from 'node:path';
import type { BundleSigner } from '../../authorization/enforcement/opa/index.ts';
import { Fault, quote } from '../../base/fault.ts';
import { readOrCreate } from '../../base/kept-file.ts';

/** What signs bundles, and what verifies them. */
export interface BundleKey {
  /** PEM, of which `signerOf` makes what signs. */
  readonly privateKey: string;
  /** PEM, for `keys` in the configuration of an OPA. */
  readonly publicKey: string;
}

/** What OPA's configuration calls the key. */
const KEY_ID = 'reeve';
const FILE = 'bundle-signing.key';

/** The key of this server's bundles (ECDSA on P-256), in its data folder; made where it is missing.
 *  @throws {Fault} `data/key-malformed` */
export function openBundleKey(dataFolder: string): BundleKey {
  const file = join(dataFolder, FILE);
  const privateKey = readOrCreate(file, makeKey);
  const key = readKey(privateKey, file);
  return {
    privateKey,
    publicKey: createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString(),
  };
}

/** What signs by a key of `openBundleKey`. */
export function signerOf(privateKey: string): BundleSigner {
  const key = createPrivateKey(privateKey);
  return {
    keyId: KEY_ID,
    sign: (input) => sign('sha256', input, { key, dsaEncoding: 'ieee-p1363' }),
  };
}

function makeKey(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString().trim();
}

function readKey(text: string, file: string): KeyObject {
  try {
    const key = createPrivateKey(text);
    if (key.asymmetricKeyDetails?.namedCurve === 'prime256v1') return key;
  } catch {
    // told below
  }
  throw new Fault(
    'data/key-malformed',
    `${quote(file, 200)} does not hold a key of ECDSA on P-256`,
    {
      hint: 'bring it back from a backup, or delete it and give every OPA the new public key',
    },
  );
}
