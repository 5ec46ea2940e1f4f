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

  it('reads a file anew that has changed since', () => {
    const folder = mkdtempSync(join(made, 'changed-'));
    const shared = new SharedFiles();
    const templates = (text: string) => {
      writeFileSync(
        join(folder, 'openapi.yaml'),
        `openapi: 3.1.0\npaths: { ${text}: { get: {} } }`,
      );
      return read(folder, shared).observations.flatMap((one) =>
        one.kind === 'endpoint' ? [one.template] : [],
      );
    };
    expect([templates('/a'), templates('/b'), templates('/a')]).toEqual([['/a'], ['/b'], ['/a']]);
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
