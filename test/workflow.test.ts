import { afterAll, beforeAll, expect, it } from 'vitest';
import type { AuditEntry, Endpoint } from '../src/estate/index.ts';
import { toJsonRequest } from '../src/sources/otlp/testing/encode.ts';
import { startTestServer, type TestServer, writeFolder } from './support/server.ts';

/** From a request on the wire to a decision in force, through everything that lies between. */

const OPENAPI = `openapi: 3.1.0
info: {title: Orders, version: '1'}
paths:
  /orders: {get: {responses: {'200': {description: all}}}}
`;
const DECLARATION = `apiVersion: reeve.dev/v1
kind: Service
metadata: {name: orders, namespace: shop, owner: team-orders}
spec:
  exposes: [{openapi: openapi.yaml}]
`;
const SERVICE = 'test/shop/orders';
const SHADOW = `${SERVICE} http DELETE /orders/{id}`;

let server: TestServer;
let folder: ReturnType<typeof writeFolder>;
beforeAll(async () => {
  folder = writeFolder({ 'orders/openapi.yaml': OPENAPI, 'orders/reeve.yaml': DECLARATION });
  server = await startTestServer({ folders: [{ path: folder.path, name: 'repository' }] });
  await server.settle();
  await observe('GET', '/orders', 20);
  await observe('DELETE', '/orders/{id}', 20);
  await server.settle();
});
afterAll(async () => {
  await server?.close();
  folder?.remove();
});

async function observe(method: string, route: string, count: number): Promise<void> {
  await send(
    Array.from({ length: count }, () => ({
      'http.request.method': method,
      'http.route': route,
      'url.path': route.replace('{id}', '7'),
    })),
  );
}

/** Requests that were answered 204. */
async function send(requests: readonly Readonly<Record<string, string>>[]): Promise<void> {
  const body = toJsonRequest([
    {
      resource: { 'service.name': 'orders', 'service.namespace': 'shop' },
      spans: requests.map((attributes, index) => ({
        traceId: 'ab'.repeat(16),
        spanId: `${index}`.padStart(16, 'c'),
        kind: 2,
        startMs: Date.now(),
        attributes: { ...attributes, 'http.response.status_code': 204 },
      })),
    },
  ]);
  const response = await fetch(`${server.otlpOrigin}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect(response.status).toBe(200);
}

function endpoint(id: string): Promise<Endpoint> {
  return server.get<Endpoint>(`/api/v1/endpoints/${encodeURIComponent(id)}`);
}

async function change(path: string, body: object): Promise<Endpoint | null | undefined> {
  const response = await server.ask(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect(response.status).toBe(200);
  const { results } = (await response.json()) as {
    results: { problem: unknown; state: Endpoint | null }[];
  };
  expect(results.map(({ problem }) => problem)).toEqual([null]);
  await server.settle();
  return results[0]?.state;
}

it('what is called and stands nowhere waits for its owner', async () => {
  expect(await endpoint(SHADOW)).toMatchObject({
    status: 'shadow',
    review: 'shadow',
    owner: 'team-orders',
    traffic: { requests: 20, statuses: { 204: 20 } },
  });
  const { items } = await server.get<{ items: object[] }>('/api/v1/endpoints/queues');
  expect(items).toContainEqual(expect.objectContaining({ owner: 'team-orders' }));
});

it('is adopted, which survives more traffic, and is written as a specification', async () => {
  const decision = { action: 'adopt' };
  await change('/api/v1/endpoints/decisions', { endpoints: [SHADOW], decision, reason: 'ours' });
  expect(await endpoint(SHADOW)).toMatchObject({ status: 'governed', review: null });
  await observe('DELETE', '/orders/{id}', 5);
  await server.settle();
  expect(await endpoint(SHADOW)).toMatchObject({
    status: 'governed',
    traffic: { requests: 25 },
    decisions: [{ action: 'adopt', by: 'admin', reason: 'ours' }],
  });
  const query = `service=${encodeURIComponent(SERVICE)}&format=json`;
  const { text } = await server.get<{ text: string }>(`/api/v1/endpoints/specification?${query}`);
  expect(JSON.parse(text)).toMatchObject({
    paths: { '/orders/{id}': { delete: { responses: { 204: { description: 'No Content' } } } } },
  });
});

it('is blocked and unblocked, and the log tells all of it', async () => {
  const decision = { action: 'block' };
  await change('/api/v1/endpoints/decisions', { endpoints: [SHADOW], decision, reason: 'leaks' });
  expect(await endpoint(SHADOW)).toMatchObject({ blocked: true });
  const undo = { endpoints: [SHADOW], action: 'block', reason: 'mended' };
  await change('/api/v1/endpoints/decisions/undo', undo);
  expect(await endpoint(SHADOW)).toMatchObject({ blocked: false });
  const subject = encodeURIComponent(SHADOW);
  const { items } = await server.get<{ items: AuditEntry[] }>(`/api/v1/audit?subject=${subject}`);
  expect(items.map(({ action, reason }) => [action, reason])).toEqual([
    ['endpoint.undo', 'mended'],
    ['endpoint.block', 'leaks'],
    ['endpoint.adopt', 'ours'],
  ]);
  const [last = 0, ...earlier] = items.map(({ sequence }) => sequence);
  expect(earlier).toEqual([last - 1, expect.toSatisfy((sequence) => sequence < last - 1)]);
});

it('templates that were learnt are corrected, which replays what was counted', async () => {
  const slugs = ['red', 'blue', 'green', 'white', 'grey', 'black'].flatMap((colour) =>
    ['chair', 'lamp', 'desk', 'shelf', 'bench'].map((thing) => `${colour}-${thing}`),
  );
  await send(
    [...slugs, ...slugs].map((slug) => ({
      'http.request.method': 'GET',
      'url.path': `/items/${slug}`,
    })),
  );
  await server.settle();
  const templates = async () => {
    const query = `service=${encodeURIComponent(SERVICE)}&search=items&visibility=all`;
    const { items } = await server.get<{ items: Endpoint[] }>(`/api/v1/endpoints?${query}`);
    return items.map(({ template, traffic }) => [template, traffic?.requests]);
  };
  const learnt = await templates();
  const path = '/api/v1/templates/corrections';
  const post = async (to: string, correction: object) => {
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ service: SERVICE, correction });
    const response = await server.ask(to, { method: 'POST', headers, body });
    expect(response.status).toBe(200);
    await server.settle();
    return (await response.json()) as { correction: { id: string }; after: object[] };
  };
  const template = '/items/{slug}';
  const merge = await post(path, { correction: 'merge', template });
  expect(await templates()).toEqual([[template, 60]]);
  const values = { correction: 'split', template, parameter: 'slug', values: ['blue-lamp'] };
  expect((await post(`${path}/preview`, values)).after).toEqual([
    { method: 'GET', template: '/items/blue-lamp', requests: 2 },
  ]);
  const split = await post(path, values);
  expect(await templates()).toEqual([
    ['/items/blue-lamp', 2],
    [template, 58],
  ]);
  for (const { correction } of [split, merge]) {
    await server.ask(`${path}/${correction.id}`, { method: 'DELETE' });
  }
  await server.settle();
  expect(await templates()).toEqual(learnt);
});
