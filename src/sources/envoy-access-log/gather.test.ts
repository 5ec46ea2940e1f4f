import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fault } from '../../base/fault.ts';
import type { Sighting } from '../../estate/index.ts';
import { type Gathered, LogStream } from './gather.ts';
import {
  type CommonFields,
  type HttpFields,
  httpLogs,
  identifier,
  METHOD,
  type NodeFields,
  tcpLogs,
} from './testing/encode.ts';

const NOW = Date.parse('2026-05-01T12:00:00Z');
const ORDERS: NodeFields = { id: 'node', cluster: 'orders', metadata: { NAMESPACE: 'shop' } };
const SELF = { cluster: 'local_app', startedAt: NOW - 1_000 };
const WEB = 'spiffe://example.org/ns/shop/sa/web';

function read(node: NodeFields, ...entries: readonly HttpFields[]): Gathered {
  return new LogStream().read(Buffer.concat([identifier(node), httpLogs(...entries)]), NOW);
}

function only(fields: HttpFields, node = ORDERS): Sighting {
  const { sightings, dropped } = read(node, { ...SELF, ...fields });
  expect([...dropped]).toEqual([]);
  expect(sightings).toHaveLength(1);
  return sightings[0] as Sighting;
}

const subjectsOf = ({ service, caller }: Pick<Sighting, 'service' | 'caller'>) => ({
  service: service.subject,
  caller: caller?.subject,
});

describe('a request', () => {
  it('is seen with all that its log says', () => {
    const sighting = only({
      path: '/orders/7?page=2&page=3&token=secret#top',
      status: 404,
      peer: [WEB],
    });
    expect(sighting).toEqual({
      service: {
        key: 'name /shop/orders',
        subject: { by: 'name', name: 'orders', namespace: 'shop' },
      },
      protocol: 'http',
      method: 'GET',
      path: '/orders/7',
      status: 404,
      count: 1,
      firstAt: NOW - 1_000,
      lastAt: NOW - 1_000,
      caller: { key: `identity ${WEB}`, subject: { by: 'identity', identity: WEB } },
      isCallerProved: true,
      credential: 'mtls',
      parameters: ['page', 'token'],
    });
  });

  it('has its query judged only by a judge', () => {
    const bytes = Buffer.concat([
      identifier(ORDERS),
      httpLogs(...['/a?mail=x', '/a?mail=y', '/a'].map((path) => ({ ...SELF, path }))),
    ]);
    const shown: unknown[] = [];
    const { sightings } = new LogStream({
      judge: ({ operation, content }) => {
        shown.push(`${operation.service.key} ${operation.path} ${String(content)}`);
        return content === 'mail=x' ? ['email'] : [];
      },
    }).read(bytes, NOW);
    expect(shown).toEqual(['name /shop/orders /a mail=x', 'name /shop/orders /a mail=y']);
    expect(sightings).toMatchObject([
      { count: 2, samples: { requests: { judged: 2, found: { email: 1 } } } },
      { count: 1 },
    ]);
    const quiet = new LogStream().read(bytes, NOW).sightings;
    for (const sighting of [sightings[1], ...quiet]) expect(sighting).not.toHaveProperty('samples');
  });

  it('is one with those that are like it', () => {
    const { sightings, taken } = read(
      ORDERS,
      { ...SELF, startedAt: NOW - 5_000 },
      { ...SELF, startedAt: NOW - 9_000, path: '/orders?' },
      { ...SELF, startedAt: NOW - 1_000, method: METHOD.HEAD },
      { ...SELF, status: 500 },
    );
    expect(taken).toBe(4);
    expect(sightings).toMatchObject([
      { status: 200, count: 3, firstAt: NOW - 9_000, lastAt: NOW - 1_000 },
      { status: 500, count: 1 },
    ]);
  });

  it.each<[string, HttpFields, Partial<Sighting>]>([
    [
      'with the content type of gRPC',
      { headers: { 'content-type': 'application/grpc+proto' } },
      {},
    ],
    ['over HTTP/2 with a package in its path', { version: 3 }, {}],
    ['that ended well', { version: 3, trailers: { 'grpc-status': '0' } }, { status: 200 }],
    ['that was refused', { version: 3, trailers: { 'grpc-status': '7' } }, { status: 403 }],
    ['that found nobody', { version: 3, status: 503 }, { status: 503 }],
  ])('of gRPC is one %s', (_, fields, want) => {
    const path = '/payments.v1.Cards/Charge';
    const sighting = only({ method: METHOD.POST, path, ...fields });
    expect(sighting).toMatchObject({ protocol: 'grpc', method: 'RPC', path, status: 0, ...want });
  });

  it('over HTTP/1 with such a path is none of gRPC', () => {
    const path = '/payments.v1.Cards/Charge';
    expect(only({ method: METHOD.POST, path })).toMatchObject({ protocol: 'http', method: 'POST' });
  });

  it.each<[string, HttpFields, string]>([
    ['a certificate', { peer: ['https://example.org'] }, 'mtls'],
    ['a token that the Envoy verified', { filters: ['envoy.filters.http.jwt_authn'] }, 'token'],
    ['a token', { headers: { authorization: 'Bearer x' } }, 'token'],
    ['a password', { headers: { Authorization: 'Basic x' } }, 'basic'],
    ['a key', { headers: { 'x-api-key': 'x' } }, 'api-key'],
    ['the stronger of two', { headers: { cookie: 'x', authorization: 'Bearer x' } }, 'token'],
    [
      'the stronger, in any order',
      { headers: { authorization: 'Bearer x', cookie: 'x' } },
      'token',
    ],
  ])('shows %s', (_, fields, credential) => {
    expect(only(fields).credential).toBe(credential);
  });

  it('whose headers are not logged says nothing of credentials', () => {
    expect(only({})).not.toHaveProperty('credential');
    expect(only({ headers: { 'x-request-id': '1' } })).not.toHaveProperty('credential');
  });

  it('of the platform is told from others', () => {
    expect(only({ userAgent: 'kube-probe/1.31' }).isOperational).toBe(true);
    expect(only({ method: METHOD.POST, path: '/grpc.health.v1.Health/Check' }).isOperational).toBe(
      true,
    );
    expect(only({})).not.toHaveProperty('isOperational');
  });

  it('leaves no value of a header or parameter behind', () => {
    const secret = randomBytes(12).toString('hex');
    const { sightings, dropped } = read(ORDERS, {
      ...SELF,
      path: `/orders?key=${secret}&${secret}`,
      headers: { authorization: `Bearer ${secret}`, cookie: secret, 'x-api-key': secret },
    });
    expect(JSON.stringify([sightings, [...dropped]])).not.toContain(secret);
  });
});

