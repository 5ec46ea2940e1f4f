import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Fault, messageOf, quote } from '../../../base/fault.ts';
import { readOrCreate } from '../../../base/kept-file.ts';
import type { SecretReference } from '../config.ts';
import { KeyRing, MASTER_KEY_BYTES } from './seal.ts';

/** Where the key lies that is made where the configuration names none. */
export const MASTER_KEY_FILE = 'identity.key';

/** The keys that private keys are encrypted with. A file that is named must be there: one that was made
 *  in its place would not decrypt anything.
 *  @param folder the data folder, in which a key is made where none is named
 *  @throws {Fault} `identity/master-key-not-found`, `identity/master-key-malformed` */
export function openKeyRing(
  references: readonly SecretReference[] | undefined,
  folder: string,
  environment: Readonly<Record<string, string | undefined>>,
): KeyRing {
  if (references === undefined) {
    const file = join(folder, MASTER_KEY_FILE);
    const text = readOrCreate(file, () => randomBytes(MASTER_KEY_BYTES).toString('hex'));
    return new KeyRing([parseKey(text, quote(file, 200))]);
  }
  return new KeyRing(references.map((reference) => readKey(reference, environment)));
}

function readKey(
  { file, variable }: SecretReference,
  environment: Readonly<Record<string, string | undefined>>,
): Buffer {
  if (file !== undefined) return parseKey(readText(file), quote(file, 200));
  const text = environment[variable ?? ''];
  const name = `the environment variable ${quote(variable, 200)}`;
  if (text === undefined) throw notFound(`${name} is not set`);
  return parseKey(text, name);
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (thrown) {
    throw notFound(`${quote(file, 200)} cannot be read: ${messageOf(thrown)}`);
  }
}

/** Never quotes what it is given. */
function parseKey(given: string, where: string): Buffer {
  const text = given.trim();
  if (/^[0-9a-f]{64}$/i.test(text)) return Buffer.from(text, 'hex');
  const bytes = /^[\w+/-]{43}=?$/.test(text) ? Buffer.from(text, 'base64') : undefined;
  if (bytes?.length === MASTER_KEY_BYTES) return bytes;
  throw new Fault(
    'identity/master-key-malformed',
    `What ${where} holds is no key of ${MASTER_KEY_BYTES} bytes`,
    { hint: 'write it in 64 hexadecimal digits: `openssl rand -hex 32`' },
  );
}

const notFound = (why: string) =>
  new Fault('identity/master-key-not-found', `A key that encrypts keys is missing: ${why}`, {
    hint: 'without it the private keys in the store are lost',
  });
