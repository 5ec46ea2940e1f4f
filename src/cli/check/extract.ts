import {
  closeSync,
  constants,
  ftruncateSync,
  mkdirSync,
  openSync,
  symlinkSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { DEFAULT_FOLDER_LIMITS } from '../../base/folder.ts';
import type { Entry } from './entries.ts';
import type { Git } from './git.ts';

const MAX_LINK_BYTES = 4_096;

export interface Extraction {
  readonly files: readonly Entry[];
  readonly links: readonly Entry[];
}

/** Writes files of a commit into an empty folder, as they were committed: nothing is filtered, converted or left out by
 *  attributes. Links come last, so that nothing is ever written through one.
 *  @throws {Fault} as `Git` */
export async function extract(
  git: Git,
  { files, links }: Extraction,
  folder: string,
  maxFileBytes: number = DEFAULT_FOLDER_LIMITS.maxFileBytes,
): Promise<void> {
  const made = new Set<string>();
  const place = (path: string): string => {
    const target = join(folder, path);
    const parent = dirname(target);
    if (!made.has(parent)) mkdirSync(parent, { recursive: true });
    made.add(parent);
    return target;
  };
  const [small, large] = [
    files.filter(({ sizeBytes }) => sizeBytes <= maxFileBytes),
    files.filter(({ sizeBytes }) => sizeBytes > maxFileBytes),
  ];
  await eachBlob(git, small, (bytes, { path }) => writeNew(place(path), bytes));
  // What is too large to be read is as large here, and so is told of as in any other folder.
  for (const { path, sizeBytes } of large) writeNew(place(path), Buffer.alloc(0), sizeBytes);
  const short = links.filter(({ sizeBytes }) => sizeBytes <= MAX_LINK_BYTES);
  // All folders before the first link: none is made behind one.
  for (const { path } of short) place(path);
  await eachBlob(git, short, (bytes, { path }) => link(bytes, join(folder, path)));
}

async function eachBlob(
  git: Git,
  entries: readonly Entry[],
  take: (bytes: Buffer, entry: Entry) => void,
): Promise<void> {
  if (entries.length === 0) return;
  let index = 0;
  for await (const bytes of git.blobs(entries.map(({ id }) => id))) {
    const entry = entries[index++];
    if (entry) take(bytes, entry);
  }
}

/** Creates a file; one that is there already, under a name that differs in case only, stays. */
function writeNew(path: string, bytes: Buffer, sizeBytes?: number): void {
  let descriptor: number;
  try {
    descriptor = openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'EEXIST') return;
    throw thrown;
  }
  try {
    for (let done = 0; done < bytes.length; ) done += writeSync(descriptor, bytes, done);
    if (sizeBytes !== undefined) ftruncateSync(descriptor, sizeBytes);
  } finally {
    closeSync(descriptor);
  }
}

function link(bytes: Buffer, path: string): void {
  try {
    symlinkSync(bytes, path);
  } catch {
    // A file system without links, or a name that is taken: whoever reads the folder does not follow links either.
  }
}
