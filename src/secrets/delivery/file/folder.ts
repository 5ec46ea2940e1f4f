import { constants } from 'node:fs';
import { open, realpath, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { quote } from '../../../base/fault.ts';
import { TargetFault } from '../../rotation/rotator.ts';

const MOST_BYTES = 1_048_576;

/** What a file is beside its text. */
export interface Manner {
  readonly mode: number;
  readonly owner: { readonly user: number; readonly group: number } | undefined;
}

export interface FileSeen {
  readonly text: string;
  readonly mode: number;
  readonly user: number;
  readonly group: number;
}

/** Finds where a path leads, in a folder that is allowed: links to elsewhere are not followed.
 *  @throws {TargetFault} `invalid` */
export async function resolveWithin(path: string, folders: readonly string[]): Promise<string> {
  const outside = () => {
    const hint =
      'name its folder in `delivery.files.folders` of the configuration, or another path';
    return new TargetFault('invalid', `No plan may write ${quote(path, 200)}`, hint);
  };
  // before anything is asked of the file system
  if (!folders.some((folder) => isWithin(path, folder))) throw outside();
  const parent = await realpath(dirname(path)).catch((thrown: NodeJS.ErrnoException) => {
    throw fileFault(thrown, `Finding the folder of ${quote(path, 200)}`);
  });
  const real = await Promise.all(folders.map((folder) => realpath(folder).catch(() => folder)));
  const found = join(parent, basename(path));
  if (!real.some((folder) => isWithin(found, folder))) throw outside();
  return found;
}

const isWithin = (path: string, folder: string): boolean =>
  path.startsWith(folder.endsWith('/') ? folder : `${folder}/`);

/** Undefined: there is none.
 *  @throws {TargetFault} */
export async function readWhole(path: string): Promise<FileSeen | undefined> {
  const doing = `Reading ${quote(path, 200)}`;
  try {
    // neither a link nor a pipe that nobody writes to
    const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const status = await file.stat();
      if (!status.isFile() || status.size > MOST_BYTES) throw notAFile(path);
      const bytes = Buffer.alloc(Math.min(status.size + 1, MOST_BYTES));
      const { bytesRead } = await file.read(bytes, 0, bytes.length, 0);
      const text = bytes.toString('utf8', 0, bytesRead);
      bytes.fill(0);
      return { text, mode: status.mode & 0o777, user: status.uid, group: status.gid };
    } finally {
      await file.close();
    }
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    if (code === 'ELOOP' || code === 'ENXIO') throw notAFile(path);
    throw thrown instanceof TargetFault ? thrown : fileFault(thrown, doing);
  }
}

/** Puts a file in its place whole: whoever reads has what was there before, or this. When it returns, it is on the disk.
 *  @throws {TargetFault} */
export async function writeWhole(path: string, text: string, manner: Manner): Promise<void> {
  const draft = join(dirname(path), `.${basename(path)}.reeve-draft`);
  try {
    await rm(draft, { force: true });
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
    const file = await open(draft, flags, 0o600);
    try {
      await file.writeFile(text);
      if (manner.owner) await file.chown(manner.owner.user, manner.owner.group);
      await file.chmod(manner.mode);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, path);
    await syncFolder(dirname(path));
  } catch (thrown) {
    await rm(draft, { force: true }).catch(() => {});
    throw fileFault(thrown, `Writing ${quote(path, 200)}`);
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

const notAFile = (path: string): TargetFault =>
  new TargetFault('changed', `${quote(path, 200)} is no plain file`, 'see what is there instead');

const TROUBLES: Readonly<Record<string, readonly ['denied' | 'invalid', string]>> = {
  EACCES: ['denied', 'the user that runs Reeve may not'],
  EPERM: ['denied', 'the user that runs Reeve may not'],
  EROFS: ['invalid', 'the file system is read-only'],
  ENOENT: ['invalid', 'there is no such folder'],
  ENOTDIR: ['invalid', 'there is no such folder'],
  EISDIR: ['invalid', 'a folder has that name'],
};

function fileFault(thrown: unknown, doing: string): TargetFault {
  const { code = 'it cannot be done' } = thrown as NodeJS.ErrnoException;
  const [trouble, why] = TROUBLES[code] ?? (['unreachable', code] as const);
  return new TargetFault(trouble, `${doing}: ${why}`);
}
