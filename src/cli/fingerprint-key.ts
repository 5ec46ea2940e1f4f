import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { messageOf } from '../base/fault.ts';

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

/** Reads the key file, or makes it (32 bytes in hexadecimal, readable by its owner only). */
export function fingerprintKeyAt(path: string, warn: (message: string) => void): Uint8Array {
  const known = readKey(path);
  if (known) return known;
  const key = randomBytes(32);
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeFileSync(path, `${key.toString('hex')}\n`, { mode: 0o600, flag: 'wx' });
  } catch (thrown) {
    const winner = readKey(path);
    if (winner) return winner;
    warn(
      `fingerprints hold for this run only, since ${path} cannot be written: ${messageOf(thrown)}`,
    );
  }
  return key;
}

function readKey(path: string): Uint8Array | undefined {
  try {
    const text = readFileSync(path, 'utf8').trim();
    return /^[0-9a-f]{64}$/.test(text) ? Buffer.from(text, 'hex') : undefined;
  } catch {
    return undefined;
  }
}
