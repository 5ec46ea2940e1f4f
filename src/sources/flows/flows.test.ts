import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Diagnostic } from '../../base/diagnostic.ts';
import { SIDE, SPAN_FIELD, SPAN_FLAG, SpanCursor, SpanSink } from '../../estate/spans/index.ts';
import { expectWellFormed } from '../../estate/spans/testing/well-formed.ts';
import { MAX_LINE_LENGTH, readFlows } from './index.ts';
import { FLOW, INBOUND, NOW, OUTBOUND, PARENT, SYN, TIME, TRACE, WEB } from './testing/lines.ts';

function read(...lines: readonly string[]) {
  const spans = new SpanSink();
  const diagnostics: Diagnostic[] = [];
  const report = (diagnostic: Diagnostic) => diagnostics.push(diagnostic);
  const { taken, dropped } = readFlows(lines, { spans, report, file: 'flows.json', now: NOW });
  const batch = spans.take();
  const rows = [];
  if (batch !== undefined) {
    expectWellFormed(batch);
    for (const row = new SpanCursor(batch); row.next(); ) {
      const { operation } = row;
      rows.push({
        ids: [row.traceId, row.spanId, row.parentId],
        startMs: row.startMs,
        durationMs: row.word(SPAN_FIELD.duration) / 1_000,
        isBoth: row.side === SIDE.both,
        flags: Object.entries(SPAN_FLAG).flatMap(([name, flag]) => (row.has(flag) ? [name] : [])),
        status: row.word(SPAN_FIELD.status),
        service: row.service,
        operation: operation && `${operation.protocol} ${operation.method} ${operation.path}`,
        peer: row.peer,
        principal: row.text(SPAN_FIELD.principal),
        address: row.text(SPAN_FIELD.address),
        instance: row.text(SPAN_FIELD.instance),
      });
    }
  }
  return { rows, taken, dropped: Object.fromEntries(dropped), diagnostics };
}

const only = (line: unknown) => {
  const { rows, diagnostics, dropped } = read(JSON.stringify(line));
  expect({ diagnostics, dropped }).toEqual({ diagnostics: [], dropped: {} });
  return rows[0];
};

describe('a line of the access log of Istio', () => {
  it('is a request with all that it says', () => {
    const line = {
      ...INBOUND,
      source_principal: 'cluster.local/ns/shop/sa/web',
      destination_principal: 'cluster.local/ns/shop/sa/orders',
      traceparent: `00-${TRACE}-${PARENT}-01`,
    };
    expect(only(line)).toEqual({
      ids: [TRACE, undefined, PARENT],
      startMs: Date.parse(TIME),
      durationMs: 12,
      isBoth: true,
      flags: ['hasContext'],
      status: 200,
      service: { by: 'address', host: 'orders.shop', port: 8080, namespace: 'shop' },
      operation: 'http GET /orders/7',
      peer: undefined,
      principal: WEB,
      address: '10.42.0.7',
      instance: '10.42.0.9',
    });
  });

  it.each<[string, object, object]>([
    [
      'an outbound call by its cluster',
      OUTBOUND,
      {
        service: { host: 'stock.shop.svc.cluster.local', port: 8080 },
        instance: '10.42.0.3',
        address: '10.42.0.7',
      },
    ],
    [
      'the caller of an outbound call by his own word, although there is a principal',
      {
        ...OUTBOUND,
        source_workload: 'web',
        source_workload_namespace: 'shop',
        source_principal: WEB,
      },
      { peer: { by: 'name', name: 'web', namespace: 'shop' }, principal: undefined },
    ],
    [
      'the workload that the shipper of the log names',
      {
        ...INBOUND,
        kubernetes: { namespace_name: 'shop', labels: { 'app.kubernetes.io/name': 'orders' } },
      },
      { service: { by: 'name', name: 'orders', namespace: 'shop' } },
    ],
    [
      'the workload that the mesh names',
      { ...INBOUND, destination_workload: 'orders-v2', destination_workload_namespace: 'shop' },
      { service: { by: 'name', name: 'orders-v2', namespace: 'shop' } },
    ],
    [
      'a workload by its identity, where an address was asked for',
      {
        ...INBOUND,
        authority: '10.42.0.9:8080',
        destination_principal: 'cluster.local/ns/shop/sa/orders',
      },
      { service: { by: 'identity', identity: 'spiffe://cluster.local/ns/shop/sa/orders' } },
    ],
    [
      'what a policy refused',
      {
        ...INBOUND,
        response_code: 403,
        response_code_details: 'rbac_access_denied_matched_policy[none]',
      },
      { status: 403, flags: ['denied', 'hasContext'] },
    ],
    [
      'what an authorizer refused',
      { ...INBOUND, response_flags: 'UAEX' },
      { flags: ['denied', 'hasContext'] },
    ],
    [
      'what nobody answered',
      { ...OUTBOUND, response_code: '503', response_flags: 'UF,URX' },
      { status: 503, flags: ['failed', 'hasContext'] },
    ],
    [
      'a connection',
      { ...INBOUND, method: null, path: null, response_code: 0, destination_workload: 'db' },
      { operation: undefined, status: 0 },
    ],
    [
      'gRPC',
      { ...INBOUND, method: 'POST', protocol: 'HTTP/2', path: '/shop.Cart/Add' },
      { operation: 'grpc RPC /shop.Cart/Add' },
    ],
    [
      'a health check',
      { ...INBOUND, user_agent: 'kube-probe/1.33' },
      { flags: ['operational', 'hasContext'] },
    ],
    ['the trace alone', { ...INBOUND, trace_id: TRACE }, { ids: [TRACE, undefined, undefined] }],
    ['no request id as a trace', INBOUND, { ids: [undefined, undefined, undefined] }],
  ])('tells %s', (_, line, row) => {
    expect(only(line)).toMatchObject(row);
  });
});

