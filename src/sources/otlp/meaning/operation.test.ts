import { describe, expect, it } from 'vitest';
import type { SpanFields } from '../testing/encode.ts';
import { countsOf, encode, NOW, newDecoder, of, said } from '../testing/take.ts';

type Attributes = NonNullable<SpanFields['attributes']>;
const GET = { 'http.request.method': 'GET' };
const INTERNAL = 1;
const SERVER = 2;
const CLIENT = 3;
const PRODUCER = 4;
const CONSUMER = 5;

function taken(kind: number, attributes: Attributes, encoding: 'protobuf' | 'json' = 'protobuf') {
  const decoder = newDecoder();
  const body = encode(encoding, [of('orders', { kind, attributes })]);
  const counts = countsOf(decoder.take(body, encoding, NOW));
  return { counts, sightings: decoder.flush(NOW).sightings };
}

describe('the operation of a span', () => {
  it.each<[string, number, Attributes, string[]]>([
    ['a route', SERVER, { ...GET, 'http.route': '/orders/:id' }, ['GET /orders/{id} 0']],
    [
      'a route under the old names',
      SERVER,
      { 'http.method': 'POST', 'http.route': 'orders/<int:id>', 'http.status_code': 201 },
      ['POST /orders/{id} 201'],
    ],
    ['a path, as it was sent', SERVER, { ...GET, 'url.path': '/a%2Fb/42' }, ['GET /a%2Fb/42 0']],
    [
      'the target of a request, under its old name',
      SERVER,
      { ...GET, 'http.target': '/orders/42?token=x#y' },
      ['GET /orders/42 0'],
    ],
    ['a URL', SERVER, { ...GET, 'url.full': 'http://a:1/x?y#z' }, ['GET /x 0']],
    [
      'a path that found nothing',
      SERVER,
      { ...GET, 'url.path': '/wp-admin', 'http.response.status_code': 404 },
      ['GET /wp-admin 404'],
    ],
    [
      'a handler of all that found no route',
      SERVER,
      { ...GET, 'http.route': '/*', 'url.path': '/wp-admin' },
      ['GET /wp-admin 0'],
    ],
    ['the root', SERVER, { ...GET, 'http.route': '/', 'url.path': '/' }, ['GET / 0']],
    ['HEAD, which GET answers', SERVER, { 'http.method': 'HEAD', 'url.path': '/x' }, ['GET /x 0']],
    [
      'a method of its own',
      SERVER,
      {
        'http.request.method': '_OTHER',
        'http.request.method_original': 'PURGE',
        'http.route': '/c',
      },
      ['PURGE /c 0'],
    ],
    [
      'a status that came as text',
      SERVER,
      { ...GET, 'url.path': '/x', 'http.status_code': '503' },
      ['GET /x 503'],
    ],
    [
      'a status that is none',
      SERVER,
      { ...GET, 'url.path': '/x', 'http.status_code': 70_000 },
      ['GET /x 0'],
    ],
    [
      'gRPC under the old names',
      SERVER,
      {
        'rpc.system': 'grpc',
        'rpc.service': 'shop.v1.Cart',
        'rpc.method': 'Add',
        'rpc.grpc.status_code': 5,
      },
      ['RPC /shop.v1.Cart/Add 404'],
    ],
    [
      'gRPC under the new names',
      SERVER,
      {
        'rpc.system.name': 'grpc',
        'rpc.method': 'shop.v1.Cart/Add',
        'rpc.response.status_code': 'UNAVAILABLE',
      },
      ['RPC /shop.v1.Cart/Add 503'],
    ],
    [
      'gRPC that went well',
      SERVER,
      { 'rpc.system': 'grpc', 'rpc.method': 'a.B/C', 'rpc.grpc.status_code': 0 },
      ['RPC /a.B/C 200'],
    ],
    [
      'a topic that is written, by its template',
      PRODUCER,
      {
        'messaging.system': 'kafka',
        'messaging.destination.name': 'orders-17',
        'messaging.destination.template': 'orders-{shard}',
      },
      ['PUBLISH orders-{shard} 0'],
    ],
    [
      'a topic that is read, under its old name',
      CONSUMER,
      { 'messaging.system': 'kafka', 'messaging.destination': 'orders' },
      ['SUBSCRIBE orders 0'],
    ],
    [
      'GraphQL, in a span of its own',
      INTERNAL,
      {
        'graphql.source': 'query A { order { id } me { id } }',
        'graphql.operation.type': 'query',
        'graphql.operation.name': 'A',
      },
      ['QUERY order 0', 'QUERY me 0'],
    ],
    [
      'GraphQL, beside the request that brought it',
      SERVER,
      {
        'http.request.method': 'POST',
        'http.route': '/graphql',
        'graphql.document': 'mutation { pay { id } }',
      },
      ['MUTATION pay 0', 'POST /graphql 0'],
    ],
  ])('is read from %s', (_what, kind, attributes, wanted) => {
    for (const encoding of ['protobuf', 'json'] as const) {
      const { sightings } = taken(kind, attributes, encoding);
      expect(sightings.map(said)).toEqual(wanted.map((text) => `orders: ${text} x1`));
    }
  });

  it.each<[string, number, Attributes, string]>([
    ['a preflight', SERVER, { 'http.method': 'OPTIONS', 'url.path': '/x' }, 'preflight'],
    [
      'a method that is none',
      SERVER,
      { 'http.method': 'get it', 'url.path': '/c' },
      'unusable method',
    ],
    ['no path', SERVER, GET, 'no operation'],
    ['nothing', SERVER, {}, 'no operation'],
    ['a path of 64 kB', SERVER, { ...GET, 'url.path': `/${'a'.repeat(65_536)}` }, 'unusable path'],
    ['a path that breaks lines', SERVER, { ...GET, 'url.path': '/a\nb' }, 'unusable path'],
    ['a route that is none', SERVER, { ...GET, 'http.route': '/a b' }, 'unusable path'],
    ['another RPC', SERVER, { 'rpc.system': 'java_rmi', 'rpc.method': 'Add' }, 'no operation'],
    [
      'a name that is no method',
      SERVER,
      { 'rpc.system': 'grpc', 'rpc.method': 'a b' },
      'no operation',
    ],
    [
      'a queue for one answer',
      CONSUMER,
      {
        'messaging.system': 'rabbitmq',
        'messaging.destination.name': 'amq.gen-1',
        'messaging.destination.temporary': true,
      },
      'temporary destination',
    ],
    [
      'a topic over 255 bytes',
      PRODUCER,
      { 'messaging.system': 'kafka', 'messaging.destination.name': 'x'.repeat(256) },
      'unusable path',
    ],
    ['work inside a service', INTERNAL, { ...GET, 'http.route': '/x' }, 'not a call'],
    ['no kind', 0, { ...GET, 'http.route': '/x' }, 'not a call'],
    ['a kind that does not exist', 17, { ...GET, 'http.route': '/x' }, 'not a call'],
    [
      'the parsing of GraphQL, which is not its execution',
      INTERNAL,
      { 'graphql.source': '{ a }' },
      'not a call',
    ],
    [
      'GraphQL that is none',
      INTERNAL,
      { 'graphql.document': '{', 'graphql.operation.type': 'query' },
      'unusable GraphQL',
    ],
    [
      'GraphQL over 16 kB',
      INTERNAL,
      { 'graphql.document': `{ ${'a '.repeat(9_000)}}`, 'graphql.operation.type': 'query' },
      'unusable GraphQL',
    ],
  ])('is not there in %s', (_what, kind, attributes, reason) => {
    for (const encoding of ['protobuf', 'json'] as const) {
      const { counts, sightings } = taken(kind, attributes, encoding);
      expect(sightings).toEqual([]);
      expect(counts[reason]).toBe(1);
    }
  });

  it('is none in a CLIENT span, which is one side of a call', () => {
    expect(taken(CLIENT, { ...GET, 'url.path': '/x' })).toEqual({ counts: {}, sightings: [] });
  });

  it('has the first path that was sent beside the route', () => {
    const routed = { ...GET, 'http.route': '/orders/{id}', 'url.path': '/orders/42' };
    expect(taken(SERVER, routed).sightings).toMatchObject([
      { path: '/orders/42', route: '/orders/{id}' },
    ]);
    expect(taken(SERVER, { ...GET, 'http.route': '/o/:id' }).sightings[0]?.path).toBe('/o/{id}');
  });

  it('names the parameters of its query, and none of their values', () => {
    const secret = newSecret();
    for (const query of [
      { 'url.path': '/x', 'url.query': `page=2&token=${secret}` },
      { 'http.target': `/x?page=2&token=${secret}` },
    ]) {
      const { sightings } = taken(SERVER, { ...GET, ...query });
      expect(sightings).toMatchObject([{ path: '/x', parameters: ['page', 'token'] }]);
      expect(JSON.stringify(sightings)).not.toContain(secret);
    }
  });

  it.each<[string, Attributes, string | undefined]>([
    ['Bearer', { 'http.request.header.authorization': `Bearer ${newSecret()}` }, 'token'],
    [
      'Basic, in any case',
      { 'http.request.header.authorization': `BASIC ${newSecret()}` },
      'basic',
    ],
    ['a scheme of its own', { 'http.request.header.authorization': newSecret() }, 'token'],
    [
      'a scheme that begins like another',
      { 'http.request.header.authorization': `Basics ${newSecret()}` },
      'token',
    ],
    ['ApiKey', { 'http.request.header.authorization': `ApiKey ${newSecret()}` }, 'api-key'],
    ['a key', { 'http.request.header.x-api-key': newSecret() }, 'api-key'],
    ['a cookie', { 'http.request.header.cookie': newSecret() }, 'cookie'],
    ['nothing that was captured', {}, undefined],
  ])('says with what it was authenticated: %s', (_what, attributes, credential) => {
    const { sightings } = taken(SERVER, { ...GET, 'url.path': '/x', ...attributes });
    expect(sightings[0]?.credential).toBe(credential);
    for (const value of Object.values(attributes)) {
      expect(JSON.stringify(sightings)).not.toContain(String(value).split(' ').at(-1));
    }
  });

  it('tells probes of the platform from calls', () => {
    const probe = { ...GET, 'url.path': '/healthz', 'user_agent.original': 'kube-probe/1.31' };
    expect(taken(SERVER, probe).sightings[0]?.isOperational).toBe(true);
    const call = { ...probe, 'user_agent.original': 'kube-pro' };
    expect(taken(SERVER, call).sightings[0]?.isOperational).toBeUndefined();
    const health = { 'rpc.system': 'grpc', 'rpc.method': 'grpc.health.v1.Health/Check' };
    expect(taken(SERVER, health).sightings[0]?.isOperational).toBe(true);
  });

  it('counts apart what was asked by whom, with what, and how it ended', () => {
    const decoder = newDecoder();
    const asked = { ...GET, 'http.route': '/x', 'http.response.status_code': 200 };
    const all = [
      asked,
      { ...asked, 'http.response.status_code': 456 },
      { ...asked, 'http.response.status_code': 200 + 256 * 2 },
      { ...asked, 'user_agent.original': 'kube-probe/1.31' },
      { ...asked, 'http.request.header.cookie': newSecret() },
      { ...asked, 'http.request.method': 'PUT' },
      { ...asked, 'http.route': '/y' },
      { ...asked, 'url.query': 'a=1' },
    ];
    const body = encode('protobuf', [
      of('o', ...all.map((attributes) => ({ kind: SERVER, attributes }))),
    ]);
    decoder.take(body, 'protobuf', NOW);
    expect(decoder.flush(NOW).sightings.map(({ count }) => count)).toEqual(all.map(() => 1));
  });

  it('counts the messages of a batch', () => {
    const batch = {
      'messaging.system': 'kafka',
      'messaging.destination.name': 'orders',
      'messaging.batch.message_count': 40,
    };
    expect(taken(PRODUCER, batch).sightings[0]?.count).toBe(40);
    const absurd = { ...batch, 'messaging.batch.message_count': 1e12 };
    expect(taken(PRODUCER, absurd).sightings[0]?.count).toBe(100_000);
  });

  it('prefers the stable name of an attribute, in any order', () => {
    for (const attributes of [
      { ...GET, 'http.target': '/old', 'url.path': '/new' },
      { ...GET, 'url.path': '/new', 'http.target': '/old' },
    ]) {
      expect(taken(SERVER, attributes).sightings[0]?.path).toBe('/new');
    }
  });
});

