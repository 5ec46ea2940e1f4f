import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { Fault } from '../../base/fault.ts';
import { findRevisions, type RevisionFlags } from './base.ts';
import { Repository } from './testing/repository.ts';

const made: Repository[] = [];
const kept = (repository: Repository): Repository => {
  made.push(repository);
  return repository;
};
afterEach(() => {
  for (const repository of made.splice(0)) repository.remove();
});

const find = (folder: string, flags: Partial<RevisionFlags> & { base: string }) =>
  findRevisions(folder, { direct: false, ...flags });
function faultOf(work: () => unknown): Fault {
  try {
    work();
  } catch (thrown) {
    if (thrown instanceof Fault) return thrown;
    throw thrown;
  }
  throw new Error('nothing was thrown');
}

/** main and a branch, which part after the first commit. */
function parted() {
  const repository = kept(Repository.init());
  const first = repository.write({ 'a.txt': '1' }).commit();
  repository.git('checkout', '-q', '-b', 'feature');
  const feature = repository.write({ 'b.txt': '1' }).commit();
  repository.git('checkout', '-q', 'main');
  const tip = repository.write({ 'a.txt': '2' }).commit();
  repository.git('checkout', '-q', 'feature');
  return { repository, first, feature, tip };
}

describe('the base of a check', () => {
  it('is where the head branched off, as a pull request has it', () => {
    const { repository, first } = parted();
    expect(find(repository.root, { base: 'main' }).base).toEqual({
      kind: 'commit',
      name: 'main',
      commit: first,
      isMergeBase: true,
    });
  });

  it('is the tip where that is asked for', () => {
    const { repository, tip } = parted();
    const { base } = find(repository.root, { base: 'main', direct: true });
    expect(base).toMatchObject({ commit: tip, isMergeBase: false });
  });

  it.each(['tags/v1', 'v1', 'HEAD~1', 'short'])('may be %s', (name) => {
    const { repository, first } = parted();
    repository.git('tag', '-a', 'v1', '-m', 'one', first);
    const base = name === 'short' ? first.slice(0, 8) : name;
    expect(find(repository.root, { base }).base).toMatchObject({ commit: first });
  });

  it('goes with a head that is a commit', () => {
    const { repository, feature, first } = parted();
    repository.git('checkout', '-q', 'main');
    const found = find(repository.root, { base: 'main', head: 'feature' });
    expect(found.base).toMatchObject({ commit: first });
    expect(found.head).toMatchObject({ kind: 'commit', commit: feature });
  });

  it('is a folder, also outside of every repository', () => {
    const [one, other] = [mkdtempSync(join(tmpdir(), 'a-')), mkdtempSync(join(tmpdir(), 'b-'))];
    made.push(new Repository(one), new Repository(other));
    expect(find(one, { base: other }).base).toEqual({ kind: 'folder', path: other });
  });

  it('is the branch where a folder has its name, and the folder where it is written as a path', () => {
    const { repository } = parted();
    repository.write({ 'main/a.txt': '' });
    expect(find(repository.root, { base: 'main' }).base.kind).toBe('commit');
    expect(find(repository.root, { base: `${repository.root}/main` }).base.kind).toBe('folder');
  });

  it('knows where in its repository the folder lies', () => {
    const { repository } = parted();
    repository.write({ 'services/a/x.txt': '' });
    const found = find(join(repository.root, 'services/a'), { base: 'main' });
    expect(found.prefix).toBe('services/a/');
  });
});

describe('a base that cannot be had', () => {
  it('says so outside of every repository', () => {
    const folder = mkdtempSync(join(tmpdir(), 'none-'));
    made.push(new Repository(folder));
    expect(faultOf(() => find(folder, { base: 'main' }))).toMatchObject({
      code: 'check/base-not-found',
      message: expect.stringMatching(/lies in no git repository$/),
    });
  });

  it('says how to fetch it', () => {
    const { repository } = parted();
    expect(faultOf(() => find(repository.root, { base: 'origin/main' }))).toMatchObject({
      code: 'check/base-not-found',
      hint: 'fetch it: `git fetch origin main:refs/remotes/origin/main`',
    });
  });

  it('says that a repository is empty', () => {
    const repository = kept(Repository.init());
    expect(faultOf(() => find(repository.root, { base: 'main' })).message).toMatch(
      /this repository has no commit yet/,
    );
  });

  it('says that a clone is too shallow to show where the head branched off', () => {
    const { repository } = parted();
    const clone = kept(new Repository());
    clone.git('clone', '-q', '--depth=1', '--no-single-branch', `file://${repository.root}`, '.');
    const fault = faultOf(() => find(clone.root, { base: 'origin/main' }));
    expect([fault.code, fault.hint]).toEqual([
      'check/no-merge-base',
      expect.stringMatching(/the clone is shallow: `git fetch --unshallow`.*--direct/),
    ]);
    expect(find(clone.root, { base: 'origin/main', direct: true }).base.kind).toBe('commit');
  });

  it('says that a clone is shallow and does not have it at all', () => {
    const { repository } = parted();
    const clone = kept(new Repository());
    clone.git('clone', '-q', '--depth=1', `file://${repository.root}`, '.');
    expect(faultOf(() => find(clone.root, { base: 'origin/main' })).hint).toMatch(
      /^the clone is shallow; fetch the base: `git fetch origin main:refs\/remotes\/origin\/main`/,
    );
  });

  it('says that histories have nothing in common', () => {
    const { repository } = parted();
    repository.git('checkout', '-q', '--orphan', 'other');
    repository.commit();
    expect(faultOf(() => find(repository.root, { base: 'main' })).hint).toMatch(/no common commit/);
  });

  it.each(['--upload-pack=touch pwned', '-x', '', 'a\nb', 'x'.repeat(2_000)])(
    'is not taken for an option or for several names: %j',
    (base) => {
      const { repository } = parted();
      expect(faultOf(() => find(repository.root, { base })).code).toBe('check/base-malformed');
    },
  );

  it('says that a head is none', () => {
    const { repository } = parted();
    expect(faultOf(() => find(repository.root, { base: 'main', head: 'gone' })).code).toBe(
      'check/head-not-found',
    );
  });
});
