import { describe, expect, it } from 'vitest';
import type { GraphEdge, GraphService } from '../../tracing/model.ts';
import { type GraphQuery, selectGraph } from './graph-query.ts';

const edge = (from: string, to: string, lastSeen = '2026-01-02', more: object = {}): GraphEdge => ({
  ...{ from, to, requests: 1, failed: 0, denied: 0, p50Milliseconds: 1, p99Milliseconds: 1 },
  ...{ firstSeen: '2026-01-01', lastSeen, evidence: 'asserted', authenticated: 0 },
  ...{ traceIds: [], endpoints: [], ...more },
});
const service = (id: string): GraphService => ({
  ...{ id, kind: 'service', requests: 1, firstSeen: '', lastSeen: '', maturity: 0 },
  maturityBecause: '',
});

const EDGES = [
  edge('*', 'p/shop/web'),
  edge('p/shop/web', 'p/shop/orders', '2026-01-05', { evidence: 'authenticated' }),
  edge('p/shop/orders', 'p/pay/cards'),
  edge('*', 'p/ops/alone'),
];
const SERVICES = ['p/shop/web', 'p/shop/orders', 'p/pay/cards', 'p/ops/alone', 'p/ops/quiet'].map(
  service,
);

function select(query: Partial<GraphQuery>) {
  const { edges, services, edgeCount } = selectGraph(SERVICES, EDGES, {
    ...{ depth: 1, limit: 100, ...query },
  });
  const names = edges.map(({ from, to }) => `${from} ${to}`);
  return { names, services: services.map(({ id }) => id), edgeCount };
}

describe('the part of a call graph that is asked for', () => {
  it('is all of it without a filter, with those that nobody calls', () => {
    expect(select({})).toMatchObject({ edgeCount: 4, services: SERVICES.map(({ id }) => id) });
  });

  it.each<[string, Partial<GraphQuery>, number[]]>([
    ['what lies around a service', { service: 'p/shop/web' }, [0, 1]],
    ['what lies further', { service: 'p/shop/web', depth: 2 }, [0, 1, 2]],
    ['a namespace', { namespace: 'pay' }, [2]],
    ['what was seen lately', { since: '2026-01-04' }, [1]],
    ['what is proved', { evidence: 'authenticated' }, [1]],
    ['the first', { limit: 1 }, [0]],
  ])('is %s', (_, query, wanted) => {
    const names = wanted.map((at) => `${EDGES[at]?.from} ${EDGES[at]?.to}`);
    expect(select(query).names).toEqual(names);
  });

  it('counts what is over the limit, and shows no service without its edge', () => {
    expect(select({ limit: 1 })).toMatchObject({ edgeCount: 4, services: ['p/shop/web'] });
  });
});
