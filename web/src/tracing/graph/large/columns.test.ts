import { describe, expect, it } from 'vitest';
import type { GraphColumns } from '../../model.ts';
import { FLAG, RANKS, toColumns } from './columns.ts';
import { countLines, linesOf } from './lines.ts';

const NOW = Date.parse('2026-01-10T12:00:00Z');
const hoursAgo = (hours: number): number => NOW / 1_000 - hours * 3_600;

interface Given {
  readonly from: number;
  readonly to: number;
  readonly denied?: number;
  readonly evidence?: number;
  readonly firstHours?: number;
  readonly lastHours?: number;
}

/** As the API tells it, of services that are known for 500 hours. */
function told(id: string[], edges: readonly Given[]): GraphColumns {
  const ofServices = (value: number) => id.map(() => value);
  return {
    services: {
      ...{ id, kind: ofServices(0), requests: ofServices(10), maturity: ofServices(1) },
      ...{ firstSeen: ofServices(hoursAgo(500)), lastSeen: ofServices(hoursAgo(0)) },
    },
    edges: {
      from: edges.map(({ from }) => from),
      to: edges.map(({ to }) => to),
      requests: edges.map(() => 100),
      failed: edges.map(() => 0),
      denied: edges.map(({ denied = 0 }) => denied),
      authenticated: edges.map(() => 0),
      evidence: edges.map(({ evidence = 2 }) => evidence),
      firstSeen: edges.map(({ firstHours = 400 }) => hoursAgo(firstHours)),
      lastSeen: edges.map(({ lastHours = 1 }) => hoursAgo(lastHours)),
    },
    edgeCount: 7,
  };
}

const [A, B, C] = ['test/shop/a', 'test/shop/b', 'test/shop/c'];
const EDGES: readonly Given[] = [
  { from: 0, to: 1 },
  { from: -1, to: 0, evidence: 0, firstHours: 2 },
  { from: 1, to: 0, firstHours: 1, denied: 2 },
];

describe('a large graph as columns', () => {
  it('has what comes from outside as one more', () => {
    const { ids, requests, from, to, edgeCount } = toColumns(told([A, B], EDGES), NOW);
    expect(ids).toEqual([A, B, '*']);
    expect([...requests]).toEqual([10, 10, 0]);
    expect([...from]).toEqual([0, 2, 1]);
    expect([...to]).toEqual([1, 0, 0]);
    expect(edgeCount).toBe(7);
    expect(toColumns(told([A, B], [{ from: 0, to: 1 }]), NOW).ids).toEqual([A, B]);
  });

  it('says who called, and what is new and refused', () => {
    const { evidence, flags } = toColumns(told([A, B], EDGES), NOW);
    expect([...evidence].map((rank) => RANKS[rank])).toEqual([
      'authenticated',
      'none',
      'authenticated',
    ]);
    expect([...flags]).toEqual([0, FLAG.new, FLAG.new | FLAG.refused]);
  });
});

describe('a line says', () => {
  const way = (path: readonly string[], hours: number) => ({
    path,
    time: new Date(hoursAgo(hours) * 1_000).toISOString(),
  });
  it.each([
    ['who called', { evidence: 1 }, [], 'asserted'],
    ['that it is new, before who called', { firstHours: 1 }, [], 'new'],
    ['that it is refused, before that it is new', { firstHours: 1, denied: 1 }, [], 'refused'],
    [
      'that an open incident went there, before all',
      { denied: 1 },
      [way([A, C, B], 2)],
      'incident',
    ],
    ['nothing of an incident that it leads back from', {}, [way([B, A], 2)], 'authenticated'],
    ['nothing of one that only one end is part of', {}, [way([A, C], 2)], 'authenticated'],
    ['nothing of one that began when it was over', {}, [way([A, B], 0.5)], 'authenticated'],
  ] as const)('%s', (_, more, ways, line) => {
    const columns = toColumns(told([A, B, C], [{ from: 0, to: 1, ...more }]), NOW);
    expect(linesOf(columns, ways)).toEqual([line]);
  });

  it('as many as there are of each', () => {
    const counts = countLines(['new', 'asserted', 'new']);
    expect([...counts]).toEqual([
      ['new', 2],
      ['asserted', 1],
    ]);
  });
});
