import { describe, expect, it } from 'vitest';
import {
  SIDE,
  SPAN_FIELD,
  SPAN_FLAG,
  type SpanBatch,
  SpanCursor,
  SpanSink,
} from '../../../estate/spans/index.ts';
import type { SpanFields } from '../testing/encode.ts';
import { CLIENT_SPAN, encode, NOW, newDecoder, of, SERVER_SPAN, take } from '../testing/take.ts';

const TRACE = 'a'.repeat(32);
const SPAN = 'b'.repeat(16);

/** Rows as people read them. */
function rowsOf(batch: SpanBatch | undefined) {
  const rows = [];
  if (batch === undefined) return [];
  for (const row = new SpanCursor(batch); row.next(); ) {
    const { operation, peer, service } = row;
    const links = [];
    for (let link = row.nextLink(); link; link = row.nextLink()) links.push(hexOf(link.id));
    rows.push({
      ids: [row.traceId, row.spanId, row.parentId],
      startMs: row.startMs,
      durationMs: row.word(SPAN_FIELD.duration) / 1_000,
      side: Object.entries(SIDE).find(([, side]) => side === row.side)?.[0],
      flags: Object.entries(SPAN_FLAG).flatMap(([name, flag]) => (row.has(flag) ? [name] : [])),
      status: row.word(SPAN_FIELD.status),
      service: service?.by === 'name' ? `${service.namespace}/${service.name}` : undefined,
      operation:
        operation &&
        `${operation.protocol} ${operation.method} ${operation.route ?? operation.path}`,
      peer,
      principal: row.text(SPAN_FIELD.principal),
      address: row.text(SPAN_FIELD.address),
      instance: row.text(SPAN_FIELD.instance),
      version: row.text(SPAN_FIELD.version),
      count: row.word(SPAN_FIELD.count),
      ...(links.length > 0 && { links }),
    });
  }
  return rows;
}

function hexOf(words: Uint32Array): string {
  return Buffer.from(words.buffer, words.byteOffset, words.byteLength).toString('hex');
}

function told(span: SpanFields, resource: Record<string, string> = {}) {
  return (['protobuf', 'json'] as const).map((encoding) => {
    const spans = new SpanSink();
    const decoder = newDecoder({}, { spans });
    const sent = of('orders', span);
    const body = encode(encoding, [{ ...sent, resource: { ...sent.resource, ...resource } }]);
    decoder.take(body, encoding, NOW);
    return rowsOf(spans.take())[0];
  });
}

