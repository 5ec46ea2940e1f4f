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
import type { Diagnostic } from '../../base/diagnostic.ts';
import { Fault, quote } from '../../base/fault.ts';
import { DEFAULT_FOLDER_LIMITS } from '../../base/folder.ts';
import { type Git, objectNotFound } from './git.ts';

export interface ExtractLimits {
  readonly maxFiles: number;
  readonly maxFileBytes: number;
  readonly maxTotalBytes: number;
}
export const DEFAULT_EXTRACT_LIMITS: ExtractLimits = {
  maxFiles: DEFAULT_FOLDER_LIMITS.maxFiles,
  maxFileBytes: DEFAULT_FOLDER_LIMITS.maxFileBytes,
  maxTotalBytes: 4 * 1024 ** 3,
};

interface Entry {
  readonly mode: string;
  readonly id: string;
  readonly path: string;
  readonly sizeBytes: number;
}

const FILE_MODES = new Set(['100644', '100755', '100664']);
const LINK = '120000';
const SUBMODULE = '160000';
const MAX_LINK_BYTES = 4_096;

/** Writes the files of a commit into an empty folder, as they were committed: nothing is filtered, converted or left out
 *  by attributes. Links come last, so that nothing is ever written through one; submodules are told of and left out.
 *  @param prefix the folder in the repository, with `/` at the end; empty at the top
 *  @throws {Fault} `check/base-too-large`, `check/path-malformed`, and what `Git` throws */
export async function extract(
  git: Git,
  commit: string,
  prefix: string,
  folder: string,
  limits: ExtractLimits = DEFAULT_EXTRACT_LIMITS,
): Promise<Diagnostic[]> {
  const entries = entriesOf(git, commit, prefix);
  checkSize(entries, limits);
  const files = entries.filter(({ mode }) => FILE_MODES.has(mode));
  const [small, large] = [
    files.filter(({ sizeBytes }) => sizeBytes <= limits.maxFileBytes),
    files.filter(({ sizeBytes }) => sizeBytes > limits.maxFileBytes),
  ];
  const made = new Set<string>();
  const place = (path: string): string => {
    const target = join(folder, path);
    const parent = dirname(target);
    if (!made.has(parent)) mkdirSync(parent, { recursive: true });
    made.add(parent);
    return target;
  };
  await eachBlob(git, small, (bytes, { path }) => writeNew(place(path), bytes));
  // What is too large to be read is as large here, and so is told of as in any other folder.
  for (const { path, sizeBytes } of large) writeNew(place(path), Buffer.alloc(0), sizeBytes);
  const links = entries.filter(
    ({ mode, sizeBytes }) => mode === LINK && sizeBytes <= MAX_LINK_BYTES,
  );
  // All folders before the first link: none is made behind one.
  for (const { path } of links) place(path);
  await eachBlob(git, links, (bytes, { path }) => link(bytes, join(folder, path)));
  return entries.filter(({ mode }) => mode === SUBMODULE).map(toNote);
}

/** Of a folder that the commit does not have: none. */
function entriesOf(git: Git, commit: string, prefix: string): Entry[] {
  const folder = prefix.replace(/\/$/, '');
  const tree = git.line(
    'rev-parse',
    '--verify',
    '--quiet',
    '--end-of-options',
    folder === '' ? `${commit}^{tree}` : `${commit}:${folder}`,
  );
  if (tree === undefined || git.line('cat-file', '-t', tree) !== 'tree') return [];
  return git.list('ls-tree', '-r', '-z', '-l', '--full-tree', tree).map(toEntry);
}

/** `MODE TYPE ID SIZE`, a tab, the path.
 *  @see git-ls-tree(1), OUTPUT FORMAT */
function toEntry(line: string): Entry {
  const tab = line.indexOf('\t');
  const [mode = '', , id = '', size = '0'] = line.slice(0, tab).split(/ +/);
  const path = line.slice(tab + 1);
  if (!isSafe(path)) {
    throw new Fault(
      'check/path-malformed',
      `the base holds ${quote(path, 200)}, which no checkout would write`,
    );
  }
  if (!/^(?:\d+|-)$/.test(size)) throw objectNotFound(path);
  return { mode, id, path, sizeBytes: size === '-' ? 0 : Number(size) };
}

function isSafe(path: string): boolean {
  return path
    .split('/')
    .every((name) => name !== '' && name !== '.' && name !== '..' && name.toLowerCase() !== '.git');
}

function checkSize(entries: readonly Entry[], { maxFiles, maxTotalBytes }: ExtractLimits): void {
  const bytes = entries.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  if (entries.length <= maxFiles && bytes <= maxTotalBytes) return;
  throw new Fault(
    'check/base-too-large',
    `the base holds ${entries.length} files of ${bytes} bytes; ${maxFiles} files of ${maxTotalBytes} bytes are read`,
    { hint: 'check a folder inside of it' },
  );
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

function toNote({ path }: Entry): Diagnostic {
  return {
    severity: 'note',
    code: 'check/submodule',
    message: 'is a submodule: what it holds is not compared',
    file: path,
  };
}
