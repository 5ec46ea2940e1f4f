import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CheckOptions } from '../../authorization/check/index.ts';
import type { Revisions } from './base.ts';
import { differingFiles } from './differing.ts';
import { submoduleNote, treeOf } from './entries.ts';
import { extract } from './extract.ts';
import type { Git } from './git.ts';
import { leftOutOf } from './left-out.ts';
import { type Compared, type StateOptions, type StatePlace, StateReader } from './read-apart.ts';

export interface Comparison extends Compared {
  /** The files of both are the same, so neither was read. */
  readonly identical: boolean;
}

const ENDED_BY_SIGNAL = 130;
const NOTHING: Comparison = {
  result: { violations: [], changes: [], unchanged: 0 },
  diagnostics: [],
  identical: true,
};

/** Reads both states in a process of its own, and compares them there. The files of the user are left alone.
 *  @throws {Fault} as `findRevisions`, `StateReader` and `Git` */
export async function compareStates(
  find: () => Revisions,
  options: StateOptions,
  checkOptions: CheckOptions,
  secondsPerFile: number,
): Promise<{ readonly revisions: Revisions; readonly comparison: Comparison }> {
  const temporary = mkdtempSync(join(tmpdir(), 'reeve-check-'));
  const clear = () => rmSync(temporary, { recursive: true, force: true });
  const end = () => process.exit(ENDED_BY_SIGNAL);
  process.once('exit', clear).once('SIGINT', end).once('SIGTERM', end);
  // It loads its code while git is asked and files are compared.
  const reader = new StateReader();
  try {
    const revisions = find();
    const places = await placesOf(revisions, temporary);
    if (!places) return { revisions, comparison: NOTHING };
    const compared = await reader.compare(places, options, checkOptions, secondsPerFile);
    return { revisions, comparison: { ...compared, identical: false } };
  } finally {
    reader.close();
    clear();
    process.off('exit', clear).off('SIGINT', end).off('SIGTERM', end);
  }
}

interface Places {
  readonly base: StatePlace;
  readonly head: StatePlace;
}

/** Where the two states are to be read; undefined where they are the same. A commit is read as the folder of the head,
 *  with those of its files that differ laid over it. */
async function placesOf(revisions: Revisions, temporary: string): Promise<Places | undefined> {
  const { base, head, git, prefix } = revisions;
  const make = (name: string) => mkdtempSync(join(temporary, name));
  if (base.kind === 'folder' || git === undefined) {
    const ofBase = base.kind === 'folder' ? base.path : '.';
    return { base: { folder: ofBase }, head: await headPlace(revisions, make) };
  }
  if (head.kind === 'commit' && head.commit === base.commit) return undefined;
  const ofHead = await headPlace(revisions, make);
  const tree = treeOf(git, base.commit, prefix);
  const differing = differingFiles(tree.files, ofHead.folder, ofHead.leftOut ?? []);
  const changed = [...differing.entries.map(({ path }) => path), ...differing.added];
  if (changed.length === 0) return undefined;
  const over = make('base-');
  await extract(git, { files: differing.entries, links: [] }, over);
  const credentialsIn = [...new Set(changed.map(folderOf))];
  const notes = tree.submodules.map(submoduleNote);
  return {
    base: {
      folder: ofHead.folder,
      over,
      leftOut: [...(ofHead.leftOut ?? []), ...differing.added],
      credentialsIn,
      notes,
    },
    head: { ...ofHead, credentialsIn },
  };
}

async function headPlace(
  { base, head, git, prefix }: Revisions,
  make: (name: string) => string,
): Promise<StatePlace> {
  if (head.kind === 'commit' && git) return extractedPlace(git, head.commit, prefix, make('head-'));
  const folder = head.kind === 'folder' ? head.path : '.';
  if (base.kind === 'folder' || !git) return { folder };
  const { paths, submodules } = leftOutOf(git);
  return { folder, leftOut: paths, notes: submodules.map(submoduleNote) };
}

async function extractedPlace(
  git: Git,
  commit: string,
  prefix: string,
  folder: string,
): Promise<StatePlace> {
  const tree = treeOf(git, commit, prefix);
  await extract(git, tree, folder);
  return { folder, notes: tree.submodules.map(submoduleNote) };
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}
