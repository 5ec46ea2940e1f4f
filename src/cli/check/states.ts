import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { State } from '../../authorization/check/index.ts';
import { EMPTY_STATE } from '../../authorization/check/index.ts';
import type { Revision, Revisions } from './base.ts';
import { extract } from './extract.ts';
import { leftOutOf } from './left-out.ts';
import { readApart, type StateOptions } from './read-apart.ts';

export interface States {
  readonly base: State;
  readonly head: State;
}

/** Reads both states at the same time, each in a process of its own. Commits are written into a folder of their own
 *  first, and the files of the user are left alone.
 *  @throws {Fault} */
export async function readStates(
  { base, head, git, prefix }: Revisions,
  options: StateOptions,
  secondsPerFile: number,
): Promise<States> {
  if (isSame(base, head)) return { base: EMPTY_STATE, head: EMPTY_STATE };
  const temporary = mkdtempSync(join(tmpdir(), 'reeve-check-'));
  const clear = () => rmSync(temporary, { recursive: true, force: true });
  process.once('exit', clear);
  const stop = new AbortController();
  const read = async (revision: Revision, name: string): Promise<State> => {
    const isWorkTree = revision.kind === 'folder';
    const folder = isWorkTree ? revision.path : mkdtempSync(join(temporary, name));
    const isOfRepository = isWorkTree && revision === head && base.kind === 'commit';
    const leftOut = isOfRepository && git ? leftOutOf(git) : { paths: [], notes: [] };
    const notes =
      revision.kind === 'commit' && git
        ? await extract(git, revision.commit, prefix, folder)
        : leftOut.notes;
    const state = await readApart(
      folder,
      { ...options, leftOut: leftOut.paths },
      secondsPerFile,
      stop.signal,
    );
    return { ...state, diagnostics: [...state.diagnostics, ...notes] };
  };
  try {
    const [baseState, headState] = await Promise.all([read(base, 'base-'), read(head, 'head-')]);
    return { base: baseState, head: headState };
  } finally {
    stop.abort();
    clear();
    process.off('exit', clear);
  }
}

export function isSame(base: Revision, head: Revision): boolean {
  return base.kind === 'commit' && head.kind === 'commit' && base.commit === head.commit;
}
