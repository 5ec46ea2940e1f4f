import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type KeptTrace, TraceStoreLimits } from '../../tracing/traces/index.ts';
import { KeptTraces } from './kept-traces.ts';
import { Recurring } from './recurring.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'reeve-traces-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const trace = (id: string): KeptTrace => ({
  ...{ id: id.repeat(32), reasons: ['denial'], firstTime: 1, lastTime: 2, services: ['web'] },
  ...{ spans: [], cut: 0 },
});

function open() {
  const log = vi.fn();
  const limits = TraceStoreLimits.parse({});
  const traces = new KeptTraces({ folder, limits, maxSpans: 10, log });
  const keep = (id: string): void => {
    traces.keep(trace(id));
    traces.write();
  };
  const said = () => log.mock.calls.map(([level, , sentence]) => `${level}: ${sentence}`);
  return { traces, keep, said };
}

describe('kept traces', () => {
  it('are there after a restart', () => {
    const before = open();
    before.traces.keep(trace('a'));
    before.traces.close();
    const { traces, said } = open();
    expect(traces.get('a'.repeat(32))).toMatchObject({ services: ['web'] });
    expect(said()).toEqual([]);
    traces.close();
  });

  it('that cannot be read are put aside, and others are kept', () => {
    const file = join(folder, 'traces.db');
    for (const end of ['', '-wal', '-shm']) writeFileSync(`${file}${end}`, 'no database');
    const { traces, keep, said } = open();
    keep('a');
    expect(said()).toEqual([
      'warn: kept traces cannot be read: they are put aside as traces.db.broken',
    ]);
    expect(existsSync(`${file}.broken`)).toBe(true);
    traces.close();
    expect(open().traces.get('a'.repeat(32))).toBeDefined();
  });

  it('of which one is damaged on the disk are kept all the same', () => {
    const { traces, keep, said } = open();
    keep('a');
    const other = new DatabaseSync(join(folder, 'traces.db'));
    other.exec(`update traces set body = x'00'`);
    other.close();
    for (const id of ['a', 'b']) traces.keep(trace(id));
    traces.write();
    expect(['a', 'b'].map((id) => traces.get(id.repeat(32))?.services)).toEqual([['web'], ['web']]);
    expect(said()).toEqual([]);
    traces.close();
  });

  it('are in memory where nothing can be written', () => {
    mkdirSync(join(folder, 'traces.db'));
    mkdirSync(join(folder, 'traces.db.broken', 'full'), { recursive: true });
    const { traces, keep, said } = open();
    keep('a');
    expect(traces.get('a'.repeat(32))).toBeDefined();
    expect(said().at(-1)).toBe('error: traces are kept in memory until the server starts again');
    traces.close();
  });

  it('that cannot be written are counted, and that is said once', () => {
    const { traces, keep, said } = open();
    const other = new DatabaseSync(join(folder, 'traces.db'));
    other.exec('drop table traces');
    for (const id of ['a', 'b']) keep(id);
    expect([traces.kept, traces.lost]).toEqual([0, 2]);
    expect(said()).toEqual(['warn: kept traces cannot be written: they are lost']);
    other.close();
    traces.close();
  });
});

it('what fails again and again is said once, and when it is over', () => {
  const log = vi.fn();
  const work = new Recurring(log, 'it does not work');
  work.succeeded();
  for (const reason of ['full', 'full']) work.failed(reason);
  for (let time = 0; time < 2; time++) work.succeeded();
  work.failed('away');
  expect(log.mock.calls.map(([level, thrown]) => [level, thrown])).toEqual([
    ['warn', 'full'],
    ['info', undefined],
    ['warn', 'away'],
  ]);
});
