import type { Diagnostic } from '../../base/diagnostic.ts';
import { Fault, quote } from '../../base/fault.ts';
import { DEFAULT_FOLDER_LIMITS } from '../../base/folder.ts';
import { type Git, objectNotFound } from './git.ts';

/** One thing of a commit's tree. */
export interface Entry {
  readonly id: string;
  /** In the folder that is checked. */
  readonly path: string;
  readonly sizeBytes: number;
}

/** What a commit holds in one folder. */
export interface Tree {
  readonly files: readonly Entry[];
  readonly links: readonly Entry[];
  /** Paths. */
  readonly submodules: readonly string[];
}

export interface TreeLimits {
  readonly maxFiles: number;
  readonly maxTotalBytes: number;
}
const DEFAULT_TREE_LIMITS: TreeLimits = {
  maxFiles: DEFAULT_FOLDER_LIMITS.maxFiles,
  maxTotalBytes: 4 * 1024 ** 3,
};

const LINK = '120000';
const SUBMODULE = '160000';

/** Lists a folder of a commit; of one that the commit does not have, nothing.
 *  @param prefix the folder in the repository, with `/` at the end; empty at the top
 *  @throws {Fault} `check/base-too-large`, `check/path-malformed`, `check/object-not-found`, and what `Git` throws */
export function treeOf(
  git: Git,
  commit: string,
  prefix: string,
  limits: TreeLimits = DEFAULT_TREE_LIMITS,
): Tree {
  const entries = listEntries(git, commit, prefix.replace(/\/$/, ''));
  const of = (isWanted: (mode: string) => boolean) => entries.filter(({ mode }) => isWanted(mode));
  checkSize(entries, limits);
  return {
    files: of((mode) => mode.startsWith('100')),
    links: of((mode) => mode === LINK),
    submodules: of((mode) => mode === SUBMODULE).map(({ path }) => path),
  };
}

/** What is told of submodules: neither state has what they hold. */
export function submoduleNote(file: string): Diagnostic {
  const message = 'is a submodule: what it holds is not compared';
  return { severity: 'note', code: 'check/submodule', message, file };
}

interface ListedEntry extends Entry {
  readonly mode: string;
}

function listEntries(git: Git, commit: string, folder: string): ListedEntry[] {
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
function toEntry(line: string): ListedEntry {
  const tab = line.indexOf('\t');
  const [mode = '', , id = '', size = ''] = line.slice(0, tab).split(/ +/);
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

function checkSize(entries: readonly Entry[], { maxFiles, maxTotalBytes }: TreeLimits): void {
  const bytes = entries.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  if (entries.length <= maxFiles && bytes <= maxTotalBytes) return;
  throw new Fault(
    'check/base-too-large',
    `the base holds ${entries.length} files of ${bytes} bytes; ${maxFiles} files of ${maxTotalBytes} bytes are read`,
    { hint: 'check a folder inside of it' },
  );
}
