import { describe, expect, it } from 'vitest';
import type { Edge, GraphService } from '../model.ts';
import { isNewEdge, MAX_NODES, maturityWords, shownOf } from './picture.ts';

const NOW = Date.parse('2026-01-10T12:00:00Z');
const at = (hoursAgo: number): string => new Date(NOW - hoursAgo * 3_600_000).toISOString();

const service = (id: string, more: Partial<GraphService> = {}): GraphService => ({
  id,
  ...{ kind: 'service', requests: 10, firstSeen: at(500), lastSeen: at(0) },
  ...{ maturity: 0.9, maturityBecause: 'seen on 20 days', ...more },
});

const edge = (from: string, to: string, more: Partial<Edge> = {}): Edge => ({
  ...{ from, to, requests: 100, failed: 0, denied: 0, p50Milliseconds: 1, p99Milliseconds: 2 },
  ...{ firstSeen: at(400), lastSeen: at(0), evidence: 'authenticated', authenticated: 100 },
  ...{ traceIds: [], ...more },
});

const A = 'test/shop/a';
const B = 'test/shop/b';

describe('a relationship is new', () => {
  const known = (hoursAgo: number) => new Map([[A, { firstSeen: at(hoursAgo) }]]);
  it.each([
    ['within a day of its first request, where the caller is older', 2, 100, true],
    ['not on the next day', 25, 100, false],
    ['not where the caller is new himself', 2, 2.1, false],
  ])('%s', (_, firstHours, callerHours, isNew) => {
    const one = { from: A, to: B, firstSeen: at(firstHours) };
    expect(isNewEdge(one, known(callerHours), NOW)).toBe(isNew);
  });

  it('from outside, where the called one is older', () => {
    expect(isNewEdge({ from: '*', to: A, firstSeen: at(1) }, known(100), NOW)).toBe(true);
  });
});

describe('what is drawn of a call graph', () => {
  it('marks what is new, denied and failed, in words', () => {
    const graph = {
      services: [service(A), service(B)],
      edges: [edge(A, B, { firstSeen: at(1), denied: 1_200, failed: 3 })],
      edgeCount: 1,
    };
    expect(shownOf(graph, NOW).edges[0]).toMatchObject({
      isNew: true,
      mark: 'new, 1,200 denied, 3 failed',
    });
  });

  it('is bounded: those with most requests, and who is looked at', () => {
    const services = Array.from({ length: 5_000 }, (_, index) =>
      service(`test/shop/s${index}`, { requests: index }),
    );
    const edges = services.map(({ id }) => edge('test/shop/s4999', id));
    const wanted = 'test/shop/s7';
    const shown = shownOf({ services, edges, edgeCount: edges.length }, NOW, [wanted]);
    expect(shown.nodes).toHaveLength(MAX_NODES);
    expect(shown.leftOut).toBe(5_000 - MAX_NODES);
    expect(shown.nodes.map(({ id }) => id)).toContain(wanted);
    expect(shown.edges.length).toBe(MAX_NODES);
  });

  it('has a node for who is only known from a line, and for what comes from outside', () => {
    const { nodes } = shownOf({ services: [], edges: [edge('*', B)], edgeCount: 1 }, NOW);
    expect(nodes.map(({ kind }) => kind)).toEqual(['outside', 'virtual']);
  });
});

it('how well a service is known is said in words, with the reason', () => {
  expect(maturityWords(service(A))).toBe('Well known (90 %): seen on 20 days');
  expect(maturityWords(service(A, { maturity: 0.1 }))).toContain('Hardly known (10 %)');
});
