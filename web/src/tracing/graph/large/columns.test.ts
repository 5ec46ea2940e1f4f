import { describe, expect, it } from 'vitest';
import type { Edge, GraphService } from '../../model.ts';
import { FLAG, RANKS, toColumns } from './columns.ts';
import { countLines, linesOf } from './lines.ts';

const NOW = Date.parse('2026-01-10T12:00:00Z');
const at = (hoursAgo: number): string => new Date(NOW - hoursAgo * 3_600_000).toISOString();

const service = (id: string): GraphService => ({
  ...{ id, kind: 'service', requests: 10, firstSeen: at(500), lastSeen: at(0) },
  ...{ maturity: 0.9, maturityBecause: 'seen on 20 days' },
});

const edge = (from: string, to: string, more: Partial<Edge> = {}): Edge => ({
  ...{ from, to, requests: 100, failed: 0, denied: 0, p50Milliseconds: 1, p99Milliseconds: 2 },
  ...{ firstSeen: at(400), lastSeen: at(1), evidence: 'authenticated', authenticated: 100 },
  ...{ traceIds: [], ...more },
});

const [A, B, C] = ['test/shop/a', 'test/shop/b', 'test/shop/c'];

describe('a large graph as columns', () => {
  const columns = toColumns(
    {
      services: [service(A), service(B)],
      edges: [
        edge(A, B),
        edge('*', A, { evidence: 'none' }),
        edge(B, C, { firstSeen: at(1), denied: 2 }),
      ],
      edgeCount: 7,
    },
    NOW,
  );

  it('has everybody once, also who is only known from a line', () => {
    expect(columns.ids).toEqual([A, B, '*', C]);
    expect([...columns.requests]).toEqual([10, 10, 0, 0]);
    expect([...columns.from].map((place) => columns.ids[place])).toEqual([A, '*', B]);
    expect([...columns.to].map((place) => columns.ids[place])).toEqual([B, A, C]);
    expect(columns.edgeCount).toBe(7);
  });

  it('says who called, and what is new and refused', () => {
    expect([...columns.evidence].map((rank) => RANKS[rank])).toEqual([
      'authenticated',
      'none',
      'authenticated',
    ]);
    expect([...columns.flags]).toEqual([0, 0, FLAG.new | FLAG.refused]);
  });
});

describe('a line says', () => {
  const lineOf = (more: Partial<Edge>, ways: Parameters<typeof linesOf>[1] = []) =>
    linesOf(
      toColumns(
        { services: [service(A), service(B)], edges: [edge(A, B, more)], edgeCount: 1 },
        NOW,
      ),
      ways,
    )[0];
  const way = (path: readonly string[], hoursAgo: number) => [{ path, time: at(hoursAgo) }];
  it.each([
    ['who called', { evidence: 'asserted' }, [], 'asserted'],
    ['that it is new, before who called', { firstSeen: at(1) }, [], 'new'],
    ['that it is refused, before that it is new', { firstSeen: at(1), denied: 1 }, [], 'refused'],
    ['that an open incident went there, before all', { denied: 1 }, way([A, C, B], 2), 'incident'],
    ['nothing of an incident that it leads back from', {}, way([B, A], 2), 'authenticated'],
    ['nothing of an incident that only one end is part of', {}, way([A, C], 2), 'authenticated'],
    ['nothing of an incident that began when it was over', {}, way([A, B], 0.5), 'authenticated'],
  ] as const)('%s', (_, more, ways, line) => {
    expect(lineOf(more, ways)).toBe(line);
  });

  it('as many as there are of each', () => {
    expect(countLines(['new', 'asserted', 'new'])).toEqual(
      new Map([
        ['new', 2],
        ['asserted', 1],
      ]),
    );
  });
});
