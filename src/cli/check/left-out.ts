import type { Git } from './git.ts';

export interface LeftOut {
  /** Files and folders, relative, without a slash at the end. */
  readonly paths: readonly string[];
  /** Those of them that are submodules. */
  readonly submodules: readonly string[];
}

/** What lies in a work tree and could not be part of a commit: what is ignored, and what submodules hold. */
export function leftOutOf(git: Git): LeftOut {
  const ignored = git
    .list('ls-files', '-z', '--others', '--ignored', '--exclude-standard', '--directory')
    .map((path) => path.replace(/\/$/, ''));
  const submodules = git
    .list('ls-files', '-z', '--stage')
    .filter((line) => line.startsWith('160000 '))
    .map((line) => line.slice(line.indexOf('\t') + 1));
  return { paths: [...ignored, ...submodules], submodules };
}
