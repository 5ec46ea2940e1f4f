import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RawClient } from '../src/base/grpc/testing/client.ts';
import { spawnReeve } from '../src/cli/testing/run.ts';
import { OTLP_REASONS, type OtlpReason } from '../src/sources/otlp/index.ts';
import {
  type AttributeValue,
  type ResourceFields,
  type SpanFields,
  toJsonRequest,
  toProtobufRequest,
} from '../src/sources/otlp/testing/encode.ts';
import type { GraphEdge } from '../src/tracing/index.ts';
import { deployment } from './support/manifests.ts';
import { startTestServer, type TestServer, writeFolder } from './support/server.ts';
import { eventually, hex, spansOf } from './support/small-shop.ts';

const NOW = Date.now();
const DAY_MS = 86_400_000;
const EXPORT = '/opentelemetry.proto.collector.trace.v1.TraceService/Export';

/** What is wrong with a request, and what is said of it. */
interface Bad {
  readonly requests: readonly (readonly ResourceFields[])[];
  /** Edges of its own, beside those of whoever is in the same request. */
  readonly edges: Readonly<Record<string, Partial<GraphEdge>>>;
  /** Counted where it came in, and by who follows traces. */
  readonly intake?: Readonly<Record<string, number>>;
  readonly losses?: Readonly<Record<string, number>>;
  /** Files are read in the order of their own time: what is too far apart in that is not found together. */
  readonly isLiveOnly?: boolean;
}

let traces = 50_000_000;
let spans = 60_000_000;
const newTrace = (): string => hex(++traces, 32);
const newSpan = (): string => hex(++spans, 16);
const GET: Readonly<Record<string, AttributeValue>> = {
  'http.request.method': 'GET',
  'url.path': '/x',
};

const of = (name: string, ...told: readonly SpanFields[]): ResourceFields => ({
  resource: { 'service.name': name, 'service.namespace': 'shop' },
  spans: told,
});

/** Both sides of a request, one of them or both otherwise than they should be. */
function asked(
  from: string,
  to: string,
  { caller = {}, called = {} }: { readonly caller?: SpanFields; readonly called?: SpanFields },
): readonly ResourceFields[] {
  const ids = { traceId: newTrace(), startMs: NOW, durationMs: 5 };
  const spanId = newSpan();
  const sent = { 'server.address': `${to}.shop.svc` };
  return [
    of(from, {
      ...ids,
      spanId,
      kind: 3,
      ...caller,
      attributes: { ...GET, ...sent, ...caller.attributes },
    }),
    of(to, {
      ...{ ...ids, spanId: newSpan(), parentSpanId: spanId, kind: 2, ...called },
      attributes: { ...GET, ...called.attributes },
    }),
  ];
}

const both = (change: SpanFields) => ({ caller: change, called: change });
const edge = (from: string, to: string): string => `test/shop/${from} test/shop/${to}`;
const usual = (from: string, to: string, more: Partial<GraphEdge> = {}) => ({
  [edge(from, to)]: { requests: 1, evidence: 'asserted', ...more } as const,
});

/** A span that is its own parent, and a circle of two, in one request and over two of them. */
function circles(): readonly (readonly ResourceFields[])[] {
  const traceId = newTrace();
  const [own, one, other] = [newSpan(), newSpan(), newSpan()];
  const timed = { traceId, kind: 2, startMs: NOW, attributes: GET };
  return [
    [
      of('own-parent', { ...timed, traceId: newTrace(), spanId: own, parentSpanId: own }),
      of('circle-a', { ...timed, spanId: one, parentSpanId: other }),
    ],
    [of('circle-b', { ...timed, spanId: other, parentSpanId: one })],
  ];
}

