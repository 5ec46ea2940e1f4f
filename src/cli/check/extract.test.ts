import {
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { differingFiles } from './differing.ts';
import { type TreeLimits, treeOf } from './entries.ts';
import { extract } from './extract.ts';
import { Git } from './git.ts';
import { leftOutOf } from './left-out.ts';
import { Repository } from './testing/repository.ts';

let repository: Repository;
let target: Repository;
beforeEach(() => {
  repository = Repository.init();
  target = new Repository(mkdtempSync(join(tmpdir(), 'extracted-')));
});
afterEach(() => {
  repository.remove();
  target.remove();
});

const write = async (prefix = '', maxFileBytes?: number, limits?: TreeLimits) => {
  const git = new Git(repository.root);
  const tree = treeOf(git, 'HEAD', prefix, limits);
  await extract(git, tree, target.root, maxFileBytes);
  return tree;
};
const listed = () =>
  readdirSync(target.root, { recursive: true, encoding: 'utf8' })
    .filter((path) => !lstatSync(join(target.root, path)).isDirectory())
    .sort();
const read = (path: string) => readFileSync(join(target.root, path), 'utf8');

describe('a commit that is written into a folder', () => {
  it('is there byte by byte, whatever is in the work tree', async () => {
    const bytes = Array.from({ length: 300 }, (_, index) => String.fromCharCode(index)).join('');
    repository
      .write({ 'a/b.txt': bytes, 'c d/é "quoted"\n.txt': '', 'e.bin': 'x'.repeat(200_000) })
      .commit();
    repository.write({ 'a/b.txt': 'changed', 'new.txt': '' });
    await write();
    expect(listed()).toEqual(['a/b.txt', 'c d/é "quoted"\n.txt', 'e.bin']);
    expect([read('a/b.txt') === bytes, read('e.bin').length]).toEqual([true, 200_000]);
  });

  it('is one folder of it, where that is checked', async () => {
    repository.write({ 'services/a/x.txt': 'x', 'services/b/y.txt': 'y' }).commit();
    await write('services/a/');
    expect(listed()).toEqual(['x.txt']);
  });

  it('is nothing where it did not have the folder', async () => {
    repository.write({ 'a.txt': 'x', file: 'x' }).commit();
    await write('services/a/');
    await write('file/');
    expect(listed()).toEqual([]);
  });

  it('is whole whatever its attributes say', async () => {
    repository
      .write({
        '.gitattributes': 'secret.yaml export-ignore\n*.txt export-subst eol=crlf filter=evil\n',
        'secret.yaml': 'a: 1\n',
        'a.txt': '$Format:%H$\n',
      })
      .commit();
    await write();
    expect(listed()).toEqual(['.gitattributes', 'a.txt', 'secret.yaml']);
    expect(read('a.txt')).toBe('$Format:%H$\n');
  });

  it('is read without a program that the configuration of the repository names', async () => {
    const mark = join(target.root, '..', `${Date.now()}-pwned`);
    repository.write({ 'a.txt': 'x', '.gitignore': 'b\n', b: '' }).commit();
    for (const key of [
      'core.fsmonitor',
      'core.sshCommand',
      'filter.evil.smudge',
      'core.pager',
      'core.alternateRefsCommand',
    ]) {
      repository.git('config', key, `touch ${mark} #`);
    }
    repository.write({ '.git/hooks/post-checkout': `#!/bin/sh\ntouch ${mark}\n` });
    process.env.GIT_EXTERNAL_DIFF = `touch ${mark}`;
    try {
      await write();
      leftOutOf(new Git(repository.root));
    } finally {
      delete process.env.GIT_EXTERNAL_DIFF;
    }
    expect([existsSync(mark), listed()]).toEqual([false, ['.gitignore', 'a.txt']]);
  });

  it('is that of the folder, wherever GIT_DIR points', async () => {
    repository.write({ 'a.txt': 'x' }).commit();
    process.env.GIT_DIR = '/nowhere';
    try {
      await write();
    } finally {
      delete process.env.GIT_DIR;
    }
    expect(listed()).toEqual(['a.txt']);
  });

  it('keeps links as links, and writes nothing through them', async () => {
    symlinkSync('/etc', join(repository.root, 'out'));
    symlinkSync('a.txt', join(repository.root, 'in'));
    repository.write({ 'a.txt': 'x' }).commit();
    await write();
    expect(lstatSync(join(target.root, 'out')).isSymbolicLink()).toBe(true);
    expect(read('in')).toBe('x');
  });

  it('tells of submodules, on both sides', async () => {
    const other = Repository.init();
    other.write({ 'k8s.yaml': 'a: 1\n' }).commit();
    try {
      repository.git(
        '-c',
        'protocol.file.allow=always',
        'submodule',
        'add',
        '-q',
        other.root,
        'vendor/sub',
      );
      repository.commit();
      expect((await write()).submodules).toEqual(['vendor/sub']);
      expect(leftOutOf(new Git(repository.root))).toEqual({
        paths: ['vendor/sub'],
        submodules: ['vendor/sub'],
      });
    } finally {
      other.remove();
    }
  });

  it('is refused where it is too large', async () => {
    repository.write({ a: '1', b: '2', c: '3' }).commit();
    const limits = { maxFiles: 2, maxTotalBytes: 100 };
    await expect(write('', undefined, limits)).rejects.toMatchObject({
      code: 'check/base-too-large',
      message: 'the base holds 3 files of 3 bytes; 2 files of 100 bytes are read',
    });
  });

  it('has files that are too large in their size, without their bytes', async () => {
    repository.write({ a: 'x'.repeat(50) }).commit();
    await write('', 10);
    expect([lstatSync(join(target.root, 'a')).size, read('a').includes('x')]).toEqual([50, false]);
  });

  it('tells which object a partial clone does not have', async () => {
    repository.write({ a: 'x' }).commit();
    const id = repository.git('rev-parse', 'HEAD:a');
    const file = join('.git/objects', id.slice(0, 2), id.slice(2));
    new Repository(join(repository.root, file)).remove();
    await expect(write()).rejects.toMatchObject({
      code: 'check/object-not-found',
      message: 'this clone has not all of the base: `a`',
    });
  });

  it('has no path that leaves the folder', async () => {
    const blob = repository.write({ a: 'x' }).commit() && repository.git('rev-parse', 'HEAD:a');
    const file = join(repository.root, 'tree');
    const tree = Buffer.concat([Buffer.from('100644 ..\0'), Buffer.from(blob, 'hex')]);
    const { writeFileSync } = await import('node:fs');
    writeFileSync(file, tree);
    const id = repository.git('hash-object', '-t', 'tree', '--literally', '-w', 'tree');
    const commit = repository.git('commit-tree', id, '-m', 'x');
    expect(() => treeOf(new Git(repository.root), commit, '')).toThrow(
      'the base holds `..`, which no checkout would write',
    );
  });
});

describe('files of a folder that differ from a commit', () => {
  const differing = (leftOut: readonly string[] = []) => {
    const { files } = treeOf(new Git(repository.root), 'HEAD', '');
    const { entries, added } = differingFiles(files, repository.root, leftOut);
    return { changed: entries.map(({ path }) => path), added };
  };

  it('are those that are changed, gone or new, and no others', () => {
    repository.write({ same: 'é\n', changed: 'a', gone: 'x', 'dir/same': '' }).commit();
    repository.write({ changed: 'b', 'dir/new': '', ignored: '' });
    new Repository(join(repository.root, 'gone')).remove();
    expect(differing(['ignored'])).toEqual({ changed: ['changed', 'gone'], added: ['dir/new'] });
  });

  it('are told by content, of SHA-256 repositories too', () => {
    repository.remove();
    repository = new Repository(mkdtempSync(join(tmpdir(), 'sha256-')));
    repository.git('init', '-q', '-b', 'main', '--object-format=sha256');
    repository.write({ a: 'x', b: 'y' }).commit();
    repository.write({ b: 'z' });
    expect(differing()).toEqual({ changed: ['b'], added: [] });
  });

  it('are those that a link has taken the place of', () => {
    repository.write({ a: 'x', b: 'x' }).commit();
    new Repository(join(repository.root, 'a')).remove();
    symlinkSync('b', join(repository.root, 'a'));
    expect(differing()).toEqual({ changed: ['a'], added: [] });
  });
});

describe('what is left out of a work tree', () => {
  it('is what is ignored, and not what is only new', () => {
    repository.write({ '.gitignore': 'dist/\n*.log\n', 'a/keep.txt': '' }).commit();
    repository.write({ 'dist/k8s.yaml': '', 'a/x.log': '', 'new.yaml': '' });
    expect([...leftOutOf(new Git(repository.root)).paths].sort()).toEqual(['a/x.log', 'dist']);
  });

  it('is told as paths of the folder that is checked', () => {
    repository.write({ '.gitignore': '*.log\n', 'a/b/keep.txt': '' }).commit();
    repository.write({ 'a/b/x.log': '', 'y.log': '' });
    expect(leftOutOf(new Git(join(repository.root, 'a'))).paths).toEqual(['b/x.log']);
  });
});
