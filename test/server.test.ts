import { request as httpRequest } from 'node:http';
import { createServer } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Answers, Endpoint } from '../src/estate/index.ts';
import { Problem } from '../src/server/http/problem.ts';
import { toJsonRequest, toProtobufRequest } from '../src/sources/otlp/testing/encode.ts';
import { startTestServer, type TestServer, writeFolder } from './support/server.ts';

const OPENAPI = `openapi: 3.1.0
info: {title: Orders, version: '1'}
paths:
  /orders: {get: {responses: {}}, post: {responses: {}}}
  /orders/{id}: {get: {responses: {}}}
`;
const DECLARATION = `apiVersion: reeve.dev/v1
kind: Service
metadata: {name: orders, namespace: shop, owner: team-orders}
spec:
  exposes: [{openapi: openapi.yaml}]
`;

interface Listed {
  readonly items: readonly { readonly id: string }[];
  readonly next: string | null;
  readonly total: number;
}

let server: TestServer;
let folder: ReturnType<typeof writeFolder>;
beforeAll(async () => {
  folder = writeFolder({ 'orders/openapi.yaml': OPENAPI, 'orders/reeve.yaml': DECLARATION });
  server = await startTestServer({
    folders: [{ path: folder.path, name: 'repository' }],
    http: { failuresPerMinute: 20 },
  });
  await server.settle();
});
afterAll(async () => {
  await server.close();
  folder.remove();
});

interface Document {
  readonly paths: Record<string, Record<string, { readonly security: readonly object[] }>>;
}