/** The same span, then others by its name. */
function twice(): readonly (readonly ResourceFields[])[] {
  const [sent, told = of('')] = asked('twice-a', 'twice-b', {});
  const [first = {}] = told.spans;
  const others = ['/y', '/z'].map((path) => ({
    ...{ ...first, startMs: NOW + 1, status: 2 },
    attributes: { ...GET, 'url.path': path, 'http.response.status_code': 500 },
  }));
  return [[...(sent ? [sent] : []), told], [of('twice-b', ...others)]];
}

const CASES: Readonly<Record<string, Bad>> = {
  'names in letters that look alike are two services': {
    requests: [asked('alike', 'pаyments', {}), asked('alike', 'payments', {})],
    edges: { ...usual('alike', 'pаyments'), ...usual('alike', 'payments') },
  },
  'names with what nobody sees are none': {
    requests: [
      asked('unseen', 'plain-1', { caller: {} }),
      [of('unse\u200ben', { traceId: newTrace(), spanId: newSpan(), kind: 2, startMs: NOW })],
      [of('\u202eneesnu', { traceId: newTrace(), spanId: newSpan(), kind: 2, startMs: NOW })],
    ],
    edges: usual('unseen', 'plain-1'),
    intake: { 'no service name': 2 },
  },
  'a name of a megabyte is none': {
    requests: [[of('n'.repeat(1_000_000), { traceId: newTrace(), spanId: newSpan(), kind: 2 })]],
    edges: {},
    intake: { 'no service name': 1 },
  },
  'parents in circles end': {
    requests: circles(),
    edges: {
      '* test/shop/own-parent': { requests: 1 },
      ...usual('circle-a', 'circle-b'),
      ...usual('circle-b', 'circle-a'),
    },
    losses: { 'own-parent': 1 },
  },
  'a parent that comes later than its children, and began after them': {
    requests: [asked('future', 'child', { caller: { startMs: NOW + 60_000 } })],
    edges: usual('future', 'child'),
    isLiveOnly: true,
  },
  'clocks of 1970 and of 2100 are not believed': {
    requests: [
      asked('past', 'aged', both({ startMs: 1_000 })),
      asked('ahead', 'young', both({ startMs: Date.UTC(2100, 0) })),
    ],
    edges: { ...usual('past', 'aged'), ...usual('ahead', 'young') },
    intake: { 'clock not believed': 4 },
  },
  'no time at all is now': {
    requests: [asked('timeless', 'timed', both({ startMs: 0 }))],
    edges: usual('timeless', 'timed'),
    intake: { 'no time': 2 },
  },
  'hosts whose clocks are hours apart': {
    requests: [asked('skewed', 'right', { caller: { startMs: NOW - 3 * 3_600_000 } })],
    edges: usual('skewed', 'right'),
    isLiveOnly: true,
  },
  'days that are made up are one': {
    requests: [3, 4, 5].map((days) =>
      asked('backdated', 'victim', both({ startMs: NOW - days * DAY_MS })),
    ),
    edges: usual('backdated', 'victim', { requests: 3 }),
    losses: { 'too-old': 6 },
  },
  'an end before the beginning, and one after the end of all time': {
    requests: [
      asked('backwards', 'ended', both({ durationMs: -5_000 })),
      asked('endless', 'waiting', both({ durationMs: 1e12 })),
    ],
    edges: {
      ...usual('backwards', 'ended', { p99Milliseconds: 0 }),
      ...usual('endless', 'waiting', { failed: 0 }),
    },
  },
  'no ids, and ids of nothing': {
    requests: ['', '00'.repeat(16)].map((traceId) =>
      asked('nameless', 'traceless', { called: { traceId }, caller: { spanId: '00'.repeat(8) } }),
    ),
    edges: {},
    intake: { 'no trace or span id': 4 },
  },
  'one span id with two contents counts once': {
    requests: twice(),
    edges: usual('twice-a', 'twice-b', { failed: 0 }),
    losses: { duplicate: 2 },
  },
  'attributes of wrong types, and numbers that are none': {
    requests: [
      asked('typeless', 'typed', {
        caller: { attributes: { 'server.port': Buffer.from('80'), 'server.address': 7 } },
        called: {
          attributes: { 'http.response.status_code': Number.NaN, 'network.peer.address': true },
        },
      }),
    ],
    edges: usual('typeless', 'typed', { failed: 0, denied: 0 }),
    intake: { 'attribute of a wrong type': 3 },
  },
  'ten thousand attributes': {
    requests: [
      asked('wordy', 'patient', {
        called: {
          attributes: Object.fromEntries(
            Array.from({ length: 10_000 }, (_, index) => [`k${index}`, `v${index}`]),
          ),
        },
      }),
    ],
    edges: usual('wordy', 'patient'),
  },
  'a name that is not that of the identity which was proved': {
    requests: [
      asked('pretended', 'guarded', {
        called: { attributes: { 'reeve.mtls.peer': 'spiffe://reeve.local/ns/shop/sa/actual' } },
      }),
    ],
    edges: usual('actual', 'guarded', { evidence: 'authenticated' }),
  },
};
const ALL = Object.entries(CASES);

