import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fault } from '../../base/fault.ts';
import type { Sighting } from '../../estate/index.ts';
import { KongParties, parseKongLog } from './index.ts';

const NOW = Date.parse('2026-05-01T12:00:00Z');

/** As Kong 3 writes it, cut to what matters. */
const ENTRY = {
  client_ip: '10.0.0.9',
  started_at: NOW - 2_000,
  request: {
    method: 'GET',
    uri: '/shop/orders/7?page=2',
    url: 'https://api.example.com:8443/shop/orders/7?page=2',
    querystring: { page: '2' },
    headers: { host: 'api.example.com', 'user-agent': 'curl/8' } as Record<string, unknown>,
    size: 120,
    tls: undefined as object | undefined,
  },
  upstream_uri: '/orders/7?page=2',
  response: { status: 200, size: 512, headers: {} },
  service: { id: 'f1', name: 'orders', host: 'orders.shop.svc', port: 8080, protocol: 'http' },
  route: { id: 'r1', name: 'orders', paths: ['/shop'], strip_path: true },
  workspace: 'default',
};

const parse = (value: unknown) => parseKongLog(Buffer.from(JSON.stringify(value)), NOW);

function only(value: unknown): Sighting {
  const { sightings, dropped } = parse(value);
  expect([...dropped]).toEqual([]);
  return sightings[0] as Sighting;
}

const withRequest = (request: object, rest: object = {}) => ({
  ...ENTRY,
  ...rest,
  request: { ...ENTRY.request, ...request },
});
const VERIFIED = { authenticated_entity: { id: 'c1' }, consumer: { username: 'web' } };

describe('an entry of Kong', () => {
  it('has its query judged only by a judge, and is one with those that are like it', () => {
    const found = [['email'], undefined, []];
    const shown: unknown[] = [];
    const body = Buffer.from(JSON.stringify([ENTRY, ENTRY, ENTRY]));
    const { sightings } = parseKongLog(body, NOW, new KongParties(), ({ operation, content }) => {
      shown.push(`${operation.method} ${operation.path} ${String(content)}`);
      return found.pop();
    });
    expect(shown).toEqual(Array(3).fill('GET /orders/7 page=2'));
    expect(sightings).toMatchObject([
      { count: 3, samples: { requests: { judged: 2, found: { email: 1 } } } },
    ]);
    expect(parseKongLog(body, NOW).sightings[0]).not.toHaveProperty('samples');
  });

  it('is seen as its service saw it', () => {
    expect(only(ENTRY)).toEqual({
      service: expect.objectContaining({
        subject: { by: 'address', host: 'orders.shop.svc', port: 8080 },
      }),
      protocol: 'http',
      method: 'GET',
      path: '/orders/7',
      status: 200,
      count: 1,
      firstAt: NOW - 2_000,
      lastAt: NOW - 2_000,
      credential: 'none',
      parameters: ['page'],
    });
  });

  it('is seen as it was sent where Kong does not say how it went on', () => {
    expect(only({ ...ENTRY, upstream_uri: '' }).path).toBe('/shop/orders/7');
  });

  it.each<[object, object]>([
    [{ host: 'orders.shop.80.svc' }, { by: 'name', name: 'orders', namespace: 'shop' }],
    [
      { host: 'Orders.Shop.svc.cluster.local', port: 80 },
      { by: 'address', host: 'orders.shop.svc.cluster.local', port: 80 },
    ],
    [{ host: 'api.stripe.com' }, { by: 'address', host: 'api.stripe.com' }],
    [
      { host: 'orders', name: 'any' },
      { by: 'name', name: 'orders' },
    ],
    [
      { host: '10.0.0.1', name: 'orders' },
      { by: 'name', name: 'orders' },
    ],
    [
      { host: '::1', name: 'orders' },
      { by: 'name', name: 'orders' },
    ],
    [
      { host: 'localhost', name: 'orders' },
      { by: 'name', name: 'orders' },
    ],
    [{ name: 'orders' }, { by: 'name', name: 'orders' }],
  ])('of the service %j is of %j', (service, subject) => {
    expect(only({ ...ENTRY, service }).service.subject).toEqual(subject);
  });

  it('of gRPC names its method', () => {
    const service = { ...ENTRY.service, protocol: 'grpcs' };
    const entry = withRequest({ method: 'POST' }, { service, upstream_uri: '/a.b.C/D' });
    expect(only(entry)).toMatchObject({ protocol: 'grpc', method: 'RPC', path: '/a.b.C/D' });
  });

  it.each<[string, object, object, Partial<Sighting>]>([
    ['a password', { authorization: 'Basic x' }, {}, { credential: 'basic' }],
    ['what Kong hides', { authorization: 'REDACTED' }, {}, { credential: 'token' }],
    ['a key', { apikey: 'x' }, {}, { credential: 'api-key' }],
    ['a cookie', { cookie: 'x' }, {}, { credential: 'cookie' }],
    ['what Kong verified and took away', {}, VERIFIED, { credential: 'token' }],
  ])('shows %s', (_, headers, rest, want) => {
    expect(only(withRequest({ headers }, rest))).toMatchObject(want);
  });

  it('shows a key among the parameters', () => {
    expect(only(withRequest({ querystring: { api_key: 'x' } })).credential).toBe('api-key');
  });

  it('says nothing of credentials without headers', () => {
    expect(only(withRequest({ headers: undefined }))).not.toHaveProperty('credential');
  });

  it('names its consumer where Kong verified a credential, or a certificate', () => {
    const caller = expect.objectContaining({ subject: { by: 'name', name: 'web' } });
    const verified = only({ ...ENTRY, ...VERIFIED });
    expect(verified).toMatchObject({ caller });
    expect(verified).not.toHaveProperty('isCallerProved');
    const consumer = { username: 'web' };
    expect(only({ ...ENTRY, consumer })).not.toHaveProperty('caller');
    const tls = { client_verify: 'SUCCESS' };
    expect(only(withRequest({ tls }, { consumer }))).toMatchObject({
      caller,
      isCallerProved: true,
      credential: 'mtls',
    });
    expect(only(withRequest({ tls: { client_verify: 'NONE' } }))).toMatchObject({
      credential: 'none',
    });
  });

  it('of the platform is told from others', () => {
    const headers = { 'user-agent': ['kube-probe/1.31'] };
    expect(only(withRequest({ headers })).isOperational).toBe(true);
  });

  it('is one with those that are like it', () => {
    const later = { ...ENTRY, started_at: NOW - 500 };
    const head = withRequest({ method: 'HEAD' });
    const { sightings, taken } = parse([ENTRY, later, head, { ...ENTRY, upstream_uri: '/x' }]);
    expect(taken).toBe(4);
    expect(sightings).toMatchObject([
      { count: 3, firstAt: NOW - 2_000, lastAt: NOW - 500 },
      { count: 1, path: '/x' },
    ]);
  });

  it('leaves no value of a header or parameter behind', () => {
    const secret = randomBytes(12).toString('hex');
    const headers = { authorization: `Bearer ${secret}`, cookie: secret, 'x-api-key': [secret] };
    const entry = withRequest(
      { headers, querystring: { apikey: secret } },
      { upstream_uri: `/orders?apikey=${secret}&${secret}` },
    );
    expect(JSON.stringify(parse(entry).sightings)).not.toContain(secret);
  });
});