/** A request whose headers are all ours, which fetch would not send. */
function raw(headers: Readonly<Record<string, string>>, path = '/healthz', method = 'GET') {
  return new Promise<{ status: number; body: string }>((resolve, reject) => {
    const { hostname, port } = new URL(server.origin);
    const request = httpRequest({ hostname, port, path, method, headers }, (response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => {
        body += chunk.toString();
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
    });
    request.on('error', reject);
    request.end();
  });
}

async function problemOf(response: Response): Promise<Problem> {
  expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  return Problem.parse(await response.json());
}

describe('the API', () => {
  it('describes itself in OpenAPI 3.1, and answers nobody who is not known', async () => {
    const response = await fetch(`${server.origin}/openapi.json`);
    const document = (await response.json()) as Document & { openapi: string };
    expect(document.openapi).toMatch(/^3\.1/);
    const closed = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.entries(item)
        .filter(
          ([
            ,
            {
              security: [first],
            },
          ]) => Object.keys(first ?? {}).length > 0,
        )
        .map(([method]) => [method.toUpperCase(), path.replace(/\{\w+\}/g, 'x')] as const),
    );
    expect(closed.length).toBeGreaterThan(15);
    for (const [method, path] of [...closed, ['GET', '/api/v1/none'], ['PUT', '/api/v1/answers']]) {
      const answer = await fetch(`${server.origin}${path}`, { method: method ?? '' });
      expect(answer.status, `${method} ${path}`).toBe(401);
      expect(await problemOf(answer)).toMatchObject({ status: 401, code: 'http/unauthenticated' });
    }
  });

  it('names shared schemas once and refers to them', async () => {
    const document = JSON.stringify(await server.get('/openapi.json'));
    for (const name of ['Endpoint', 'AuditEntry']) {
      expect(document).toContain(`"$ref":"#/components/schemas/${name}"`);
    }
    const references = document.matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g);
    const { components } = JSON.parse(document) as { components: { schemas: object } };
    for (const [, name] of references) expect(Object.keys(components.schemas)).toContain(name);
    expect(document).not.toMatch(/"\$ref":"(?!#\/components\/schemas\/)/);
  });

  it('gives the answers and their history', async () => {
    const latest = await server.get<{ answers: unknown; at: string }>('/api/v1/answers');
    expect(Answers.parse(latest.answers).endpointsInventoried.total).toBeGreaterThanOrEqual(0);
    const history = await server.get<{ items: unknown[] }>('/api/v1/answers/history');
    expect(history.items.length).toBeGreaterThan(0);
  });

  it('gives a list page by page, without a gap and without a repeat', async () => {
    const seen: string[] = [];
    let after = '';
    do {
      const page = await server.get<Listed>(`/api/v1/endpoints?limit=1${after}`);
      expect(page.total).toBe(3);
      seen.push(...page.items.map(({ id }) => id));
      after = page.next === null ? '' : `&after=${encodeURIComponent(page.next)}`;
    } while (after !== '');
    expect(seen).toEqual([
      'test/shop/orders http GET /orders',
      'test/shop/orders http GET /orders/{id}',
      'test/shop/orders http POST /orders',
    ]);
  });

  it('filters and searches', async () => {
    const totals = await Promise.all(
      ['method=POST', 'search=orders%20%7Bid', 'status=shadow', 'owner=team-orders'].map(
        async (query) => (await server.get<Listed>(`/api/v1/endpoints?${query}`)).total,
      ),
    );
    expect(totals).toEqual([1, 1, 0, 3]);
  });

  it('gives one item by its id, slashes and all', async () => {
    const id = 'test/shop/orders http GET /orders/{id}';
    const found = await server.get(`/api/v1/endpoints/${encodeURIComponent(id)}`);
    expect(Endpoint.parse(found)).toMatchObject({ id, owner: 'team-orders' });
    const missing = await server.ask(`/api/v1/endpoints/${encodeURIComponent(`${id}x`)}`);
    expect(await problemOf(missing)).toMatchObject({
      status: 404,
      code: 'http/endpoint-not-found',
    });
  });

  it.each([
    ['/api/v1/endpoints?limit=0', 400, /query\.limit/],
    ['/api/v1/endpoints?limit=x&colour=red', 400, /query\.limit.*colour/],
    [`/api/v1/endpoints?search=${'x'.repeat(1_000)}`, 413, /400/],
    ['/api/v1/services?status=shadow', 400, /status/],
    ['/api/v1/nothing', 404, /no such operation/],
    ['/api/v1/scans/other/diagnostics', 404, /`other`/],
    ['/api/v1/endpoints/%', 400, /./],
  ])('tells what is wrong with %s', async (path, status, detail) => {
    const problem = await problemOf(await server.ask(path));
    expect(problem.status).toBe(status);
    expect(problem.detail).toMatch(detail);
  });

  it.each([
    ['{', 400],
    ['{"names":["repository"],"path":"/etc"}', 400],
    ['{"names":["../../etc"]}', 404],
    [`{"names":["${'x'.repeat(70_000)}"]}`, 413],
  ])('takes no body that it does not know: %j', async (body, status) => {
    const response = await server.ask('/api/v1/scans', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    expect((await problemOf(response)).status).toBe(status);
  });

  it('reads its folders again when asked to, and then knows what changed', async () => {
    const response = await server.ask('/api/v1/scans', { method: 'POST' });
    expect(response.status).toBe(202);
    await server.settle();
    const { items } = await server.get<{ items: { state: string; fileCount: number }[] }>(
      '/api/v1/scans',
    );
    expect(items).toMatchObject([{ name: 'repository', state: 'done', fileCount: 2 }]);
  });

  it('sends headers that confine what a browser does with its answers', async () => {
    const { headers } = await server.ask('/api/v1/answers');
    expect(headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; script-src 'self'/,
    );
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('cache-control')).toBe('no-store');
  });

  it('says whether it lives and whether it can work', async () => {
    expect((await fetch(`${server.origin}/healthz`)).status).toBe(200);
    expect((await fetch(`${server.origin}/readyz`)).status).toBe(200);
  });

  it('shows figures to this machine, without ids or secrets', async () => {
    const text = await (await fetch(`${server.origin}/metrics`)).text();
    expect(text).toMatch(/reeve_answers\{question="endpointsInventoried",count="total"\} \d/);
    expect(text).toMatch(/reeve_http_requests_total\{route="\/api\/v1\/endpoints\/:id"/);
    expect(text).not.toContain('test/shop/orders');
    expect(text).not.toContain(server.adminToken);
  });
});

describe('the guard', () => {
  const { host } = { host: () => new URL(server.origin).host };

  it('answers to its own names only, against DNS rebinding', async () => {
    expect((await raw({ host: host() })).status).toBe(200);
    expect((await raw({ host: host().replace('127.0.0.1', 'localhost') })).status).toBe(200);
    for (const name of ['evil.example', host().replace('127.0.0.1', 'evil.example'), '127.0.0.1']) {
      const answer = await raw({ host: name });
      expect(answer.status, name).toBe(403);
      expect(answer.body).toContain('http/host-forbidden');
    }
  });

  async function logIn(origin?: string): Promise<Response> {
    const { url } = server.createLoginLink();
    return logInWith(url, origin);
  }

  function logInWith(url: string, origin = server.origin): Promise<Response> {
    return fetch(`${server.origin}/api/v1/sessions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin },
      body: JSON.stringify({ token: new URL(url).hash.slice('#token='.length) }),
    });
  }

  const cookieOf = (response: Response) =>
    (response.headers.get('set-cookie') ?? '').split(';')[0] ?? '';

  it('opens a session for a login link, once', async () => {
    const { url } = server.createLoginLink();
    expect(url).toMatch(/\/login#token=/);
    const first = await logInWith(url);
    expect(first.status).toBe(204);
    const cookie = first.headers.get('set-cookie') ?? '';
    expect(cookie).toMatch(/; HttpOnly; SameSite=Strict; Max-Age=/);
    expect((await logInWith(url)).status).toBe(401);
    const answers = await fetch(`${server.origin}/api/v1/answers`, {
      headers: { cookie: cookieOf(first) },
    });
    expect(answers.status).toBe(200);
  });

  it('gives a new login link to the holder of the token, and to no session', async () => {
    const response = await server.ask('/api/v1/login-links', { method: 'POST' });
    expect(response.status).toBe(201);
    const { url } = (await response.json()) as { url: string };
    const session = await logInWith(url);
    expect(session.status).toBe(204);
    const again = await fetch(`${server.origin}/api/v1/login-links`, {
      method: 'POST',
      headers: { cookie: cookieOf(session), origin: server.origin },
    });
    expect(again.status).toBe(403);
  });

  it('lets a session change things from its own pages only', async () => {
    const cookie = cookieOf(await logIn());
    const scan = (headers: Record<string, string>) =>
      fetch(`${server.origin}/api/v1/scans`, { method: 'POST', headers: { cookie, ...headers } });
    expect((await scan({ origin: server.origin })).status).toBe(202);
    expect((await scan({ origin: 'http://evil.example' })).status).toBe(403);
    expect((await scan({ origin: 'null' })).status).toBe(403);
    expect((await scan({})).status).toBe(403);
    expect((await logIn('http://evil.example')).status).toBe(403);
  });

  it('ends a session at its log-out', async () => {
    const cookie = cookieOf(await logIn());
    const ask = (method: string) =>
      fetch(`${server.origin}/api/v1/session`, {
        method,
        headers: { cookie, origin: server.origin },
      });
    expect((await ask('GET')).status).toBe(200);
    expect((await ask('DELETE')).status).toBe(204);
    expect((await ask('GET')).status).toBe(401);
  });

  it('slows down who guesses, and never who knows', async () => {
    const guess = () =>
      fetch(`${server.origin}/api/v1/answers`, { headers: { authorization: 'Bearer guess' } });
    const statuses = new Set<number>();
    for (let count = 0; count < 30; count++) statuses.add((await guess()).status);
    expect([...statuses].sort()).toEqual([401, 429]);
    expect(Number((await guess()).headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await server.ask('/api/v1/answers')).status).toBe(200);
  });

  it('keeps tokens and cookies out of its log', async () => {
    const cookie = cookieOf(await logIn());
    await fetch(`${server.origin}/api/v1/none`, { headers: { cookie } });
    expect(server.logged()).toContain('judged');
    expect(server.logged()).not.toContain(server.adminToken);
    expect(server.logged()).not.toContain(cookie.split('=')[1]);
  });
});

describe('traces', () => {
  const resources = (name: string) => [
    {
      resource: { 'service.name': name, 'service.namespace': 'shop' },
      spans: [
        {
          traceId: 'ab'.repeat(16),
          spanId: 'cd'.repeat(8),
          kind: 2,
          attributes: { 'http.request.method': 'GET', 'http.route': `/from-${name}` },
        },
      ],
    },
  ];
  const post = (body: string | Buffer, headers: Record<string, string>) =>
    fetch(`${server.otlpOrigin}/v1/traces`, { method: 'POST', headers, body: body as string });

  it.each([
    [
      'json',
      () => JSON.stringify(toJsonRequest(resources('json'))),
      { 'content-type': 'application/json' },
    ],
    [
      'protobuf',
      () => toProtobufRequest(resources('protobuf')),
      { 'content-type': 'application/x-protobuf' },
    ],
    [
      'gzip',
      () => gzipSync(toProtobufRequest(resources('gzip'))),
      { 'content-type': 'application/x-protobuf', 'content-encoding': 'gzip' },
    ],
  ])('become endpoints that were observed: %s', async (name, body, headers) => {
    expect((await post(body(), headers)).status).toBe(200);
    await server.settle();
    const id = `test/shop/${name} http GET /from-${name}`;
    const endpoint = await server.get(`/api/v1/endpoints/${encodeURIComponent(id)}`);
    expect(endpoint).toMatchObject({ observed: true, status: 'shadow' });
  });

  it('that are garbage are refused, and cost nothing else', async () => {
    const types = ['application/json', 'application/x-protobuf', 'text/plain'];
    for (const type of types) {
      const { status } = await post(Buffer.from('ffffffff', 'hex'), { 'content-type': type });
      expect(status).toBe(type === 'text/plain' ? 415 : 400);
    }
  });

  it('are taken for the own host only', async () => {
    const { port } = new URL(server.otlpOrigin);
    const status = await new Promise<number>((resolve, reject) => {
      const request = httpRequest(
        {
          hostname: '127.0.0.1',
          port,
          path: '/v1/traces',
          method: 'POST',
          headers: { host: `evil.example:${port}`, 'content-type': 'application/json' },
        },
        (response) => resolve(response.resume().statusCode ?? 0),
      );
      request.on('error', reject);
      request.end('{}');
    });
    expect(status).toBe(403);
  });
});

describe('starting', () => {
  it('says which port is taken and what to set', async () => {
    const { port } = new URL(server.origin);
    await expect(startTestServer({ http: { port: Number(port) } })).rejects.toMatchObject({
      code: 'server/port-unavailable',
      message: `127.0.0.1:${port} is taken by another program`,
      hint: expect.stringContaining('`http.port`'),
    });
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const taken = (other.address() as { port: number }).port;
    await expect(startTestServer({ otlp: { httpPort: taken } })).rejects.toMatchObject({
      hint: expect.stringContaining('`otlp.httpPort`'),
    });
    other.close();
  });

  it('says who uses the data folder', async () => {
    await expect(startTestServer({ data: server.dataFolder })).rejects.toMatchObject({
      code: 'estate/folder-conflict',
    });
    expect((await server.ask('/api/v1/answers')).status).toBe(200);
  });

  it('lists with what its schemas promise', async () => {
    const document = await server.get<{
      paths: Record<string, { get?: { responses: Record<string, unknown> } }>;
    }>('/openapi.json');
    expect(Object.keys(document.paths)).toContain('/api/v1/findings/{id}');
    const page = await server.get<{ items: unknown[] }>('/api/v1/endpoints');
    expect(z.array(Endpoint).safeParse(page.items).error).toBeUndefined();
  });
});
