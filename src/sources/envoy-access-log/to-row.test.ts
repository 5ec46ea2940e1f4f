import { describe, expect, it } from 'vitest';
import { SIDE, SPAN_FIELD, SPAN_FLAG, SpanCursor, SpanSink } from '../../estate/spans/index.ts';
import { LogStream } from './gather.ts';
import { type HttpFields, httpLogs, identifier, METHOD, tcpLogs } from './testing/encode.ts';

const NOW = Date.parse('2026-05-01T12:00:00Z');
const WEB = 'spiffe://example.org/ns/shop/sa/web';
const SELF: HttpFields = { cluster: 'inbound|8080||', startedAt: NOW - 1_000 };
const TRACE = '0af7651916cd43dd8448eb211c80319c';
const PARENT = 'b7ad6b7169203331';

const node = identifier({
  id: 'sidecar~10.42.0.9~orders-1.shop~shop.svc.cluster.local',
  cluster: 'orders.shop',
  metadata: { NAMESPACE: 'shop' },
});

function rowsOf(entries: Buffer) {
  const spans = new SpanSink();
  new LogStream({ spans }).read(Buffer.concat([node, entries]), NOW);
  const batch = spans.take();
  if (batch === undefined) return [];
  const rows = [];
  for (const row = new SpanCursor(batch); row.next(); ) {
    rows.push({
      ids: [row.traceId, row.spanId, row.parentId],
      startMs: row.startMs,
      durationMs: row.word(SPAN_FIELD.duration) / 1_000,
      isBoth: row.side === SIDE.both,
      flags: Object.entries(SPAN_FLAG).flatMap(([name, flag]) => (row.has(flag) ? [name] : [])),
      status: row.word(SPAN_FIELD.status),
      service: row.service,
      operation: row.operation,
      peer: row.peer,
      principal: row.text(SPAN_FIELD.principal),
      address: row.text(SPAN_FIELD.address),
      instance: row.text(SPAN_FIELD.instance),
    });
  }
  return rows;
}

describe('the row of a request that an Envoy saw', () => {
  it('has all that its log says', () => {
    const entry: HttpFields = {
      ...SELF,
      path: '/orders/7?token=secret',
      status: 404,
      durationMs: 12.5,
      peer: [WEB],
      remote: '203.0.113.9',
      directRemote: '10.42.0.7',
      headers: { traceparent: `00-${TRACE}-${PARENT}-01`, 'x-request-id': 'a'.repeat(32) },
    };
    expect(rowsOf(httpLogs(entry))).toEqual([
      {
        ids: [TRACE, undefined, PARENT],
        startMs: NOW - 1_000,
        durationMs: 12.5,
        isBoth: true,
        flags: ['hasContext'],
        status: 404,
        service: { by: 'name', name: 'orders', namespace: 'shop' },
        operation: { protocol: 'http', method: 'GET', path: '/orders/7' },
        peer: undefined,
        principal: WEB,
        address: '10.42.0.7',
        instance: '10.42.0.9',
      },
    ]);
  });

  it.each<[string, HttpFields, object]>([
    [
      'whom the Envoy asked for its own service',
      { cluster: 'outbound|80||stock.shop.svc.cluster.local', upstream: '10.42.0.3' },
      {
        service: { by: 'address', host: 'stock.shop.svc.cluster.local' },
        peer: { by: 'name', name: 'orders' },
        principal: undefined,
        instance: '10.42.0.3',
      },
    ],
    [
      'who asked by his own word',
      { ...SELF, headers: { 'x-forwarded-client-cert': `By=x;URI=${WEB}` } },
      { peer: { by: 'identity', identity: WEB }, principal: undefined },
    ],
    [
      'a trace by the headers of Zipkin',
      { ...SELF, headers: { 'X-B3-TraceId': TRACE.slice(16), 'X-B3-SpanId': PARENT } },
      { ids: [`${'0'.repeat(16)}${TRACE.slice(16)}`, undefined, PARENT] },
    ],
    [
      'a trace by the one header of Zipkin',
      { ...SELF, headers: { b3: `${TRACE}-${PARENT}-1-${PARENT}` } },
      { ids: [TRACE, undefined, PARENT] },
    ],
    [
      'no trace by a broken header',
      { ...SELF, headers: { traceparent: `00-${'0'.repeat(32)}-${PARENT}-01` } },
      { ids: [undefined, undefined, undefined], flags: ['hasContext'] },
    ],
    [
      'what an authorizer refused',
      { ...SELF, status: 403, isUnauthorized: true },
      { flags: ['denied', 'hasContext'], status: 403 },
    ],
    [
      'what a policy refused',
      { ...SELF, status: 403, details: 'rbac_access_denied_matched_policy[none]' },
      { flags: ['denied', 'hasContext'] },
    ],
    ['what the service refused', { ...SELF, status: 403 }, { flags: ['hasContext'] }],
    [
      'what nobody answered',
      { ...SELF, status: 503, flags: [6] },
      { flags: ['failed', 'hasContext'] },
    ],
    [
      'a health check',
      { ...SELF, userAgent: 'kube-probe/1.33' },
      { flags: ['operational', 'hasContext'] },
    ],
    [
      'gRPC',
      {
        ...SELF,
        method: METHOD.POST,
        path: '/shop.Cart/Add',
        headers: { 'content-type': 'application/grpc' },
        trailers: { 'grpc-status': '7' },
      },
      { operation: { protocol: 'grpc', method: 'RPC', path: '/shop.Cart/Add' }, status: 403 },
    ],
  ])('tells %s', (_, entry, row) => {
    expect(rowsOf(httpLogs(entry))).toMatchObject([row]);
  });

  it('is told of a connection, without an operation', () => {
    const connection = { ...SELF, peer: [WEB], terminationDetails: 'rbac_access_denied' };
    expect(rowsOf(tcpLogs(connection))).toMatchObject([
      {
        operation: undefined,
        status: 0,
        principal: WEB,
        address: '10.0.0.1',
        flags: ['denied', 'hasContext'],
      },
    ]);
  });

  it('is not told of what is not taken', () => {
    expect(rowsOf(httpLogs({ ...SELF, type: 2 }, { ...SELF, method: METHOD.OPTIONS }))).toEqual([]);
  });
});
