import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { Fault, messageOf, quote } from '../base/fault.ts';
import { randomToken } from '../base/ids.ts';
import { readOrCreate } from '../base/kept-file.ts';

/** What the server keeps of its own beside the store. */
export interface DataFolder {
  readonly path: string;
  /** Key of the fingerprints of credentials, 32 bytes. */
  readonly fingerprintKey: Uint8Array;
  /** The bearer token of the command line. */
  readonly adminToken: string;
  readonly adminTokenFile: string;
}

/** Where the data lies unless the configuration says otherwise.
 *  @see XDG Base Directory Specification */
export function defaultDataFolder(): string {
  return join(process.env.XDG_DATA_HOME ?? join(homedir(), '.local', 'share'), 'reeve');
}

/** Opens the data folder, making what is missing. Only its owner can read it.
 *  @throws {Fault} `data/unavailable`, `data/key-malformed` */
export function openDataFolder(folder: string): DataFolder {
  const path = resolve(folder);
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    chmodSync(path, 0o700);
    const key = readOrCreate(join(path, 'fingerprint.key'), () => randomBytes(32).toString('hex'));
    const adminTokenFile = join(path, 'admin.token');
    const adminToken = readOrCreate(adminTokenFile, () => randomToken());
    checkKey(key, path);
    checkToken(adminToken, adminTokenFile);
    return { path, fingerprintKey: Buffer.from(key, 'hex'), adminToken, adminTokenFile };
  } catch (thrown) {
    if (thrown instanceof Fault) throw thrown;
    throw new Fault(
      'data/unavailable',
      `The data folder ${quote(path, 200)} cannot be used: ${messageOf(thrown)}`,
      { hint: 'name another with `--data DIR`' },
    );
  }
}

function checkKey(key: string, path: string): void {
  if (/^[0-9a-f]{64}$/.test(key)) return;
  throw new Fault(
    'data/key-malformed',
    `${quote(join(path, 'fingerprint.key'), 200)} does not hold 64 hexadecimal digits`,
    { hint: 'bring it back from a backup; a new key makes every credential look like a new one' },
  );
}

function checkToken(token: string, file: string): void {
  if (/^[A-Za-z0-9_-]{32,}$/.test(token)) return;
  throw new Fault('data/token-malformed', `${quote(file, 200)} does not hold a token`, {
    hint: 'delete it: a new one is made at the next start',
  });
}
