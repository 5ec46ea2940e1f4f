import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Fault } from '../../base/fault.ts';
import { SnapshotFile } from './snapshot-file.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'reeve-snapshot-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('the snapshot of tracing', () => {
  it('is read as it was written, and replaced whole', async () => {
    const file = new SnapshotFile(folder);
    expect(await file.read()).toBeUndefined();
    await file.write([Buffer.from('first')]);
    await file.write([Buffer.from([0]), Buffer.alloc(0), Buffer.from([255, 10])]);
    expect(await file.read()).toEqual(Buffer.from([0, 255, 10]));
    expect(existsSync(`${file.path}.new`)).toBe(false);
  });

  it.each<[string, (bytes: Buffer) => Buffer]>([
    ['cut short', (bytes) => bytes.subarray(0, -1)],
    ['empty', () => Buffer.alloc(0)],
    ['changed', (bytes) => bytes.fill(0, bytes.length - 1)],
    ['of another format', (bytes) => Buffer.concat([Buffer.from('x'), bytes])],
  ])('is refused where it is %s, and put aside', async (_, harm) => {
    const file = new SnapshotFile(folder);
    await file.write([Buffer.from('learnt')]);
    writeFileSync(file.path, harm(readFileSync(file.path)));
    await expect(file.read()).rejects.toMatchObject({ code: 'tracing/snapshot-malformed' });
    await file.putAside();
    expect(await file.read()).toBeUndefined();
    expect(existsSync(`${file.path}.broken`)).toBe(true);
  });

  it('is written part by part, however large they are', async () => {
    const parts = [3, 2 ** 20, 0, 5, 2 ** 21].map((length, at) => Buffer.alloc(length, at));
    const file = new SnapshotFile(folder);
    await file.write(parts);
    expect((await file.read())?.equals(Buffer.concat(parts))).toBe(true);
  });

  it('is bounded', async () => {
    const file = new SnapshotFile(folder, 100);
    await expect(file.write([Buffer.alloc(50), Buffer.alloc(50)])).rejects.toMatchObject({
      code: 'tracing/snapshot-too-large',
    });
  });

  it('is a fault, whatever bytes it has', async () => {
    const file = new SnapshotFile(folder);
    await fc.assert(
      fc.asyncProperty(fc.uint8Array(), async (bytes) => {
        writeFileSync(file.path, bytes);
        await expect(file.read()).rejects.toBeInstanceOf(Fault);
      }),
      { numRuns: 50 },
    );
  });
});