describe('what is not taken', () => {
  it.each<[unknown, string]>([
    [{ ...ENTRY, service: undefined }, 'reached no service'],
    [{ ...ENTRY, service: { host: '10.0.0.1' } }, 'names no service'],
    [withRequest({ method: 'GET /' }), 'unusable method'],
    [withRequest({ method: 'OPTIONS' }), 'preflight'],
    [withRequest({ method: 'CONNECT' }), 'tunnel'],
    [{ ...ENTRY, upstream_uri: 'orders' }, 'unusable path'],
    [{ ...ENTRY, upstream_uri: `/${'a'.repeat(64 * 1024)}` }, 'unusable path'],
    [{ session: { received: 1 } }, 'not a request'],
    [[1], 'not a request'],
  ])('%j is counted', (entry, reason) => {
    const { sightings, dropped, taken } = parse(entry);
    expect([...dropped]).toEqual([[reason, 1]]);
    expect([sightings, taken]).toEqual([[], 0]);
  });

  it.each(['', '1', '"x"', '{', '[{}', '['.repeat(40) + ']'.repeat(40)])(
    '%j is refused without being shown',
    (text) => {
      const read = () => parseKongLog(Buffer.from(text), NOW);
      expect(read).toThrow(expect.objectContaining({ code: 'kong/json-malformed' }));
    },
  );

  it('is a time that cannot be right; the request still is', () => {
    expect(only({ ...ENTRY, started_at: 5 })).toMatchObject({ firstAt: NOW, lastAt: NOW });
  });

  it('of any JSON is counted, and breaks nothing', () => {
    const shape = fc.letrec((tie) => ({
      value: fc.oneof(
        fc.string(),
        fc.double(),
        fc.constant(null),
        tie('fields'),
        fc.array(tie('value')),
      ),
      fields: fc.dictionary(
        fc.constantFrom('request', 'service', 'method', 'headers', 'host', 'uri', 'consumer', 'x'),
        tie('value'),
        { maxKeys: 4 },
      ),
    }));
    fc.assert(
      fc.property(shape.value, (value) => {
        try {
          const { taken, dropped } = parse([value, { ...ENTRY, request: value }]);
          expect(taken + [...dropped.values()].reduce((sum, count) => sum + count, 0)).toBe(2);
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(Fault);
        }
      }),
    );
  });
});
