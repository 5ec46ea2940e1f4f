import { readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Fault, quote } from '../../../base/fault.ts';
import { isBusy } from './errors.ts';

/** The right to a data folder, held by one process at a time. */
export interface FolderLock {
  release(): void;
}

/** Takes the folder. The lock is an open transaction on an empty database, which SQLite holds as a
 *  POSIX record lock: the operating system ends it with the process, however that dies, so there is
 *  nothing to clean up. Who holds it is written beside it, for the message only. Network file systems
 *  without working record locks are not supported.
 *  @throws {Fault} `estate/folder-conflict` where another process holds it
 *  @see https://www.sqlite.org/lockingv3.html */
export function lockFolder(folder: string): FolderLock {
  const holderFile = join(folder, 'lock.holder');
  const database = new DatabaseSync(join(folder, 'lock'));
  try {
    database.exec('begin exclusive');
  } catch (thrown) {
    database.close();
    if (!isBusy(thrown)) throw thrown;
    throw new Fault(
      'estate/folder-conflict',
      `The data folder ${quote(folder, 200)} is in use by ${readHolder(holderFile)}`,
      { hint: 'stop that process, or give this one a data folder of its own' },
    );
  }
  writeFileSync(holderFile, `${process.pid} ${hostname()}\n`, { mode: 0o600 });
  return { release: () => database.close() };
}

function readHolder(file: string): string {
  try {
    const [pid = '', host = ''] = readFileSync(file, 'utf8').trim().split(' ');
    if (!/^\d+$/.test(pid)) return 'another process';
    return `process ${pid}${host === hostname() ? '' : ` on host ${quote(host)}`}`;
  } catch {
    return 'another process';
  }
}
