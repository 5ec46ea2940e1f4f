import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FLOW, INBOUND, SYN, TRACE } from '../src/sources/flows/testing/lines.ts';
import type { GraphEdge } from '../src/tracing/index.ts';
import { deployment, service } from './support/manifests.ts';
import { startTestServer, type TestServer, writeFolder } from './support/server.ts';
import { eventually } from './support/small-shop.ts';

const WEB = 'test/shop/web';
const ORDERS = 'test/shop/orders';

let server: TestServer;
const folder = writeFolder({
  'web.yaml': deployment('web'),
  'orders.yaml': `${deployment('orders')}${service('orders')}`,
  'stock.yaml': deployment('stock'),
});
beforeAll(async () => {
  server = await startTestServer({
    folders: [{ path: folder.path, name: 'estate' }],
    otlp: { maxRequestBytes: 100_000 },
    tracing: { pairing: { settleSeconds: 0.2, windowSeconds: 0.5 } },
  });
  await server.settle();
});
afterAll(async () => {
  await server?.close();
  folder.remove();
});

const time = (): string => new Date().toISOString();
/** A request for orders that its proxy took in, from a peer whose certificate it has verified. */
const proved = (): object => ({
  ...{ ...INBOUND, start_time: time(), traceparent: `00-${TRACE}-b7ad6b7169203331-01` },
  downstream_peer_uri_san: 'spiffe://cluster.local/ns/shop/sa/web',
});
const flow = (from: string, to: string): object => ({
  ...{ ...FLOW, time: time() },
  source: { namespace: 'shop', workloads: [{ name: from, kind: 'Deployment' }] },
  destination: { namespace: 'shop', workloads: [{ name: to, kind: 'Deployment' }] },
});
const lines = (...all: readonly (object | string)[]): string =>
  all.map((one) => (typeof one === 'string' ? one : JSON.stringify(one))).join('\n');

function post(body: string | Uint8Array<ArrayBuffer>, init: RequestInit = {}): Promise<Response> {
  return fetch(`${server.otlpOrigin}/v1/logs/flows`, { method: 'POST', body, ...init });
}

async function edgeOf(from: string, to: string): Promise<GraphEdge | undefined> {
  const { edges } = await eventually(
    () => server.get<{ edges: readonly GraphEdge[] }>('/api/v1/graph'),
    (graph) => graph.edges.some((one) => one.from === from && one.to === to),
  );
  return edges.find((one) => one.from === from && one.to === to);
}

async function counted(): Promise<readonly string[]> {
  await server.settle();
  const { counts } = await server.get<{
    counts: readonly { source: string; outcome: string; reason: string; count: number }[];
  }>('/api/v1/intake');
  return counts
    .filter(({ source }) => source === 'flows')
    .map(({ outcome, reason, count }) => `${outcome} ${reason} ${count}`);
}

describe('flows that are posted', () => {
  it('are edges of the call graph: who was proved to have called, and who says so', async () => {
    const answer = await post(lines(proved(), flow('orders', 'stock')));
    expect(await answer.json()).toEqual({ taken: 2, passedOver: {}, refused: {}, problems: [] });
    expect(await edgeOf(WEB, ORDERS)).toMatchObject({ requests: 1, evidence: 'authenticated' });
    expect(await edgeOf(ORDERS, 'test/shop/stock')).toMatchObject({ evidence: 'asserted' });
  });

  it('come as lines or as a list, packed or not, as they are or in records of shippers', async () => {
    const packed = new Uint8Array(gzipSync(lines({ flow: flow('stock', 'web') })));
    const answers = [
      await post(packed, { headers: { 'content-encoding': 'gzip' } }),
      await post(JSON.stringify([flow('stock', 'orders'), flow('stock', 'orders')])),
      await post(
        lines({
          ...{
            date: 1,
            stream: 'stdout',
            log: `${JSON.stringify({ ...proved(), authority: '-' })}\n`,
          },
          kubernetes: { namespace_name: 'shop', labels: { 'app.kubernetes.io/name': 'stock' } },
        }),
      ),
    ];
    expect(await Promise.all(answers.map((answer) => answer.json()))).toMatchObject(
      [1, 2, 1].map((taken) => ({ taken, problems: [] })),
    );
    expect(await edgeOf('test/shop/stock', WEB)).toMatchObject({ requests: 1 });
    expect(await edgeOf('test/shop/stock', ORDERS)).toMatchObject({ requests: 2 });
    expect(await edgeOf(WEB, 'test/shop/stock')).toMatchObject({ evidence: 'authenticated' });
  });

  it('that cannot be read are told and counted, and cost no others', async () => {
    const reply = { ...flow('web', 'orders'), is_reply: true };
    const answer = await post(
      lines(flow('web', 'stock'), 'no JSON', '', reply, { message: 'hello' }, { flow: {} }),
    );
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({
      taken: 1,
      passedOver: { reply: 1, 'other event': 1 },
      refused: { 'broken line': 1, 'neither of Istio nor of Hubble': 1 },
      problems: [
        { line: 2, message: 'The line is not a JSON object' },
        { line: 5, message: 'The line is no flow that is known' },
      ],
    });
    expect(await edgeOf(WEB, 'test/shop/stock')).toMatchObject({ requests: 1 });
    expect(await counted()).toEqual(
      expect.arrayContaining([
        'refused broken line 1',
        'refused neither of Istio nor of Hubble 1',
        'dropped reply 1',
      ]),
    );
  });

  it('of which nothing can be read are refused, with where and why', async () => {
    const broken = await post('[{"flow": ');
    expect(broken.status).toBe(400);
    expect(await broken.json()).toMatchObject({
      taken: 0,
      problems: [{ line: 1, message: 'The list ends in the middle of the document' }],
    });
    const many = await post('{}\n'.repeat(1_000));
    expect(many.status).toBe(400);
    const { problems } = (await many.json()) as { problems: { message: string }[] };
    expect(problems).toHaveLength(21);
    expect(problems.at(-1)?.message).toBe('980 more lines could not be read');
  });

  it('are bounded, and come by POST', async () => {
    expect((await post(lines({ ...SYN, x: 'y'.repeat(100_000) }))).status).toBe(413);
    expect((await fetch(`${server.otlpOrigin}/v1/logs/flows`)).status).toBe(400);
    expect(await counted()).toEqual(expect.arrayContaining(['refused too large 1']));
  });

  it('are not taken where nobody follows them', async () => {
    const off = await startTestServer({ tracing: { enabled: false } });
    const answer = await fetch(`${off.otlpOrigin}/v1/logs/flows`, {
      method: 'POST',
      body: lines(flow('web', 'stock')),
    });
    await off.close();
    expect(answer.status).toBe(404);
    expect(await answer.json()).toMatchObject({ message: 'Flows are not followed here' });
  });
});
