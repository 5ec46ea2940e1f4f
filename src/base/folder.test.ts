import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { DEFAULT_FOLDER_LIMITS, Folder, type FolderChanges } from './folder.ts';

const made: string[] = [];
afterEach(() => {
  for (const path of made.splice(0)) rmSync(path, { recursive: true });
});

function folderOf(files: Readonly<Record<string, string>>, changes: FolderChanges = {}): Folder {
  const root = mkdtempSync(join(tmpdir(), 'folder-'));
  made.push(root);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return new Folder(root, DEFAULT_FOLDER_LIMITS, changes);
}
const paths = (folder: Folder) => folder.list().files.map(({ path }) => path);

describe('a folder with changes', () => {
  it('passes over what is left out, in silence', () => {
    const folder = folderOf({ a: '', 'b/c': '', 'b/d': '', 'e/f': '' }, { leftOut: ['b/c', 'e'] });
    expect([paths(folder), folder.list().diagnostics]).toEqual([['a', 'b/d'], []]);
  });

  it('has the files that are laid over it, each once and in order', () => {
    const over = folderOf({ b: 'over', 'a/new': 'new' });
    const folder = folderOf({ a1: 'own', b: 'own', c: 'own' }, { over });
    expect(paths(folder)).toEqual(['a/new', 'a1', 'b', 'c']);
    expect(['a/new', 'a1', 'b'].map((path) => folder.read(path).toString())).toEqual([
      'new',
      'own',
      'over',
    ]);
  });

  it('has what is laid over it where its own is left out', () => {
    const folder = folderOf({ b: 'own' }, { over: folderOf({ b: 'over' }), leftOut: ['b'] });
    expect([paths(folder), folder.read('b').toString()]).toEqual([['b'], 'over']);
  });
});
