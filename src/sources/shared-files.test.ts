import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Folder } from '../base/folder.ts';
import { READERS, readFolder } from './index.ts';
import { SharedFiles } from './shared-files.ts';

const made = mkdtempSync(join(tmpdir(), 'reeve-shared-files-'));
writeFileSync(join(made, 'broken.yaml'), 'apiVersion: v1\nkind: Service\nmetadata: [\n');
writeFileSync(join(made, 'openapi.json'), '{"openapi": "3.1.0", "paths": {"/a": {"get": {}}}, }');
writeFileSync(join(made, 'latin.yaml'), Buffer.from('kind: Secret # \xe9\n', 'latin1'));
afterAll(() => rmSync(made, { recursive: true, force: true }));

const read = (path: string, shared?: SharedFiles) =>
  readFolder(new Folder(path), READERS, { shared });

describe('a pass that shares files with others', () => {
  it.each(['examples/shop', 'src/sources/kubernetes/testdata', made])(
    'finds and tells what it would alone: %s',
    (path) => {
      const alone = read(path);
      const shared = new SharedFiles();
      expect(read(path, shared)).toEqual(alone);
      expect(read(path, shared)).toEqual(alone);
    },
  );

  const specificationIn = (folder: string, path: string) =>
    writeFileSync(join(folder, 'openapi.yaml'), `openapi: 3.1.0\npaths: { ${path}: { get: {} } }`);
  const templatesIn = (folder: Folder, shared: SharedFiles) =>
    readFolder(folder, READERS, { shared }).observations.flatMap((one) =>
      one.kind === 'endpoint' ? [one.template] : [],
    );

  it('reads a file anew that another is laid over', () => {
    const [folder, over] = [mkdtempSync(join(made, 'under-')), mkdtempSync(join(made, 'over-'))];
    specificationIn(folder, '/a');
    specificationIn(over, '/b');
    const shared = new SharedFiles();
    const under = new Folder(folder);
    const laid = new Folder(folder, undefined, { over: new Folder(over) });
    const read = [under, laid, under, laid].map((one) => templatesIn(one, shared));
    expect(read).toEqual([['/a'], ['/b'], ['/a'], ['/b']]);
  });

  it('reads what lies at the same place once: a file that changes meanwhile is no difference', () => {
    const folder = mkdtempSync(join(made, 'changed-'));
    const shared = new SharedFiles();
    const read = ['/a', '/b'].map((path) => {
      specificationIn(folder, path);
      return templatesIn(new Folder(folder), shared);
    });
    expect(read).toEqual([['/a'], ['/a']]);
    expect(templatesIn(new Folder(folder), new SharedFiles())).toEqual(['/b']);
  });
});

describe('a shared file', () => {
  const bytes = Buffer.from('a: [\n');
  const parsed = (shared: SharedFiles) =>
    shared.file('a.yaml', Buffer.from(bytes)).documents(() => {});

  it('is parsed once', () => {
    const shared = new SharedFiles();
    expect(parsed(shared)).toBe(parsed(shared));
  });

  it('is parsed anew where all files are more than may be kept', () => {
    const shared = new SharedFiles(bytes.length - 1);
    expect(parsed(shared)).not.toBe(parsed(shared));
  });

  it('tells each pass of its problems, and none that has not asked', () => {
    const shared = new SharedFiles();
    const [first, second, third] = [1, 2, 3].map(() => shared.file('a.yaml', bytes));
    const told: string[] = [];
    first?.documents(({ code }) => told.push(code));
    second?.documents(({ code }) => told.push(code));
    second?.documents(({ code }) => told.push(code));
    expect(told).toEqual(['data/malformed', 'data/malformed']);
    expect([second?.problem, third?.problem]).toEqual([expect.any(String), undefined]);
  });
});
