import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { ChildProgram } from '../../../estate/store/testing/child.ts';
import { TraceStoreLimits } from '../limits.ts';
import { START, traceId } from '../testing/batches.ts';
import { aTrace } from '../testing/traces.ts';
import { createMemoryTraces, openTraceFile } from './index.ts';
import { MAX_SPANS, traceStoreContract } from './store.contract.ts';

const root = mkdtempSync(join(tmpdir(), 'reeve-traces-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const newFolder = () => mkdtempSync(join(root, 'data-'));

/** Limits are as small as a test has them: the schema is for people. */
const limitsOf = (change: Partial<TraceStoreLimits> = {}) => ({
  ...TraceStoreLimits.parse({}),
  ...change,
});

describe('kept traces in memory', () => {
  traceStoreContract({ open: (change) => createMemoryTraces(limitsOf(change), MAX_SPANS) });
});

describe('kept traces in a file', () => {
  const openIn = (folder: string, change?: Partial<TraceStoreLimits>) =>
    openTraceFile(folder, limitsOf(change), MAX_SPANS);

  traceStoreContract({ open: (change) => openIn(newFolder(), change) });

  it('are there when it is opened again', () => {
    const folder = newFolder();
    const before = openIn(folder);
    before.put([aTrace({})]);
    before.close();
    expect(openIn(folder).get(traceId(1))).toEqual(aTrace({}));
  });

  it('can be read by a second one while the first is open', () => {
    const folder = newFolder();
    const [writer, reader] = [openIn(folder), openIn(folder)];
    writer.put([aTrace({})]);
    expect(reader.list({ limit: 1 }).traces).toHaveLength(1);
  });

  it('are all there after the process was killed, each with its pair', {
    timeout: 60_000,
  }, async () => {
    const folder = newFolder();
    const program = fileURLToPath(new URL('../testing/writer.ts', import.meta.url));
    let last = 0;
    for (let round = 0; round < 3; round++) {
      const child = new ChildProgram(program, [folder, String(last + 1)]);
      await child.waitFor((line) => line.startsWith('ack'), { count: 20 });
      await child.kill();
      last = Math.max(...child.lines.map((line) => Number(line.slice(4))));
      const store = openIn(folder);
      expect(store.get(traceId(last))?.spans).toHaveLength(20);
      const { traces } = store.list({ limit: 100 });
      expect(traces.length).toBeGreaterThanOrEqual(40);
      for (const { id, firstTime } of traces) {
        expect(store.get(id)?.firstTime).toBe(firstTime);
        const pair = store.list({ from: firstTime, to: firstTime + 1, limit: 9 });
        expect(pair.traces).toHaveLength(2);
      }
      store.close();
    }
  });

  it('are refused with what to do where the file is something else', () => {
    const folder = newFolder();
    writeFileSync(
      join(folder, 'traces.db'),
      'this is no database, and is long enough to see it'.repeat(50),
    );
    expect(() => openIn(folder)).toThrow(
      expect.objectContaining({
        code: 'tracing/store-unavailable',
        message: expect.stringContaining('traces.db'),
      }),
    );
  });

  it('are refused where a later version has written them', () => {
    const folder = newFolder();
    openIn(folder).close();
    const database = new DatabaseSync(join(folder, 'traces.db'));
    database.exec('pragma user_version = 99');
    database.close();
    expect(() => openIn(folder)).toThrow('it is of version 99 of its schema');
  });

  it('say of a damaged one that it is, and give the others', () => {
    const folder = newFolder();
    const store = openIn(folder);
    store.put([aTrace({ id: traceId(1) }), aTrace({ id: traceId(2) })]);
    const database = new DatabaseSync(join(folder, 'traces.db'));
    database.prepare('update traces set body = ? where id = ?').run(Buffer.from('x'), traceId(1));
    database.close();
    expect(() => store.get(traceId(1))).toThrow(
      expect.objectContaining({ code: 'tracing/trace-malformed' }),
    );
    expect(store.get(traceId(2))?.firstTime).toBe(START);
  });
});
