import { beforeEach, describe, expect, it } from 'vitest';
import { Hop, OUTCOME, RANK } from '../hop.ts';
import { GraphColumns, type GraphEdge, type GraphService } from '../model.ts';
import { TracingNames } from '../names.ts';
import { CallGraph } from './call-graph.ts';
import { GraphLimits } from './limits.ts';
import type { GraphQuery } from './selection.ts';

const DAY = 86_400_000;
const T0 = Date.UTC(2026, 0, 1);
const NAMES = {
  ...{ maxServices: 100, maxEndpoints: 100, maxPrincipals: 10 },
  ...{ maxAddresses: 10, maxVersions: 10 },
};

let names: TracingNames;
let graph: CallGraph;

function count(from: string, to: string, change: Partial<Hop> = {}): void {
  const caller = from === '*' ? 0 : names.services.number(from);
  const callee = names.services.number(to);
  const said = { caller, claimed: caller, callee, at: T0, rank: RANK.asserted, durationMs: 4 };
  graph.count(Object.assign(new Hop(), said, change));
}

const maturityOf = (): { maturity: number; maturityBecause: string } => ({
  ...{ maturity: 0.254, maturityBecause: 'seen' },
});

interface Told {
  readonly services: readonly GraphService[];
  readonly edges: readonly Omit<GraphEdge, 'endpoints'>[];
  readonly edgeCount: number;
}

const textOf = (query: Partial<GraphQuery>): Generator<string> =>
  graph.json({ depth: 1, limit: 1_000, ...query }, maturityOf);

const told = (query: Partial<GraphQuery> = {}): Told => JSON.parse([...textOf(query)].join(''));

const columns = (query: Partial<GraphQuery> = {}): GraphColumns =>
  GraphColumns.parse(
    JSON.parse([...graph.columnsJson({ depth: 1, limit: 1_000, ...query }, () => 0.254)].join('')),
  );

function readColumns({ services, edges, edgeCount }: GraphColumns) {
  const nameOf = (place = -1) => services.id[place] ?? '*';
  return {
    services: services.id,
    edges: edges.from.map((from, row) => `${nameOf(from)} ${nameOf(edges.to[row])}`),
    edgeCount,
  };
}

const SHOWN = ['p/shop/web', 'p/shop/orders', 'p/pay/cards', 'p/ops/alone'];
const EDGES = [
  '* p/shop/web',
  'p/shop/web p/shop/orders',
  'p/shop/orders p/pay/cards',
  '* p/ops/alone',
];

beforeEach(() => {
  names = new TracingNames(NAMES);
  graph = new CallGraph(names, GraphLimits.parse({ maxEdges: 4 }));
  count('*', 'p/shop/web', { count: 9, outcome: OUTCOME.failed });
  count('p/shop/web', 'p/shop/orders', { count: 7, at: T0 + 4 * DAY, rank: RANK.authenticated });
  count('p/shop/orders', 'p/pay/cards', { count: 5, outcome: OUTCOME.denied });
  count('*', 'p/ops/alone');
});

describe('the part of a call graph that is asked for', () => {
  it.each<[string, Partial<GraphQuery>, number[], number[]]>([
    ['all of it', {}, [0, 1, 2, 3], [0, 1, 2, 3]],
    ['what lies around a service', { service: 'p/shop/web' }, [0, 1], [0, 1]],
    ['what lies further', { service: 'p/shop/web', depth: 2 }, [0, 1, 2], [0, 1, 2]],
    ['no more where there is no more', { service: 'p/shop/web', depth: 9 }, [0, 1, 2], [0, 1, 2]],
    ['nothing around nobody', { service: 'p/shop/nobody', depth: 3 }, [], []],
    ['a namespace', { namespace: 'pay' }, [2], [1, 2]],
    ['what was seen lately', { since: '2026-01-04T00:00:00.000Z' }, [1], [0, 1]],
    ['what is proved', { evidence: 'authenticated' }, [1], [0, 1]],
    ['the service that was asked about', { service: 'p/ops/alone', namespace: 'x' }, [], [3]],
    ['those with most requests', { limit: 2 }, [0, 1], [0, 1]],
  ])('is %s, in rows and in columns', (_, query, edges, services) => {
    const wanted = {
      edges: edges.map((at) => EDGES[at]),
      services: services.map((at) => SHOWN[at]),
    };
    const { edges: rows, services: shown } = told(query);
    expect(rows.map(({ from, to }) => `${from} ${to}`)).toEqual(wanted.edges);
    expect(shown.map(({ id }) => id)).toEqual(wanted.services);
    expect(readColumns(columns(query))).toMatchObject(wanted);
  });

  it('counts what is over the limit', () => {
    expect(told({ limit: 1 }).edgeCount).toBe(4);
    expect(columns({ limit: 1 }).edgeCount).toBe(4);
    expect(told({ namespace: 'shop', limit: 1 }).edgeCount).toBe(3);
  });

  it('is told as people read it, and in columns by numbers', () => {
    const { services, edges } = told();
    expect({ ...edges[1], endpoints: [] }).toEqual({
      ...graph.edge('p/shop/web', 'p/shop/orders'),
      endpoints: [],
    });
    expect(services).toEqual(graph.services(maturityOf));
    const told7 = columns();
    expect(told7.edges).toEqual({
      ...{ from: [-1, 0, 1, -1], to: [0, 1, 2, 3], requests: [9, 7, 5, 1] },
      ...{ failed: [9, 0, 0, 0], denied: [0, 0, 5, 0], authenticated: [0, 7, 0, 0] },
      evidence: [1, 2, 1, 1],
      firstSeen: [0, 4, 0, 0].map((days) => (T0 + days * DAY) / 1_000),
      lastSeen: [0, 4, 0, 0].map((days) => (T0 + days * DAY) / 1_000),
    });
    expect(told7.services).toMatchObject({
      ...{ kind: [0, 0, 0, 0], requests: [9, 7, 5, 1], maturity: [0.25, 0.25, 0.25, 0.25] },
      firstSeen: services.map(({ firstSeen }) => Math.floor(Date.parse(firstSeen) / 1_000)),
      lastSeen: services.map(({ lastSeen }) => Math.floor(Date.parse(lastSeen) / 1_000)),
    });
  });

  it('is taken in pieces between which requests are counted, and shows no edge that came meanwhile', () => {
    const pieces = textOf({});
    const texts = [pieces.next().value];
    // there is room for four: the one that was seen once and long ago makes room
    count('p/pay/cards', 'p/ops/late', { at: T0 + 50 * DAY });
    texts.push(...pieces);
    const { edges } = JSON.parse(texts.join('')) as Told;
    expect(told().edges.map(({ to }) => to)).toContain('p/ops/late');
    expect(edges.map(({ to }) => to)).not.toContain('p/ops/late');
    expect(edges).toHaveLength(3);
  });

  it('is told whole where it takes many pieces', () => {
    graph = new CallGraph(names, GraphLimits.parse({}));
    const most = 700;
    names = new TracingNames({ ...NAMES, maxServices: 2 * most });
    graph = new CallGraph(names, GraphLimits.parse({}));
    for (let to = 0; to < most; to++) count('p/a/hub', `p/b/${to}`);
    expect(told().edges).toHaveLength(most);
    expect(told().services).toHaveLength(most + 1);
    expect(columns().edges.to).toHaveLength(most);
    expect([...textOf({})].length).toBeGreaterThan(8);
  });
});