describe('a flow of Hubble', () => {
  it('is a request with all that it says, in either form', () => {
    const row = only({ flow: FLOW, node_name: 'node-1', time: TIME });
    expect(row).toEqual({
      ids: [TRACE, undefined, PARENT],
      startMs: Date.parse(TIME),
      durationMs: 0,
      isBoth: true,
      flags: ['hasContext'],
      status: 0,
      service: { by: 'name', name: 'orders', namespace: 'shop' },
      operation: 'http POST /orders',
      peer: { by: 'name', name: 'web', namespace: 'shop' },
      principal: undefined,
      address: '10.42.0.7',
      instance: '10.42.0.9',
    });
    expect(only(FLOW)).toEqual(row);
  });

  const outside = { identity: 2, labels: ['reserved:world'] };
  it.each<[string, object, object]>([
    ['a connection where it arrives', SYN, { operation: undefined, service: { name: 'orders' } }],
    [
      'a connection that leaves, by the name that was looked up',
      {
        ...SYN,
        trace_observation_point: 'TO_STACK',
        destination: outside,
        destination_names: ['api.example.com'],
      },
      { service: { by: 'address', host: 'api.example.com' } },
    ],
    [
      'a connection that leaves, by its address',
      {
        ...SYN,
        trace_observation_point: 'TO_NETWORK',
        destination: outside,
        IP: { source: '10.42.0.7', destination: '203.0.113.9' },
      },
      { service: { by: 'address', host: '203.0.113.9' } },
    ],
    ['a request from outside', { ...FLOW, source: outside }, { peer: undefined }],
    [
      'a workload by its label',
      { ...FLOW, source: { ...(FLOW.source as object), workloads: [] } },
      { peer: { name: 'web' } },
    ],
    [
      'what a policy dropped',
      { ...SYN, verdict: 'DROPPED', event_type: { type: 1 }, drop_reason_desc: 'POLICY_DENIED' },
      { flags: ['denied', 'hasContext'] },
    ],
    [
      'what the proxy refused',
      { ...FLOW, verdict: 'DROPPED' },
      { flags: ['denied', 'hasContext'], operation: 'http POST /orders' },
    ],
    [
      'what broke',
      { ...SYN, verdict: 'DROPPED', drop_reason_desc: 'STALE_OR_UNROUTABLE_IP' },
      { flags: ['failed', 'hasContext'] },
    ],
    [
      'the trace alone',
      { ...FLOW, l7: { type: 'REQUEST', http: { method: 'GET', url: '/' } } },
      { ids: [TRACE, undefined, undefined], operation: 'http GET /' },
    ],
  ])('tells %s', (_, flow, row) => {
    expect(only({ flow })).toMatchObject(row);
  });

  it.each<[string, object, string]>([
    ['an answer', { flow: { ...FLOW, is_reply: true } }, 'reply'],
    [
      'an answer of HTTP',
      { flow: { ...FLOW, l7: { type: 'RESPONSE', http: { code: 200 } } } },
      'other event',
    ],
    [
      'a packet in the middle',
      { flow: { ...SYN, l4: { TCP: { flags: { ACK: true } } } } },
      'other event',
    ],
    [
      'a connection on its way',
      { flow: { ...SYN, trace_observation_point: 'TO_STACK' } },
      'other event',
    ],
    ['a verdict', { flow: { ...SYN, event_type: { type: 5 } } }, 'other event'],
    [
      'a name that was looked up',
      { flow: { ...FLOW, l7: { type: 'REQUEST', dns: { query: 'x.' } } } },
      'other event',
    ],
    [
      'lost events',
      { lost_events: { source: 'HUBBLE_RING_BUFFER', num_events_lost: '7' } },
      'other event',
    ],
    ['no time', { flow: { ...FLOW, time: 'yesterday' } }, 'no time'],
    ['nobody', { flow: { ...FLOW, destination: {}, IP: {} } }, 'names no service'],
    [
      'a request that reached no route',
      { ...OUTBOUND, upstream_cluster: 'BlackHoleCluster' },
      'names no service',
    ],
  ])('is passed over where it is %s', (_, line, reason) => {
    expect(read(JSON.stringify(line))).toEqual({
      rows: [],
      taken: 0,
      dropped: { [reason]: 1 },
      diagnostics: [],
    });
  });
});