describe('a span that is one side of a call', () => {
  it('is a row with all that it says', () => {
    const span: SpanFields = {
      ...SERVER_SPAN,
      startMs: NOW - 500,
      durationMs: 42,
      status: 2,
      attributes: {
        'http.request.method': 'GET',
        'http.route': '/orders/:id',
        'url.path': '/orders/42',
        'http.response.status_code': 503,
        'network.peer.address': '::ffff:10.42.7.113',
        'client.address': '203.0.113.9',
        'reeve.mtls.peer': 'spiffe://example.org/ns/shop/sa/web',
      },
    };
    const [row, fromJson] = told(span, {
      'k8s.pod.ip': '10.42.7.9',
      'k8s.pod.name': 'orders-1',
      'service.version': '4.17.2',
    });
    expect(row).toEqual({
      ids: [TRACE, 'c'.repeat(16), SPAN],
      startMs: NOW - 500,
      durationMs: 42,
      side: 'called',
      flags: ['failed', 'hasContext'],
      status: 503,
      service: 'shop/orders',
      operation: 'http GET /orders/{id}',
      peer: undefined,
      principal: 'spiffe://example.org/ns/shop/sa/web',
      address: '10.42.7.113',
      instance: '10.42.7.9',
      version: '4.17.2',
      count: 1,
    });
    expect(fromJson).toEqual(row);
  });

  it.each<[string, SpanFields, object]>([
    [
      'one that calls, of what was asked and whom',
      {
        ...CLIENT_SPAN,
        attributes: {
          'http.request.method': 'POST',
          'url.full': 'http://payments:8443/v1/charges?card=4111',
          'server.address': 'payments',
          'server.port': 8443,
          'network.peer.address': '10.96.1.2',
          'http.response.status_code': 201,
        },
      },
      {
        side: 'caller',
        flags: ['hasContext'],
        status: 201,
        operation: 'http POST /v1/charges',
        peer: { by: 'address', host: 'payments', port: 8443 },
        address: undefined,
      },
    ],
    [
      'one that calls under the old names',
      {
        kind: 3,
        attributes: {
          'http.method': 'GET',
          'http.url': 'https://stock/items/7',
          'http.status_code': 404,
          'net.peer.name': 'stock',
        },
      },
      { status: 404, operation: 'http GET /items/7', peer: { host: 'stock' } },
    ],
    [
      'one that calls and knows the template',
      { kind: 3, attributes: { 'http.request.method': 'GET', 'url.template': '/items/{id}' } },
      { operation: 'http GET /items/{id}', peer: undefined },
    ],
    [
      'gRPC under the new names',
      {
        kind: 3,
        attributes: {
          'rpc.system.name': 'grpc',
          'rpc.method': 'shop.Cart/Add',
          'rpc.response.status_code': 'PERMISSION_DENIED',
          'server.address': 'cart',
        },
      },
      { status: 403, operation: 'grpc RPC /shop.Cart/Add' },
    ],
    [
      'gRPC under the old names',
      {
        kind: 3,
        attributes: {
          'rpc.system': 'grpc',
          'rpc.service': 'shop.Cart',
          'rpc.method': 'Add',
          'rpc.grpc.status_code': 14,
          'peer.service': 'cart',
        },
      },
      {
        status: 503,
        operation: 'grpc RPC /shop.Cart/Add',
        peer: { by: 'name', name: 'cart' },
      },
    ],
    [
      'the other service by its name, where the host is only an address',
      {
        kind: 3,
        attributes: {
          'server.address': '10.96.1.2',
          'service.peer.name': 'cart',
          'service.peer.namespace': 'baskets',
        },
      },
      { peer: { by: 'name', name: 'cart', namespace: 'baskets' }, operation: undefined },
    ],
    [
      'the other service by its host, although there is a name',
      { kind: 3, attributes: { 'server.address': 'cart.baskets', 'peer.service': 'x' } },
      { peer: { by: 'address', host: 'cart.baskets' } },
    ],
    [
      'a database by its host',
      { kind: 3, attributes: { 'db.system.name': 'postgresql', 'server.address': 'pg' } },
      { peer: { by: 'address', host: 'pg' }, operation: undefined },
    ],
    [
      'a database by its kind, where that is all there is',
      { kind: 3, attributes: { 'db.system': 'redis', 'net.peer.ip': '10.0.0.3' } },
      { peer: { by: 'address', host: 'redis' } },
    ],
    [
      'no database of its own',
      { kind: 3, attributes: { 'db.system': 'sqlite' } },
      { peer: undefined },
    ],
    [
      'an address, where that is all there is',
      { kind: 3, attributes: { 'net.sock.peer.addr': '10.0.0.3' } },
      { peer: { by: 'address', host: '10.0.0.3' } },
    ],
    [
      'a message that was sent',
      {
        kind: 4,
        attributes: {
          'messaging.system': 'kafka',
          'messaging.destination.name': 'orders',
          'messaging.batch.message_count': 12,
          'server.address': 'broker',
        },
      },
      {
        side: 'producer',
        operation: 'event PUBLISH orders',
        count: 12,
        peer: { host: 'broker' },
      },
    ],
    [
      'messages that were sent at once, by a CLIENT span',
      {
        kind: 3,
        attributes: {
          'messaging.system': 'kafka',
          'messaging.destination.name': 'orders',
          'messaging.operation.type': 'send',
        },
      },
      { side: 'producer', operation: 'event PUBLISH orders' },
    ],
    [
      'messages that were fetched, by a CLIENT span',
      {
        kind: 3,
        attributes: {
          'messaging.system': 'kafka',
          'messaging.destination.name': 'orders',
          'messaging.operation': 'receive',
          'messaging.batch.message_count': 3,
        },
        links: [{ traceId: 'd'.repeat(32), spanId: 'e'.repeat(16) }],
      },
      {
        side: 'consumer',
        operation: 'event SUBSCRIBE orders',
        count: 3,
        links: ['d'.repeat(32) + 'e'.repeat(16)],
      },
    ],
    [
      'a message that was taken, with what sent it',
      {
        kind: 5,
        attributes: { 'messaging.system': 'kafka', 'messaging.destination.name': 'orders' },
        links: [
          { traceId: 'd'.repeat(32), spanId: 'e'.repeat(16) },
          { traceId: '0'.repeat(32), spanId: 'e'.repeat(16) },
          { traceId: '1'.repeat(32), spanId: '2'.repeat(16) },
        ],
      },
      {
        side: 'consumer',
        flags: ['hasContext'],
        operation: 'event SUBSCRIBE orders',
        links: ['d'.repeat(32) + 'e'.repeat(16), '1'.repeat(32) + '2'.repeat(16)],
      },
    ],
    [
      'a server that begins a trace of its own with what asked it',
      { kind: 2, links: [{ traceId: 'd'.repeat(32), spanId: 'e'.repeat(16) }] },
      { side: 'called', flags: ['hasContext'], links: ['d'.repeat(32) + 'e'.repeat(16)] },
    ],
    ['no context, where none came', { kind: 2 }, { flags: [], ids: [TRACE, SPAN, undefined] }],
    [
      'who asked by its own word, where it says so',
      { kind: 2, attributes: { 'service.peer.name': 'web', 'client.address': '1.2.3.4' } },
      { peer: { by: 'name', name: 'web' }, address: undefined, principal: undefined },
    ],
    [
      'no address of a proxy beside it, nor of a socket in the file system',
      { kind: 2, attributes: { 'network.peer.address': '127.0.0.6' } },
      { address: undefined },
    ],
    [
      'no principal that is no identity',
      { kind: 2, attributes: { 'reeve.mtls.peer': 'web' } },
      { principal: undefined },
    ],
    [
      'a health check',
      {
        kind: 2,
        attributes: {
          'http.request.method': 'GET',
          'url.path': '/healthz',
          'user_agent.original': 'kube-probe/1.33',
        },
      },
      { flags: ['operational'], operation: 'http GET /healthz' },
    ],
    [
      'a call whose operation is of no use',
      { kind: 2, attributes: { 'http.request.method': '???', 'url.path': '/x' } },
      { operation: undefined, side: 'called' },
    ],
    [
      'a path that stands in the place of the route',
      {
        kind: 2,
        attributes: {
          'http.request.method': 'GET',
          'http.route': '/orders/42',
          'url.path': '/orders/42',
        },
      },
      { operation: 'http GET /orders/42' },
    ],
  ])('tells %s', (_, span, row) => {
    for (const one of told(span)) expect(one).toMatchObject(row);
  });

  it('is none where nobody calls', () => {
    expect(told({ kind: 1, attributes: { 'url.path': '/x' } })).toEqual([undefined, undefined]);
  });
});

