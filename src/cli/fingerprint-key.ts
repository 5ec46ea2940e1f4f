import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { messageOf } from '../base/fault.ts';
import { readOrCreate } from '../base/kept-file.ts';

/** The key of credential fingerprints, kept in the user's state folder, so that two scans on one
 *  machine give equal values equal fingerprints and nobody else can try values against them.
 *  Where it cannot be kept, the key holds for this run only, and `warn` says so.
 *  @see XDG Base Directory Specification, $XDG_STATE_HOME */
export function userFingerprintKey(
  environment: NodeJS.ProcessEnv,
  warn: (message: string) => void,
): Uint8Array {
  const state = environment.XDG_STATE_HOME || join(homedir(), '.local', 'state');
  return fingerprintKeyAt(join(state, 'reeve', 'fingerprint.key'), warn);
}

/** Reads the key file (32 bytes in hexadecimal), or makes it. */
function fingerprintKeyAt(path: string, warn: (message: string) => void): Uint8Array {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    const text = readOrCreate(path, () => randomBytes(32).toString('hex'));
    if (/^[0-9a-f]{64}$/.test(text)) return Buffer.from(text, 'hex');
    warn(`fingerprints hold for this run only, since ${path} does not hold 64 hexadecimal digits`);
  } catch (thrown) {
    warn(`fingerprints hold for this run only, since ${path} cannot be kept: ${messageOf(thrown)}`);
  }
  return randomBytes(32);
}
