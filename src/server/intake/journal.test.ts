import { mkdtempSync, rmSync } from 'node:fs';
import { open, readFile, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Frame, Journal, journalNumbers, journalPath, readFrames } from './journal.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'reeve-journal-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const frame = (text: string): Frame => ({ kind: 'batch', payload: Buffer.from(text) });
const texts = (frames: readonly Frame[]): string[] =>
  frames.map(({ payload }) => payload.toString('utf8'));

describe('a journal', () => {
  it('gives back the frames that were appended, in order', async () => {
    const path = journalPath(folder, 0);
    const journal = await Journal.create(path);
    await journal.append([frame('one'), { kind: 'halves', payload: Buffer.of(1, 2, 3) }]);
    await journal.append([frame('two')]);
    await journal.close();
    const frames = await readFrames(path);
    expect(frames.map(({ kind }) => kind)).toEqual(['batch', 'halves', 'batch']);
    expect(texts(frames)[2]).toBe('two');
    expect(journal.sizeBytes).toBe((await stat(path)).size);
  });

  it('ends at the first frame that is not whole, wherever it was cut or changed', async () => {
    const path = journalPath(folder, 0);
    const journal = await Journal.create(path);
    await journal.append([frame('first'), frame('second')]);
    await journal.close();
    const whole = await readFile(path);
    const endOfFirst = whole.length / 2 - 0.5;
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.boolean(), async (at, isCut) => {
        const broken = isCut ? whole.subarray(0, at) : Buffer.from(whole);
        if (!isCut) broken[at] = (broken[at] ?? 0) ^ 0x10;
        await writeFile(path, broken);
        expect(texts(await readFrames(path))).toEqual(at < endOfFirst ? [] : ['first']);
      }),
      { numRuns: 200 },
    );
  });

  it('holds nothing of frames that could not be written whole', async () => {
    const path = journalPath(folder, 0);
    const journal = await Journal.create(path);
    await journal.append([frame('kept')]);
    const size = journal.sizeBytes;
    const full = await open('/dev/full', 'w');
    // the same handle cannot be made to fail on demand, so a device that is always full stands in
    const broken = new (Journal as unknown as new (file: unknown) => Journal)(full);
    await expect(broken.append([frame('lost')])).rejects.toThrow(/ENOSPC/);
    expect(broken.sizeBytes).toBe(0);
    await full.close();
    await journal.append([frame('after')]);
    await journal.close();
    expect(size).toBeGreaterThan(0);
    expect(texts(await readFrames(path))).toEqual(['kept', 'after']);
  });

  it('is found by its number among other files', async () => {
    for (const number of [10, 2]) await (await Journal.create(journalPath(folder, number))).close();
    await writeFile(join(folder, 'traffic-x.journal'), '');
    expect(await journalNumbers(folder)).toEqual([2, 10]);
  });
});
