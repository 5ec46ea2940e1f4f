import { existsSync } from 'node:fs';
import { quote } from '../../../base/fault.ts';
import { readOrCreate } from '../../../base/kept-file.ts';
import { KEY_BYTES, type Random } from '../aead.ts';
import { kekMalformed, kekUnavailable } from './faults.ts';
import { LocalKek, parseKeyText } from './local.ts';
import { readPrivateFile } from './reference.ts';

/** A key in a file of mode 0600.
 *  @param mayCreate makes the file where it is missing: only for a vault that is new, since a key that was made anew
 *  opens nothing that another has sealed
 *  @throws {Fault} `vault/kek-not-found`, `vault/kek-exposed`, `vault/kek-malformed`, `vault/kek-unavailable` */
export function openFileKek(file: string, random: Random, mayCreate: boolean): LocalKek {
  if (mayCreate && !existsSync(file)) create(file, random);
  const key = parseKeyText(readPrivateFile(file));
  if (key !== undefined) return new LocalKek(key, random);
  throw kekMalformed(
    `What ${quote(file, 200)} holds is no key of ${KEY_BYTES} bytes`,
    'write it in 64 hexadecimal digits: `openssl rand -hex 32`',
  );
}

function create(file: string, random: Random): void {
  try {
    readOrCreate(file, () => random(KEY_BYTES).toString('hex'));
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    throw kekUnavailable(
      `The key file ${quote(file, 200)} cannot be made (${code ?? 'for an unknown reason'})`,
      'make its folder, and let Reeve write into it',
    );
  }
}