/** Whoever is in the same request: before and behind what is wrong. */
const others = (index: number, requests: number) =>
  Array.from({ length: requests }, (_, place) => [
    `before-${index}-${place}`,
    `behind-${index}-${place}`,
  ]);

function* requestsOf(index: number, { requests }: Bad): Generator<readonly ResourceFields[]> {
  for (const [place, bad] of requests.entries()) {
    const [before = '', behind = ''] = others(index, requests.length)[place] ?? [];
    const said = { path: '/x', at: NOW, trace: traces++ };
    yield [
      ...spansOf({ ...said, from: before, to: 'well-1' }),
      ...bad,
      ...spansOf({ ...said, from: behind, to: 'well-2', trace: traces++ }),
    ];
  }
}
const REQUESTS = ALL.map(([, bad], index) => [...requestsOf(index, bad)]);

interface Sums {
  readonly intake: Readonly<Record<string, number>>;
  readonly losses: Readonly<Record<string, number>>;
}

/** What all cases together are said to have been refused, dropped or odd. */
function expectedSums(): Sums {
  const sum = (of: 'intake' | 'losses') => {
    const sums: Record<string, number> = {};
    for (const [, bad] of ALL) {
      for (const [reason, count] of Object.entries(bad[of] ?? {})) {
        sums[reason] = (sums[reason] ?? 0) + count;
      }
    }
    return sums;
  };
  return { intake: sum('intake'), losses: sum('losses') };
}

const keyOf = ({ from, to }: GraphEdge): string => `${from} ${to}`;

function missingIn(edges: readonly GraphEdge[], isLive: boolean): readonly string[] {
  const known = new Set(edges.map(keyOf));
  const expected = ALL.flatMap(([, { edges: own, requests, isLiveOnly = false }], index) => [
    ...(isLive || !isLiveOnly ? Object.keys(own) : []),
    ...others(index, requests.length).flatMap(([before = '', behind = '']) => [
      edge(before, 'well-1'),
      edge(behind, 'well-2'),
    ]),
  ]);
  return expected.filter((key) => !known.has(key));
}

function expectEdges(edges: readonly GraphEdge[], isLive: boolean): void {
  expect(missingIn(edges, isLive)).toEqual([]);
  const known = new Map(edges.map((one) => [keyOf(one), one]));
  for (const [, { edges: own, isLiveOnly = false }] of ALL) {
    if (isLiveOnly && !isLive) continue;
    for (const [key, said] of Object.entries(own)) expect(known.get(key)).toMatchObject(said);
  }
}

const folder = writeFolder({ 'actual.yaml': deployment('actual') });
afterAll(() => folder.remove());

