import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fault } from '../../base/fault.ts';
import { Hop, OUTCOME, RANK } from '../hop.ts';
import { GraphEdge, GraphService } from '../model.ts';
import { TracingNames } from '../names.ts';
import { CallGraph } from './call-graph.ts';
import { GraphLimits } from './limits.ts';

const T0 = 1_700_000_000_000;

class Graph {
  readonly names = new TracingNames({
    ...{ maxServices: 10_000, maxEndpoints: 10_000, maxPrincipals: 10 },
    ...{ maxAddresses: 10, maxVersions: 10 },
  });
  readonly graph: CallGraph;

  constructor(limits: Partial<GraphLimits> = {}) {
    this.graph = new CallGraph(this.names, GraphLimits.parse(limits));
  }

  count(from: string, to: string, change: Partial<Hop> = {}, template = '/x') {
    const caller = from === '*' ? 0 : this.names.services.number(from);
    const callee = this.names.services.number(to);
    const endpoint = template === '' ? 0 : this.names.endpoint(callee, 'http', 'GET', template);
    const said = { caller, claimed: caller, callee, endpoint, at: T0, rank: RANK.asserted };
    return { ...this.graph.count(Object.assign(new Hop(), said, change)) };
  }
}

describe('a call graph', () => {
  it('counts requests by edge, and by endpoint', () => {
    const one = new Graph();
    one.count('a', 'b', { durationMs: 10 });
    one.count('a', 'b', { at: T0 + 1_000, outcome: OUTCOME.failed, count: 2 });
    one.count('a', 'b', { outcome: OUTCOME.denied, rank: RANK.authenticated }, '/y');
    expect(one.graph.edge('a', 'b')).toMatchObject({
      ...{ from: 'a', to: 'b', requests: 4, failed: 2, denied: 1, authenticated: 1 },
      ...{ evidence: 'authenticated', firstSeen: '2023-11-14T22:13:20.000Z' },
      ...{ lastSeen: '2023-11-14T22:13:21.000Z' },
      endpoints: [
        { template: '/x', requests: 3, failed: 2, denied: 0 },
        { template: '/y', requests: 1, denied: 1 },
      ],
    });
  });

  it('says what is new', () => {
    const one = new Graph();
    expect(one.count('a', 'b')).toMatchObject({ isNewEdge: true, isNewEndpointEdge: true });
    expect(one.count('a', 'b')).toMatchObject({ isNewEdge: false, isNewEndpointEdge: false });
    const next = one.count('a', 'b', {}, '/y');
    expect(next).toMatchObject({ isNewEdge: false, isNewEndpointEdge: true });
    expect(one.count('a', 'b', {}, '')).toMatchObject({ endpointEdge: 0 });
  });

  it('counts nothing of hops that come next', () => {
    const one = new Graph();
    one.count('a', 'b');
    const before = one.graph.snapshot();
    const next = [1, 2, 2 ** 31].map((caller) =>
      Object.assign(new Hop(), { caller, callee: 2, endpoint: caller }),
    );
    one.graph.bringNear(next, next.length);
    expect(one.graph.snapshot()).toEqual(before);
    expect(one.count('a', 'b')).toMatchObject({ isNewEdge: false, isNewEndpointEdge: false });
  });

  it('keeps the latest four traces, the latest first', () => {
    const one = new Graph();
    for (let trace = 1; trace <= 9; trace++) {
      for (let twice = 0; twice < 2; twice++) {
        one.count('a', 'b', { trace: Uint32Array.of(trace, 0, 0, 0) });
      }
    }
    const ids = one.graph.edge('a', 'b')?.traceIds.map((id) => Number.parseInt(id.slice(0, 2), 16));
    expect(ids).toEqual([9, 8, 7, 6]);
  });

  it('tells services from what is only called', () => {
    const one = new Graph();
    one.count('*', 'a');
    one.count('a', 'db', { isUnanswered: true });
    one.count('a', 'external/mail', { isUnanswered: true });
    expect(one.graph.services().map(({ id, kind }) => [id, kind])).toEqual([
      ['a', 'service'],
      ['db', 'virtual'],
      ['external/mail', 'external'],
    ]);
    for (const service of one.graph.services()) GraphService.parse(service);
    for (const edge of one.graph.edges()) GraphEdge.parse(edge);
  });

  it('finds edges by who calls, who is called, and either', () => {
    const one = new Graph();
    for (const [from, to] of ['*a', 'ab', 'ac', 'bc'].map((pair) => [...pair])) {
      one.count(from ?? '', to ?? '');
    }
    one.count('a', 'c');
    const said = (query = {}) => one.graph.edges(query).map(({ from, to }) => from + to);
    expect(said()).toEqual(['ac', '*a', 'ab', 'bc']);
    expect(said({ from: 'a' })).toEqual(['ac', 'ab']);
    expect(said({ to: 'c' })).toEqual(['ac', 'bc']);
    expect(said({ from: '*' })).toEqual(['*a']);
    expect(said({ service: 'b' })).toEqual(['ab', 'bc']);
    expect(said({ from: 'nobody' })).toEqual([]);
    expect(said({ offset: 1, limit: 2 })).toEqual(['*a', 'ab']);
    expect(one.graph.edges({ isBrief: true })[0]?.endpoints).toEqual([]);
  });
});

