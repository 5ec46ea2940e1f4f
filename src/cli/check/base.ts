import { statSync } from 'node:fs';
import { Fault, quote } from '../../base/fault.ts';
import { Git } from './git.ts';

/** What a change is compared with, or what it comes to. */
export type Revision =
  | { readonly kind: 'folder'; readonly path: string }
  | {
      readonly kind: 'commit';
      /** As the user named it. */
      readonly name: string;
      readonly commit: string;
      /** It is where the head branched off from `name`, rather than its tip. */
      readonly isMergeBase: boolean;
    };

export interface Revisions {
  readonly base: Revision;
  readonly head: Revision;
  /** Where a commit is read from. */
  readonly git: Git | undefined;
  /** The folder inside its repository, with `/` at the end; empty at the top. */
  readonly prefix: string;
}

export interface RevisionFlags {
  readonly base: string;
  readonly head?: string | undefined;
  /** Compare with the tip of the base, rather than with where the head branched off. */
  readonly direct: boolean;
}

/** Finds out what `--base` and `--head` mean for a folder. A base that a repository knows as a ref is that ref;
 *  `./NAME` is always a folder.
 *  @throws {Fault} `check/base-not-found`, `check/base-malformed`, `check/no-merge-base`, and what `Git` throws */
export function findRevisions(folder: string, flags: RevisionFlags): Revisions {
  const git = repositoryOf(folder);
  const isPath = /^(?:\.{0,2}\/|\.{1,2}$|[A-Za-z]:[\\/])/.test(flags.base);
  const commit = git && !isPath ? commitOf(git, flags.base) : undefined;
  const headCommit = headOf(git, flags);
  const prefix = git?.line('rev-parse', '--show-prefix') ?? '';
  const head: Revision =
    flags.head !== undefined && headCommit !== undefined
      ? { kind: 'commit', name: flags.head, commit: headCommit, isMergeBase: false }
      : { kind: 'folder', path: folder };
  if (git && commit !== undefined) {
    return { base: baseOf(git, commit, headCommit, flags), head, git, prefix };
  }
  if (isFolder(flags.base)) {
    return { base: { kind: 'folder', path: flags.base }, head, git, prefix };
  }
  throw notFound(git, folder, flags.base);
}

/** The repository that a folder lies in; undefined where it lies in none.
 *  @throws {Fault} where there is one that git will not read */
function repositoryOf(folder: string): Git | undefined {
  if (!isFolder(folder)) return undefined;
  const git = new Git(folder);
  let output: ReturnType<Git['try']>;
  try {
    output = git.try('rev-parse', '--is-inside-work-tree');
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.code === 'check/git-unavailable') return undefined;
    throw thrown;
  }
  if (output.status === 0) return output.stdout.trim() === 'true' ? git : undefined;
  if (!/dubious ownership/.test(output.stderr)) return undefined;
  throw new Fault(
    'check/repository-forbidden',
    `git will not read ${quote(folder, 200)}: it belongs to another user`,
    {
      hint: 'trust it: `git config --global --add safe.directory FOLDER`',
    },
  );
}

/** The id of the commit that a name stands for. It is never taken for an option. */
function commitOf(git: Git, name: string): string | undefined {
  if (name.startsWith('-') || name === '' || /[\0\n]/.test(name) || name.length > 1_024) {
    throw new Fault('check/base-malformed', `${quote(name)} is no name of a commit`, {
      hint: 'name a branch, a tag or a commit: origin/main',
    });
  }
  return git.line('rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`);
}

function headOf(git: Git | undefined, { head }: RevisionFlags): string | undefined {
  if (head === undefined) return git && commitOf(git, 'HEAD');
  const commit = git && commitOf(git, head);
  if (commit !== undefined) return commit;
  throw new Fault('check/head-not-found', `${quote(head, 200)} is no commit of this repository`, {
    hint: 'name a branch, a tag or a commit, or leave --head out to check the files as they are',
  });
}

function baseOf(
  git: Git,
  commit: string,
  head: string | undefined,
  { base: name, direct }: RevisionFlags,
): Revision {
  if (direct || head === undefined) return { kind: 'commit', name, commit, isMergeBase: false };
  const mergeBase = git.line('merge-base', '--end-of-options', commit, head);
  if (mergeBase)
    return { kind: 'commit', name, commit: mergeBase, isMergeBase: mergeBase !== commit };
  throw new Fault(
    'check/no-merge-base',
    `this repository does not show where HEAD branched off from ${quote(name)}`,
    {
      hint: isShallow(git)
        ? 'the clone is shallow: `git fetch --unshallow` (GitHub: `fetch-depth: 0`, GitLab: `GIT_DEPTH: 0`), or compare with its tip: --direct'
        : 'the two have no common commit; compare with its tip: --direct',
    },
  );
}

function isShallow(git: Git): boolean {
  return git.line('rev-parse', '--is-shallow-repository') === 'true';
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function notFound(git: Git | undefined, folder: string, base: string): Fault {
  const message = `${quote(base, 200)} is neither a folder nor a commit`;
  if (!git) {
    return new Fault(
      'check/base-not-found',
      `${message}, and ${quote(folder, 200)} lies in no git repository`,
      {
        hint: 'name the folder of the other state: --base ../main',
      },
    );
  }
  if (commitOf(git, 'HEAD') === undefined) {
    return new Fault('check/base-not-found', `${message}: this repository has no commit yet`, {
      hint: 'commit first, or name a folder: --base ./DIR',
    });
  }
  const remote = /^([^/]+)\/(.+)$/.exec(base);
  const fetch = remote
    ? `git fetch ${remote[1]} ${remote[2]}:refs/remotes/${base}`
    : `git fetch origin ${base}`;
  return new Fault('check/base-not-found', `${message} that this clone has`, {
    hint: isShallow(git)
      ? `the clone is shallow; fetch the base: \`${fetch}\` (GitHub: \`fetch-depth: 0\`, GitLab: \`GIT_DEPTH: 0\`)`
      : `fetch it: \`${fetch}\``,
  });
}