describe('where a service runs, and what', () => {
  it.each<[string, Record<string, string>, object]>([
    [
      'an address first',
      { 'host.name': 'a', 'host.ip': '::FFFF:10.0.0.1' },
      { instance: '10.0.0.1' },
    ],
    [
      'the pod',
      { 'k8s.pod.name': 'orders-1', 'service.instance.id': 'x' },
      { instance: 'orders-1' },
    ],
    ['the machine', { 'host.name': 'vm-7', 'service.instance.id': 'x' }, { instance: 'vm-7' }],
    ['its own id', { 'service.instance.id': 'x' }, { instance: 'x' }],
    ['no controls', { 'host.name': 'a\nb', 'service.version': '\u0001' }, { instance: undefined }],
    ['an image', { 'container.image.tag': 'v3' }, { version: 'v3' }],
  ])('is told by %s', (_, resource, row) => {
    for (const one of told({ kind: 2 }, resource)) expect(one).toMatchObject(row);
  });
});

describe('a batch of spans', () => {
  const get = (path: string): SpanFields => ({
    kind: 3,
    attributes: { 'http.request.method': 'GET', 'url.full': `http://stock${path}` },
  });

  it('has one operation for paths that differ in values alone', () => {
    const spans = new SpanSink();
    const uuid = '3f2504e0-4f89-11d3-9a0c-0305e82c3301';
    const paths = [
      '/items/1',
      '/items/22',
      `/items/${uuid}`,
      '/items/all',
      '/v1/items',
      '/v2/items',
    ];
    take(newDecoder({}, { spans }), NOW, of('web', ...paths.map(get)));
    const rows = rowsOf(spans.take());
    expect(rows.map(({ operation }) => operation?.split(' ').at(-1))).toEqual([
      '/items/1',
      '/items/1',
      '/items/1',
      '/items/all',
      '/v1/items',
      '/v2/items',
    ]);
  });

  it('stands for itself, whatever was in the one before', () => {
    const spans = new SpanSink();
    const decoder = newDecoder({}, { spans });
    const told = [];
    for (let batch = 0; batch < 3; batch++) {
      take(decoder, NOW, of('web', CLIENT_SPAN), of('orders', SERVER_SPAN));
      told.push(rowsOf(spans.take()));
    }
    expect(told[0]).toHaveLength(2);
    expect(told[1]).toEqual(told[0]);
    expect(told[2]).toEqual(told[0]);
    expect(spans.take()).toBeUndefined();
  });

  it('is handed out when it is full, in the middle of a request', () => {
    const batches: SpanBatch[] = [];
    const spans = new SpanSink({ maxRows: 2, onFull: (batch) => batches.push(batch) });
    const paths = ['/a', '/b', '/c', '/d', '/e'];
    take(newDecoder({}, { spans }), NOW, of('web', ...paths.map(get)));
    const rows = [...batches, spans.take()].map(rowsOf);
    expect(rows.map((batch) => batch.length)).toEqual([2, 2, 1]);
    expect(rows.flat().map(({ operation }) => operation?.at(-1))).toEqual([...'abcde']);
    expect(rows.flat().every(({ service }) => service === 'shop/web')).toBe(true);
    expect(spans.takeLosses()).toEqual(new Map());
  });

  it('takes no more rows than it may, and counts them', () => {
    const spans = new SpanSink({ maxRows: 2 });
    take(newDecoder({}, { spans }), NOW, of('web', ...['/a', '/b', '/c'].map(get)));
    expect(spans.take()?.count).toBe(2);
    expect(spans.takeLosses()).toEqual(new Map([['too many rows', 1]]));
    expect(spans.takeLosses()).toEqual(new Map());
  });

  it('takes eight links of a span, and counts the others', () => {
    const spans = new SpanSink();
    const link = (number: number) => ({ traceId: 'd'.repeat(32), spanId: `${number}`.repeat(16) });
    const span = { kind: 5, links: Array.from({ length: 9 }, (_, at) => link(at + 1)) };
    for (const encoding of ['protobuf', 'json'] as const) {
      newDecoder({}, { spans }).take(encode(encoding, [of('web', span)]), encoding, NOW);
      expect(rowsOf(spans.take())[0]?.links).toHaveLength(8);
      expect(spans.takeLosses()).toEqual(new Map([['too many links', 1]]));
    }
  });

  it('keeps nothing of services whose spans are no calls', () => {
    const spans = new SpanSink();
    const resource = (version: number) => ({
      resource: { 'service.name': 'web', 'service.version': `${version}` },
      spans: of('web', { kind: version === 9 ? 2 : 1 }).spans,
    });
    const decoder = newDecoder({}, { spans });
    take(decoder, NOW, ...Array.from({ length: 10 }, (_, version) => resource(version)));
    expect(spans.take()?.texts).toEqual(['9']);
  });
});