describe('a full call graph', () => {
  const limits = { maxEdges: 8, establishedRequests: 4, restSeconds: 60, staleSeconds: 600 };
  const flooded = (change: Partial<Hop> = {}) => {
    const one = new Graph(limits);
    for (let edge = 0; edge < 8; edge++) {
      one.count('a', `s${edge}`, { count: edge < 4 ? 4 : 1, rank: RANK.asserted });
    }
    for (let edge = 0; edge < 100; edge++) one.count(`flood${edge}`, 'x', change);
    return one.graph.edges().filter(({ from }) => from === 'a').length;
  };

  it.each([
    ['what is as good and new is refused', { at: T0 + 1_000 }, 8],
    ['what is rare and has rested makes room', { at: T0 + 61_000 }, 4],
    ['what is rare makes room for better evidence', { rank: RANK.authenticated }, 4],
    ['lesser evidence makes room for nothing', { at: T0 + 61_000, rank: RANK.none }, 8],
    ['what is stale makes room for all', { at: T0 + 601_000 }, 0],
  ])('%s', (_, change, left) => {
    expect(flooded(change)).toBe(left);
  });

  it('counts what it refused and replaced, and services over their limit', () => {
    const one = new Graph({ ...limits, maxServices: 9 });
    for (let edge = 0; edge < 12; edge++) one.count('a', `s${edge}`, {}, '');
    expect(one.graph.counts).toMatchObject({ services: 9, edges: 8, refused: 4, replaced: 0 });
  });

  it('finds what it has after many were replaced', () => {
    const one = new Graph({ ...limits, maxEdges: 50 });
    for (let edge = 0; edge < 2_000; edge++) {
      one.count(`c${edge % 97}`, `s${edge % 89}`, { at: T0 + edge * 700_000 });
    }
    const edges = one.graph.edges();
    expect(edges).toHaveLength(50);
    for (const { from, to } of edges) expect(one.graph.edge(from, to)).toMatchObject({ from, to });
  });
});

describe('a snapshot of a call graph', () => {
  const filled = () => {
    const one = new Graph();
    one.count('*', 'a', { durationMs: 3, trace: Uint32Array.of(1, 2, 3, 4) });
    one.count('a', 'b', { rank: RANK.authenticated, outcome: OUTCOME.denied }, '/y');
    one.count('a', 'external/mail', { isUnanswered: true });
    return one.graph;
  };

  it('comes back as it was, under other numbers', () => {
    const before = filled();
    const after = new Graph();
    after.names.services.number('other');
    after.names.endpoint(1, 'http', 'GET', '/other');
    after.graph.restore(before.snapshot());
    expect(after.graph.edges()).toEqual(before.edges());
    expect(after.graph.services()).toEqual(before.services());
    after.count('a', 'b', {}, '/y');
    expect(after.graph.edge('a', 'b')?.requests).toBe(2);
  });

  it('is read only whole: its head, too', () => {
    const bytes = filled().snapshot();
    bytes.writeUInt8(1, 13);
    expect(() => new Graph().graph.restore(bytes)).toThrow('checksum');
  });

  it('comes back within smaller limits', () => {
    const after = new Graph({ maxEdges: 1, maxEndpointEdges: 1 });
    after.graph.restore(filled().snapshot());
    expect(after.graph.edges()).toHaveLength(1);
  });

  it('comes back or is a fault, whatever became of the bytes', () => {
    const bytes = filled().snapshot();
    const cut = fc.nat(bytes.length - 1).map((length) => bytes.subarray(0, length));
    const changed = fc
      .tuple(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }))
      .map(([at, bits]) => Buffer.from(bytes).fill((bytes[at] ?? 0) ^ bits, at, at + 1));
    fc.assert(
      fc.property(fc.oneof(cut, changed, fc.uint8Array()), (some) => {
        let thrown: unknown;
        try {
          new Graph().graph.restore(some);
        } catch (error) {
          thrown = error;
        }
        expect(thrown).toBeInstanceOf(Fault);
        expect(thrown).toMatchObject({ code: 'tracing/snapshot-malformed' });
      }),
    );
  });
});
