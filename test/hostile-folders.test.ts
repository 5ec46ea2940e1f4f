import {
  closeSync,
  existsSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DEFAULT_FOLDER_LIMITS, Folder } from '../src/base/folder.ts';
import { readFolder } from '../src/sources/index.ts';
import { folderOf, GOOD, isGoodRead, makeSpecial, scan, told } from './support/hostile-folder.ts';
import { watch } from './support/hostile-watch.ts';

/** What outside of the folder nobody may read. */
const OUTSIDE = 'openapi: 3.1.0\ninfo: { title: Outside }\npaths: { /outside: { get: {} } }\n';

describe('a folder with links', () => {
  it('follows none that leaves it, leads nowhere or to itself, and reads the rest', () => {
    const outside = folderOf({ 'openapi.yaml': OUTSIDE });
    const root = folderOf(GOOD);
    const links = {
      'file.yaml': join(outside, 'openapi.yaml'),
      folder: outside,
      'relative.yaml': `../${outside.slice(outside.lastIndexOf('/') + 1)}/openapi.yaml`,
      'self.yaml': 'self.yaml',
      'gone.yaml': 'nowhere.yaml',
      'zero.yaml': '/dev/zero',
      process: '/proc/self',
      'up.yaml': '..',
      'ring-a.yaml': 'ring-b.yaml',
      'ring-b.yaml': 'ring-a.yaml',
      'prefix.yaml': `${root}-beside`,
    };
    for (const [name, target] of Object.entries(links)) symlinkSync(target, join(root, name));
    const { result, outside: touched } = watch(root, () => scan(root));
    expect(told(result).sort()).toEqual(
      Object.keys(links)
        .map((name) => `warning folder/link-outside ${name}`)
        .sort(),
    );
    expect(JSON.stringify(result)).not.toContain('/outside');
    expect(touched).toEqual([]);
    expect(isGoodRead(result)).toBe(true);
  });

  it('reads what a link inside it names once, at its own place', () => {
    const root = folderOf(GOOD);
    symlinkSync('orders', join(root, 'again'));
    symlinkSync('.', join(root, 'orders', 'loop'));
    symlinkSync('openapi.yaml', join(root, 'orders', 'copy.yaml'));
    const result = scan(root);
    expect(told(result)).toEqual([]);
    expect(result.fileCount).toBe(2);
  });

  it('refuses a link that takes the place of a file after the folder was listed', () => {
    const outside = folderOf({ 'openapi.yaml': OUTSIDE });
    const root = folderOf({ ...GOOD, 'later.yaml': 'a: 1\n' });
    const folder = new Folder(root);
    folder.list();
    rmSync(join(root, 'later.yaml'));
    symlinkSync(join(outside, 'openapi.yaml'), join(root, 'later.yaml'));
    expect(() => folder.read('later.yaml')).toThrow(
      expect.objectContaining({ code: 'folder/outside-forbidden' }),
    );
  });
});

describe('a folder with what is no file', () => {
  it('waits for no pipe and opens no socket', () => {
    const root = folderOf(GOOD);
    makeSpecial(join(root, 'pipe.yaml'), 'fifo');
    makeSpecial(join(root, 'socket.yaml'), 'socket');
    expect(existsSync(join(root, 'socket.yaml'))).toBe(true);
    const result = scan(root);
    expect(told(result)).toEqual([
      'warning folder/not-a-file pipe.yaml',
      'warning folder/not-a-file socket.yaml',
    ]);
    expect(isGoodRead(result)).toBe(true);
  });

  it('opens no pipe that a reference names', () => {
    const root = folderOf({
      ...GOOD,
      'api/openapi.yaml':
        'openapi: 3.1.0\ninfo: {title: A}\npaths:\n  /a: { $ref: "../pipe.yaml#/a" }\n  /b: { get: {} }\n',
    });
    makeSpecial(join(root, 'pipe.yaml'), 'fifo');
    const result = scan(root);
    expect(told(result)).toContain('warning openapi/reference-unresolved api/openapi.yaml:4:3');
    expect(JSON.stringify(result.facts)).toContain('GET /b');
  });
});

describe('a folder that changes while it is read', () => {
  it('costs a diagnostic for each file that has gone', () => {
    const root = folderOf({ ...GOOD, 'z/a.yaml': 'a: 1\n', 'z/b.yaml': 'b: 1\n' });
    const reading = readFolder(new Folder(root), [
      {
        name: 'test',
        wants: () => true,
        start: () => ({ read: () => rmSync(join(root, 'z'), { recursive: true, force: true }) }),
      },
    ]);
    expect(told(reading)).toEqual([
      'error folder/not-found z/a.yaml',
      'error folder/not-found z/b.yaml',
    ]);
  });
});

describe('a folder without measure', () => {
  it('leaves out a file of 200 MB, and says how large it is', () => {
    const root = folderOf(GOOD);
    const file = openSync(join(root, 'huge.yaml'), 'w');
    ftruncateSync(file, 200 * 1024 * 1024);
    closeSync(file);
    const result = scan(root);
    expect(told(result)).toEqual(['warning folder/too-large huge.yaml']);
    expect(result.diagnostics[0]?.message).toContain('200.0 MB, more than the limit of 64.0 MB');
    expect(isGoodRead(result)).toBe(true);
  });

  it('reads 20,000 small files', () => {
    const root = folderOf(GOOD);
    for (let folder = 0; folder < 100; folder++) {
      mkdirSync(join(root, `d${folder}`));
      for (let file = 0; file < 200; file++) {
        writeFileSync(join(root, `d${folder}`, `f${file}.yaml`), `key: ${file}\n`);
      }
    }
    const result = scan(root);
    expect(result.fileCount).toBe(20_002);
    expect(told(result)).toEqual([]);
    expect(isGoodRead(result)).toBe(true);
  });

  it('stops at the limit of files, and not one before', () => {
    const files = Object.fromEntries([...Array(5).keys()].map((index) => [`f${index}.txt`, '']));
    const root = folderOf(files);
    const limits = (maxFiles: number) => ({ ...DEFAULT_FOLDER_LIMITS, maxFiles });
    expect(told(scan(root, limits(5)))).toEqual([]);
    const result = scan(root, limits(4));
    expect(result.fileCount).toBe(4);
    expect(told(result)).toEqual(['warning folder/too-many-files .']);
  });

  it('leaves out folders below the limit of depth', () => {
    const deep = [...Array(70).keys()].map((level) => `d${level}`).join('/');
    const root = folderOf({ ...GOOD, [`${deep}/openapi.yaml`]: OUTSIDE });
    const result = scan(root);
    expect(result.diagnostics).toMatchObject([
      { code: 'folder/too-deep', file: deep.split('/').slice(0, 65).join('/') },
    ]);
    expect(isGoodRead(result)).toBe(true);
  });

  it('reports folders whose paths are longer than the system takes', () => {
    const root = folderOf(GOOD);
    const name = 'n'.repeat(250);
    // Built from the inside out, since the whole path cannot be named.
    let inner = join(root, 'build');
    mkdirSync(inner);
    writeFileSync(join(inner, 'file.yaml'), 'a: 1\n');
    for (let level = 0; level < 20; level++) {
      const outer = join(root, `level${level}`);
      mkdirSync(outer);
      renameSync(inner, join(outer, name));
      inner = outer;
    }
    const result = scan(root);
    expect(result.diagnostics).toMatchObject([
      { code: 'folder/subfolder-unreadable', message: 'cannot be read: its path is too long' },
    ]);
    expect(isGoodRead(result)).toBe(true);
  });
});
