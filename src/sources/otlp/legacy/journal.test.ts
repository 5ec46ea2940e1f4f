import { appendFileSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Journal } from './journal.ts';
import type { Half } from './pairing.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'journal-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const WINDOW_MS = 1_000;
const half = (key: string, seenAt: number): Half => ({
  side: 'caller',
  key,
  subject: { by: 'name', name: 'web' },
  seenAt,
});

async function append(journal: Journal, ...halves: Half[]): Promise<void> {
  for (const one of halves) await journal.append([one], one.seenAt);
}

function reopen(now: number): string[] {
  const { journal, waiting } = Journal.open(folder, WINDOW_MS, now);
  journal.close();
  return waiting.map(({ key }) => key);
}

describe('the journal of waiting halves', () => {
  it('gives back what was appended within the window, oldest first', async () => {
    const { journal } = Journal.open(folder, WINDOW_MS, 0);
    await append(journal, half('a', 0), half('b', 600), half('c', 1_200));
    journal.close();
    expect(reopen(1_500)).toEqual(['b', 'c']);
    expect(reopen(5_000)).toEqual([]);
  });

  it('passes over a last line that was cut, and lines that are none', async () => {
    const { journal } = Journal.open(folder, WINDOW_MS, 0);
    await append(journal, half('a', 0));
    journal.close();
    appendFileSync(join(folder, 'otlp-waiting-0.ndjson'), '{"side":"other"}\nnull\n{"side":"call');
    expect(reopen(0)).toEqual(['a']);
  });

  it('does not grow with the time', async () => {
    const { journal } = Journal.open(folder, WINDOW_MS, 0);
    for (let at = 0; at < 50_000; at += 100) await journal.append([half('a', at)], at);
    journal.close();
    const bytes = readdirSync(folder).map((name) => statSync(join(folder, name)).size);
    expect(Math.max(...bytes)).toBeLessThan(2_000);
  });
});