function newSecret(): string {
  return Array.from({ length: 6 }, () => Math.random().toString(36).slice(2, 8)).join('');
}

describe('the peer of a request', () => {
  const REQUEST = { ...GET, 'http.route': '/orders' };
  const PEER = 'spiffe://example.org/ns/shop/sa/web';
  const proved = { isCallerProved: true, credential: 'mtls' };
  const caller = (identity: string) => ({ subject: { by: 'identity', identity } });

  it.each(['protobuf', 'json'] as const)(
    'is who the service says that it verified, in %s',
    (encoding) => {
      const grpc = { 'rpc.system': 'grpc', 'rpc.method': 'a.B/C' };
      for (const attributes of [REQUEST, grpc]) {
        const { sightings } = taken(SERVER, { ...attributes, 'reeve.mtls.peer': PEER }, encoding);
        expect(sightings).toMatchObject([{ ...proved, caller: caller(PEER) }]);
      }
    },
  );

  it('tells requests apart', () => {
    const decoder = newDecoder();
    const other = `${PEER}-2`;
    const spans = [PEER, other, PEER, undefined].map((peer) => ({
      kind: SERVER,
      attributes: { ...REQUEST, ...(peer !== undefined && { 'reeve.mtls.peer': peer }) },
    }));
    decoder.take(encode('protobuf', [of('orders', ...spans)]), 'protobuf', NOW);
    const { sightings } = decoder.flush(NOW);
    expect(sightings).toMatchObject([
      { count: 2, caller: caller(PEER) },
      { count: 1, caller: caller(other) },
      { count: 1 },
    ]);
    expect(sightings[2]).not.toHaveProperty('caller');
  });

  it.each([
    ['of a trust domain alone', 'spiffe://example.org'],
    ['with what is no SPIFFE ID', 'CN=web'],
    ['that is too long', `spiffe://example.org/${'a'.repeat(2_048)}`],
    ['with a line break', `${PEER}\n`],
    ['without text', ''],
  ])('%s is nobody', (_, peer) => {
    const { sightings } = taken(SERVER, { ...REQUEST, 'reeve.mtls.peer': peer });
    expect(sightings).toHaveLength(1);
    for (const name of ['caller', 'isCallerProved', 'credential']) {
      expect(sightings[0]).not.toHaveProperty(name);
    }
  });

  it.each([
    ['calls', CLIENT, REQUEST],
    ['topics', CONSUMER, { 'messaging.system': 'kafka', 'messaging.destination': 'orders' }],
  ])('is not read of spans of %s', (_, kind, attributes) => {
    const { sightings } = taken(kind, { ...attributes, 'reeve.mtls.peer': PEER });
    for (const sighting of sightings) expect(sighting).not.toHaveProperty('caller');
  });
});