/** A way in to a server of its own. */
const WAYS = {
  'by HTTP in JSON': async (server, requests) => {
    for (const request of requests) {
      const answer = await fetch(`${server.otlpOrigin}/v1/traces`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(toJsonRequest(request)),
      });
      expect(answer.status).toBe(200);
    }
  },
  'by HTTP in protobuf': async (server, requests) => {
    for (const request of requests) {
      const answer = await fetch(`${server.otlpOrigin}/v1/traces`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-protobuf' },
        body: new Uint8Array(toProtobufRequest(request)),
      });
      expect(answer.status).toBe(200);
    }
  },
  'by gRPC': async (server, requests) => {
    const client = new RawClient(`http://${server.otlpGrpcAddress}`);
    for (const request of requests) {
      const answer = await client.call(EXPORT, toProtobufRequest(request));
      expect(answer).toMatchObject({ trailers: { 'grpc-status': '0' } });
    }
    client.close();
  },
} satisfies Record<
  string,
  (server: TestServer, requests: readonly (readonly ResourceFields[])[]) => Promise<void>
>;

interface Standing {
  readonly status: {
    readonly losses: readonly { readonly reason: string; readonly count: number }[];
  };
}
interface Intake {
  readonly counts: readonly {
    readonly source: string;
    readonly reason: string;
    readonly count: number;
  }[];
}

const byReason = (
  counts: readonly { readonly reason: string; readonly count: number }[],
): Record<string, number> => Object.fromEntries(counts.map(({ reason, count }) => [reason, count]));

describe.each(Object.entries(WAYS))('what is wrong with spans that come %s', (_, send) => {
  let server: TestServer;
  let edges: readonly GraphEdge[];
  beforeAll(async () => {
    server = await startTestServer({
      folders: [{ path: folder.path, name: 'estate' }],
      tracing: {
        pairing: { lateHours: 6, settleSeconds: 0.5, windowSeconds: 1 },
        traces: { windowSeconds: 1 },
      },
    });
    await server.settle();
    await send(server, REQUESTS.flat());
    const graph = () => server.get<{ edges: readonly GraphEdge[] }>('/api/v1/graph');
    ({ edges } = await eventually(graph, (found) => missingIn(found.edges, true).length === 0));
  });
  afterAll(() => server?.close());

  it('is the only thing that is not taken', () => {
    expectEdges(edges, true);
  });

  it('is said, by its reason', async () => {
    const { intake, losses } = expectedSums();
    const reasons = Object.keys(losses);
    const { status } = await eventually(
      () => server.get<Standing>('/api/v1/tracing'),
      (standing) => reasons.every((reason) => reason in byReason(standing.status.losses)),
    );
    const { counts } = await server.get<Intake>('/api/v1/intake');
    expect(byReason(status.losses)).toMatchObject(losses);
    const otlp = counts.filter(({ source }) => source.startsWith('otlp'));
    expect(byReason(otlp)).toMatchObject(intake);
  });

  it('is a contradiction, where a name is not that of the identity', async () => {
    const { items } = await eventually(
      () => server.get<{ items: { services: string[] }[] }>('/api/v1/traces?reason=contradiction'),
      (found) => found.items.length > 0,
    );
    expect(items).toHaveLength(1);
  });
});

it('is left out of files alike', async () => {
  writeFileSync(
    join(folder.path, 'spans.ndjson'),
    REQUESTS.flat()
      .map((request) => JSON.stringify(toJsonRequest(request)))
      .join('\n'),
  );
  const declared = ['--declared', folder.path, '--environment', 'test', '--format', 'json'];
  const { status, stdout, stderr } = await spawnReeve(
    ['graph', join(folder.path, 'spans.ndjson'), ...declared],
    '',
  );
  expect(status, stderr).toBe(0);
  expectEdges(JSON.parse(stdout).edges, false);
  const { intake } = expectedSums();
  for (const [reason, count] of Object.entries(intake)) {
    if (OTLP_REASONS[reason as OtlpReason].of === 'attribute') continue;
    expect(stderr).toContain(`left out ${count}: span: ${reason}`);
  }
});