describe('an export of flows', () => {
  it('may hold both kinds, and says where it is broken', () => {
    const lines = [
      JSON.stringify(INBOUND),
      '',
      '{"flow":',
      JSON.stringify({ flow: FLOW }),
      '{"x":1}',
      'x'.repeat(MAX_LINE_LENGTH + 1),
    ];
    const { taken, dropped, diagnostics } = read(...lines);
    expect(taken).toBe(2);
    expect(dropped).toEqual({
      'broken line': 1,
      'neither of Istio nor of Hubble': 1,
      'line too long': 1,
    });
    expect(diagnostics.map(({ file, line }) => `${file}:${line}`)).toEqual([
      'flows.json:3',
      'flows.json:5',
      'flows.json:6',
    ]);
  });

  it('tells twenty broken lines, and how many more there are', () => {
    const { diagnostics } = read(...Array.from({ length: 25 }, () => 'secret-4111'));
    expect(diagnostics).toHaveLength(21);
    expect(diagnostics.at(-1)?.message).toBe('5 more lines could not be read');
    expect(JSON.stringify(diagnostics)).not.toContain('secret');
  });

  it('believes no time that is far from now', () => {
    expect(only({ ...INBOUND, start_time: '2031-01-01T00:00:00Z' })?.startMs).toBe(NOW);
  });
});

describe('whatever stands in a line', () => {
  const known = [INBOUND, OUTBOUND, { flow: FLOW }, { flow: SYN }];

  it('gives well-formed rows or a reason, and nothing is thrown', () => {
    fc.assert(
      fc.property(fc.oneof(fc.json({ maxDepth: 4 }), fc.string()), (line) => {
        read(line);
      }),
    );
  });

  it('gives them wherever a value of a known line is another', () => {
    const value = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.string({ minLength: 3_000 }));
    fc.assert(
      fc.property(fc.constantFrom(...known), fc.nat(), value, (line, place, other) => {
        const changed = replaceNth(line, place, other);
        const { taken, dropped } = read(JSON.stringify(changed));
        expect(taken + Object.values(dropped).reduce((sum, count) => sum + count, 0)).toBe(1);
      }),
      { numRuns: 500 },
    );
  });
});

/** The value with the one at a place, counted through it, replaced. */
function replaceNth(value: unknown, place: number, other: unknown): unknown {
  const paths = pathsOf(value);
  const path = paths[place % paths.length] ?? [];
  return replaced(value, path, other);
}

function pathsOf(value: unknown): string[][] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => [
    [key],
    ...pathsOf(item).map((path) => [key, ...path]),
  ]);
}

function replaced(value: unknown, [key, ...rest]: readonly string[], other: unknown): unknown {
  if (key === undefined) return other;
  if (Array.isArray(value)) {
    return value.map((item, at) => (String(at) === key ? replaced(item, rest, other) : item));
  }
  const fields = value as Record<string, unknown>;
  return { ...fields, [key]: replaced(fields[key], rest, other) };
}

describe('a record of a shipper', () => {
  it.each(['log', 'message', 'body'])('is opened, where its line is in `%s`', (name) => {
    const record = { [name]: `${JSON.stringify(FLOW)}\n`, date: 1.5, stream: 'stdout' };
    expect(only(record)).toEqual(only(FLOW));
  });

  it('says which pod a line is of', () => {
    const line = { ...INBOUND, authority: '-', destination_service: '-' };
    const kubernetes = { namespace_name: 'shop', labels: { 'app.kubernetes.io/name': 'stock' } };
    expect(only({ log: JSON.stringify(line), kubernetes })?.service).toEqual({
      ...{ by: 'name', name: 'stock', namespace: 'shop' },
    });
  });

  it('that holds no flow is none', () => {
    const { rows, dropped } = read(
      ...['"text"', '{"log":"x"}', '{"log":"[1]"}', '{"message":{"flow":{}}}'],
      JSON.stringify({ log: JSON.stringify({ log: JSON.stringify(FLOW) }) }),
    );
    expect(rows).toEqual([]);
    expect(dropped).toEqual({ 'broken line': 1, 'neither of Istio nor of Hubble': 4 });
  });
});