describe('who was asked and who asked', () => {
  const SHOP = { by: 'name', name: 'orders', namespace: 'shop' };
  const BY_WEB = { by: 'identity', identity: WEB };
  const REVIEWS = 'outbound|9080||reviews.shop.svc.cluster.local';
  const reviews = { host: 'reviews.shop.svc.cluster.local', port: 9080, namespace: 'shop' };

  it.each<[string, HttpFields, object, object | undefined, boolean | undefined]>([
    ['its own service, by a certificate', { peer: ['x', WEB] }, SHOP, BY_WEB, true],
    ['its own service, by nobody known', {}, SHOP, undefined, undefined],
    [
      'its own service, by who has no proper name',
      { peer: ['spiffe://example.org/not a name'] },
      SHOP,
      undefined,
      undefined,
    ],
    [
      'its own service, by the last word of a header',
      { headers: { 'x-forwarded-client-cert': `Hash=1;URI=spiffe://a/b,By=x;URI="${WEB}"` } },
      SHOP,
      BY_WEB,
      undefined,
    ],
    [
      'its own service, whatever a header says beside a certificate',
      { peer: [WEB], headers: { 'x-forwarded-client-cert': 'URI=spiffe://example.org/admin' } },
      SHOP,
      BY_WEB,
      true,
    ],
    ['another, by its own', { cluster: REVIEWS }, { by: 'address', ...reviews }, SHOP, undefined],
    [
      'another, by whom it let in',
      { cluster: REVIEWS, peer: [WEB] },
      { by: 'address', ...reviews },
      BY_WEB,
      true,
    ],
    [
      'another of its namespace',
      { cluster: 'stock' },
      { by: 'name', name: 'stock', namespace: 'shop' },
      SHOP,
      undefined,
    ],
    [
      'the host that the request names',
      { cluster: 'PassthroughCluster', authority: 'Api.Example.com:8443' },
      { by: 'address', host: 'api.example.com', port: 8443, namespace: 'shop' },
      SHOP,
      undefined,
    ],
    ['itself, by name', { cluster: 'orders' }, SHOP, undefined, undefined],
  ])('are told of an Envoy that reaches %s', (_, fields, service, caller, isProved) => {
    const sighting = only(fields);
    expect(subjectsOf(sighting)).toEqual({ service, caller });
    expect(sighting.isCallerProved).toBe(isProved);
  });

  it('also shows the gateway that passed a call on', () => {
    const { calls } = read(ORDERS, { ...SELF, cluster: REVIEWS, peer: [WEB] });
    expect(calls.map(({ count, ...call }) => ({ ...subjectsOf(call), count }))).toEqual([
      { service: { by: 'address', ...reviews }, caller: SHOP, count: 1 },
    ]);
    expect(read(ORDERS, { ...SELF, peer: [WEB] }).calls).toEqual([]);
  });

  it('of a connection are a call', () => {
    const entries: CommonFields[] = [
      { cluster: 'outbound|5432||db.shop.svc.cluster.local', startedAt: NOW - 9 },
      { cluster: 'outbound|5432||db.shop.svc.cluster.local', startedAt: NOW - 5 },
      { ...SELF, peer: [WEB] },
      SELF,
    ];
    const stream = new LogStream();
    stream.read(identifier(ORDERS), NOW);
    const { calls, sightings, dropped, taken } = stream.read(tcpLogs(...entries), NOW);
    expect(calls).toMatchObject([
      { caller: { subject: SHOP }, at: NOW - 5, count: 2 },
      { caller: { subject: BY_WEB }, service: { subject: SHOP }, count: 1 },
    ]);
    expect(sightings).toEqual([]);
    expect([...dropped]).toEqual([['connection without caller', 1]]);
    expect(taken).toBe(3);
  });

  it('is one object for one party, whatever the number of messages', () => {
    const stream = new LogStream();
    stream.read(identifier(ORDERS), NOW);
    const [first, second] = [1, 2].map(
      () => stream.read(httpLogs({ ...SELF, cluster: REVIEWS, peer: [WEB] }), NOW).sightings[0],
    );
    expect(first?.service).toBe(second?.service);
    expect(first?.caller).toBe(second?.caller);
  });
});

