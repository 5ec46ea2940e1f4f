import { createHash } from 'node:crypto';
import { DEFAULT_FOLDER_LIMITS, Folder } from '../../base/folder.ts';
import type { Entry } from './entries.ts';

/** How the files of a folder differ from those of a commit. */
export interface Differing {
  /** The commit's, where the folder has no such file, or another one. */
  readonly entries: readonly Entry[];
  /** Files that the commit does not have. */
  readonly added: readonly string[];
}

/** Compares by the names that git gives to contents, so that nothing of the commit needs to be read.
 *  @param leftOut what is not looked at in the folder
 *  @see gitformat-loose-object: the hash is of `blob SIZE`, a zero byte and the bytes */
export function differingFiles(
  entries: readonly Entry[],
  path: string,
  leftOut: readonly string[],
): Differing {
  const folder = new Folder(path, DEFAULT_FOLDER_LIMITS, { leftOut });
  const files = new Map(folder.list().files.map((file) => [file.path, file]));
  const known = new Set(entries.map((entry) => entry.path));
  return {
    entries: entries.filter((entry) => !isSame(folder, files.get(entry.path)?.sizeBytes, entry)),
    added: [...files.keys()].filter((file) => !known.has(file)),
  };
}

function isSame(folder: Folder, sizeBytes: number | undefined, entry: Entry): boolean {
  if (sizeBytes !== entry.sizeBytes) return false;
  try {
    const bytes = folder.read(entry.path);
    const hash = createHash(entry.id.length === 40 ? 'sha1' : 'sha256');
    return hash.update(`blob ${bytes.length}\0`).update(bytes).digest('hex') === entry.id;
  } catch {
    return false;
  }
}
