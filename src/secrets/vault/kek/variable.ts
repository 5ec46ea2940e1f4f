import { quote } from '../../../base/fault.ts';
import { KEY_BYTES, type Random } from '../aead.ts';
import { kekMalformed } from './faults.ts';
import { LocalKek, parseKeyText } from './local.ts';
import { type Environment, readVariable } from './reference.ts';

/** A key in an environment variable.
 *  @throws {Fault} `vault/kek-not-found`, `vault/kek-malformed` */
export function openVariableKek(name: string, environment: Environment, random: Random): LocalKek {
  const key = parseKeyText(readVariable(name, environment));
  if (key !== undefined) return new LocalKek(key, random);
  throw kekMalformed(
    `What the environment variable ${quote(name, 200)} holds is no key of ${KEY_BYTES} bytes`,
    'write it in 64 hexadecimal digits: `openssl rand -hex 32`',
  );
}