describe('what is not taken', () => {
  it.each<[HttpFields, string]>([
    [{ type: 4 }, 'not the end of a request'],
    [{ type: 9 }, 'not the end of a request'],
    [{ cluster: '' }, 'reached no service'],
    [{ cluster: 'PassthroughCluster', authority: '' }, 'names no service'],
    [{ method: METHOD.TRACE }, 'unusable method'],
    [{ method: 0 }, 'unusable method'],
    [{ method: 99 }, 'unusable method'],
    [{ method: METHOD.OPTIONS }, 'preflight'],
    [{ method: METHOD.CONNECT }, 'tunnel'],
    [{ path: '' }, 'unusable path'],
    [{ path: '*' }, 'unusable path'],
    [{ path: '/a b' }, 'unusable path'],
    [{ path: `/${'a'.repeat(64 * 1024)}` }, 'unusable path'],
  ])('%j is counted as %s', (fields, reason) => {
    const { sightings, dropped, taken } = read(ORDERS, { ...SELF, ...fields });
    expect([...dropped]).toEqual([[reason, 1]]);
    expect(sightings).toEqual([]);
    expect(taken).toBe(0);
  });

  it('is the request of an Envoy that does not say who it is', () => {
    expect([...read({}, SELF).dropped]).toEqual([['names no service', 1]]);
  });

  it('is a time that cannot be right; the request still is', () => {
    const { sightings, dropped } = read(ORDERS, { ...SELF, startedAt: NOW - 3 * 365 * 86_400_000 });
    expect(sightings).toMatchObject([{ firstAt: NOW, lastAt: NOW }]);
    expect([...dropped]).toEqual([['clock not believed', 1]]);
  });

  it('are bytes that are no message: they give a Fault, and nothing else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(), (noise, at) => {
        const whole = Buffer.concat([identifier(ORDERS), httpLogs({ ...SELF, peer: [WEB] })]);
        const bytes = Buffer.concat([whole.subarray(0, at % whole.length), noise]);
        try {
          new LogStream().read(bytes, NOW);
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(Fault);
        }
      }),
    );
  });
});
