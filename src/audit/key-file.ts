import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { existsSync } from 'node:fs';
import { Fault, quote } from '../base/fault.ts';
import { readOrCreate } from '../base/kept-file.ts';
import { type NoteSigner, noteSigner, type SignerKind } from './checkpoint/index.ts';

/** The Ed25519 key of a log or a witness, in a file that only its owner can read; made where it is missing.
 *  @throws {Fault} `data/key-malformed`, `audit/key-malformed` */
export function openKeyFile(
  file: string,
  name: string,
  kind: SignerKind,
): { readonly signer: NoteSigner; readonly isNew: boolean } {
  const isNew = !existsSync(file);
  return { signer: signerIn(readOrCreate(file, makeKey), { file, name, kind }), isNew };
}

/** As `openKeyFile`, of the text of such a file. */
export function signerIn(
  text: string,
  { file, name, kind }: { readonly file: string; readonly name: string; readonly kind: SignerKind },
): NoteSigner {
  return noteSigner(name, kind, readKey(text, file));
}

function makeKey(): string {
  const { privateKey } = generateKeyPairSync('ed25519');
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString().trim();
}

function readKey(text: string, file: string): KeyObject {
  try {
    const key = createPrivateKey(text);
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch {
    // told below
  }
  throw new Fault('data/key-malformed', `${quote(file, 200)} does not hold a key of Ed25519`, {
    hint: 'bring it back from a backup; without it, move it away: a new key vouches from then on, and what the old one signed is verified with its public key',
  });
}
