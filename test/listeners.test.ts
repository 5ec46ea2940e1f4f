import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { framed, RawClient, retrySeconds } from '../src/base/grpc/testing/client.ts';
import type { Call, Endpoint, IntakeCount } from '../src/estate/index.ts';
import { httpLogs, identifier, METHOD } from '../src/sources/envoy-access-log/testing/encode.ts';
import { toProtobufRequest } from '../src/sources/otlp/testing/encode.ts';
import { startTestServer, type TestServer } from './support/server.ts';

const EXPORT = '/opentelemetry.proto.collector.trace.v1.TraceService/Export';
const STREAM = '/envoy.service.accesslog.v3.AccessLogService/StreamAccessLogs';
const WEB = 'spiffe://cluster.local/ns/shop/sa/web';

let server: TestServer;
let spans: RawClient;
let logs: RawClient;
beforeAll(async () => {
  server = await startTestServer({ otlp: { maxInflatedBytes: 200_000 } });
  spans = new RawClient(`http://${server.otlpGrpcAddress}`);
  logs = new RawClient(`http://${server.envoyAddress}`);
});
afterAll(async () => {
  spans?.close();
  logs?.close();
  await server?.close();
});

async function list<Item>(path: string): Promise<readonly Item[]> {
  return (await server.get<{ items: readonly Item[] }>(`/api/v1/${path}?limit=200`)).items;
}

async function endpointsOf(service: string): Promise<readonly Endpoint[]> {
  await server.settle();
  return (await list<Endpoint>('endpoints')).filter((one) => one.service === service);
}

/** How much of a source came to an outcome. */
async function counted(source: string, outcome: IntakeCount['outcome']): Promise<number> {
  await server.settle();
  const { counts } = await server.get<{ counts: readonly IntakeCount[] }>('/api/v1/intake');
  return counts
    .filter((one) => one.source === source && one.outcome === outcome)
    .reduce((sum, { count }) => sum + count, 0);
}

const NUMBERS = Array.from({ length: 30 }, (_, n) => 1_000 + n * 7);

describe("Kong's http-log plugin", () => {
  const post = (body: string) =>
    fetch(`${server.otlpOrigin}/v1/logs/kong`, {
      method: 'POST',
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body,
    });
  const entry = (id: number) => ({
    request: { method: 'GET', uri: `/shop/carts/${id}`, headers: { authorization: 'REDACTED' } },
    upstream_uri: `/carts/${id}?full=1`,
    response: { status: 200 },
    service: { name: 'carts', host: 'carts.shop.80.svc', protocol: 'http' },
    consumer: { username: 'mobile' },
    authenticated_entity: { id: '1' },
    started_at: Date.now(),
  });

  it('shows what services are asked, and by which consumer', async () => {
    expect((await post(JSON.stringify(NUMBERS.map(entry)))).ok).toBe(true);
    const [endpoint, ...others] = await endpointsOf('test/shop/carts');
    expect(others).toEqual([]);
    expect(endpoint?.template).toMatch(/^\/carts\/\{\w+\}$/);
    expect(endpoint?.traffic).toMatchObject({
      requests: 30,
      parameters: ['full'],
      callers: [{ requests: 30, isProved: false }],
      credentials: { token: 30 },
    });
    expect(await counted('kong', 'taken')).toBe(30);
  });

  it('is refused what is no log, which is counted', async () => {
    expect((await post('{')).status).toBe(400);
    expect(await counted('kong', 'refused')).toBe(1);
  });
});

describe('the access log service of Envoy', () => {
  const orders = identifier({ cluster: 'orders', metadata: { NAMESPACE: 'shop' } });
  const entry = { cluster: 'local_app', peer: [WEB] };

  it('shows what services are asked, and who is proved to ask', async () => {
    const web = identifier({ cluster: 'web', metadata: { NAMESPACE: 'shop' } });
    const own = { cluster: 'local_app', path: '/' };
    expect(await logs.begin(STREAM).send(web, httpLogs(own)).end()).toMatchObject({ code: 0 });
    await server.settle();
    const entries = NUMBERS.map((id) => ({ ...entry, path: `/orders/${id}` }));
    const answer = await logs
      .begin(STREAM)
      .send(orders, httpLogs(...entries))
      .end();
    expect(answer).toMatchObject({ code: 0 });
    const [endpoint] = await endpointsOf('test/shop/orders');
    expect(endpoint?.template).toMatch(/^\/orders\/\{\w+\}$/);
    expect(endpoint?.traffic).toMatchObject({
      requests: 30,
      callers: [{ service: 'test/shop/web', requests: 30, isProved: true }],
      credentials: { mtls: 30 },
    });
    const calls = (await list<Call>('calls')).filter(({ to }) => to === 'test/shop/orders');
    expect(calls).toMatchObject([{ from: 'test/shop/web', authentication: 'mtls' }]);
  });

  it('counts what it leaves out, and what is no log', async () => {
    const left = { ...entry, method: METHOD.OPTIONS };
    expect(await logs.begin(STREAM).send(orders, httpLogs(left)).end()).toMatchObject({ code: 0 });
    expect(await counted('envoy', 'dropped')).toBe(1);
    const broken = await logs.begin(STREAM).send(Buffer.from('0a05', 'hex')).answer;
    expect(broken.code).toBe(3);
    expect(await counted('envoy', 'refused')).toBe(1);
  });
});

describe('OTLP over gRPC', () => {
  const request = (name: string) =>
    toProtobufRequest([
      {
        resource: name === '' ? {} : { 'service.name': name, 'service.namespace': 'shop' },
        spans: [
          {
            traceId: 'ab'.repeat(16),
            spanId: 'cd'.repeat(8),
            kind: 2,
            attributes: { 'http.request.method': 'GET', 'http.route': '/stock' },
          },
        ],
      },
    ]);

  it('takes spans, and tells which it does not take', async () => {
    expect(await spans.call(EXPORT, request('stock'))).toMatchObject({ code: 0 });
    expect(await endpointsOf('test/shop/stock')).toMatchObject([{ template: '/stock' }]);
    const { code, bytes } = await spans.call(EXPORT, request(''));
    expect(code).toBe(0);
    expect(bytes.toString()).toContain('service.name');
  });

  it.each<[string, Buffer, Record<string, string>, number]>([
    ['what is no protobuf', framed(Buffer.from('0a05', 'hex')), {}, 3],
    ['what swells', framed(gzipSync(Buffer.alloc(50_000_000)), 1), { 'grpc-encoding': 'gzip' }, 8],
    ['what says that it is too long', framed(Buffer.alloc(0), 0, 2 ** 31), {}, 8],
  ])('refuses %s for good, and counts it', async (_, bytes, headers, code) => {
    const before = await counted('otlp-grpc', 'refused');
    const answer = await spans.begin(EXPORT, headers).end(bytes);
    expect(answer).toMatchObject({ httpStatus: 200, code });
    expect(retrySeconds(answer)).toBeUndefined();
    expect(await counted('otlp-grpc', 'refused')).toBe(before + 1);
  });
});
