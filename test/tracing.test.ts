import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectDone, runReeve } from '../src/cli/testing/run.ts';
import type { ResourceFields } from '../src/sources/otlp/testing/encode.ts';
import type { GraphEdge } from '../src/tracing/index.ts';
import type { GraphColumns } from '../src/tracing/schemas/index.ts';
import { startTestServer, type TestServer, writeFolder } from './support/server.ts';
import {
  estate,
  hex,
  MAIL,
  ORDERS,
  ordinary,
  PAYMENTS,
  post as postTo,
  spansOf,
  type Told,
  theft,
  eventually as until,
  WEB,
} from './support/small-shop.ts';

let server: TestServer;
let folder: ReturnType<typeof writeFolder>;
let data: string;

const config = () => ({
  data,
  folders: [{ path: folder.path, name: 'estate' }],
  tracing: { snapshotSeconds: 5, names: { maxServices: 100 } },
});

const send = async (told: readonly Told[]): Promise<void> => post(told.flatMap(spansOf));

async function post(resources: readonly ResourceFields[]): Promise<void> {
  expect(await postTo(server.otlpOrigin, resources)).toBe(200);
}

const eventually = <Answer>(path: string, isSo: (answer: Answer) => boolean): Promise<Answer> =>
  until(() => server.get<Answer>(path), isSo);

/** What a command prints, with the token of the data folder. */
async function reeve(...args: string[]): Promise<string> {
  const ended = await runReeve([...args, '--server', server.origin, '--data', data], '');
  return expectDone(ended).stdout;
}

interface Standing {
  readonly status: {
    readonly services: number;
    readonly losses: readonly { readonly reason: string; readonly count: number }[];
  };
}

async function act(path: string, body: object): Promise<unknown> {
  const answer = await server.ask(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect(answer.status).toBe(200);
  return answer.json();
}

interface Graph {
  readonly edges: readonly GraphEdge[];
  readonly services: readonly { id: string; maturity: number }[];
  readonly edgeCount: number;
}

beforeAll(async () => {
  folder = writeFolder(estate);
  data = mkdtempSync(join(tmpdir(), 'reeve-tracing-'));
  server = await startTestServer(config());
  await server.settle();
});
afterAll(async () => {
  await server?.close();
  folder?.remove();
  if (data) rmSync(data, { recursive: true, force: true });
});

describe('traces that come in', { timeout: 30_000 }, () => {
  it('are a call graph, by the names of the estate', async () => {
    await send(ordinary(Date.now()));
    const graph = await eventually<Graph>('/api/v1/graph', ({ edges }) => edges.length >= 2);
    expect(graph.edges.map(({ from, to }) => `${from} ${to}`).sort()).toEqual([
      `${ORDERS} ${MAIL}`,
      `${WEB} ${ORDERS}`,
    ]);
    const { services, edges } = await server.get<GraphColumns>('/api/v1/graph/columns');
    expect(
      edges.from.map((from, row) => [services.id[from], services.id[edges.to[row] ?? -1]]),
    ).toEqual(graph.edges.map(({ from, to }) => [from, to]));
    const edge = await server.get<GraphEdge>(`/api/v1/graph/edge?from=${WEB}&to=${ORDERS}`);
    expect(edge.endpoints.map(({ template }) => template)).toEqual(['/orders/{orderId}']);
    expect(edge.traceIds.length).toBeGreaterThan(0);
    const near = await server.get<Graph>(`/api/v1/graph?service=${encodeURIComponent(WEB)}`);
    expect(near.edges).toHaveLength(1);
  });

  it('make an incident of a lateral movement, with each hop named, within seconds', async () => {
    const trace = 900_000;
    await send(theft(Date.now(), trace));
    const { items } = await eventually<{ items: { id: string; path: string[] }[] }>(
      '/api/v1/incidents',
      ({ items: found }) => found.some(({ path }) => path.includes(PAYMENTS)),
    );
    expect(items).toHaveLength(1);
    expect(items[0]?.path).toEqual(expect.arrayContaining([MAIL, PAYMENTS]));
    const id = items[0]?.id ?? '';
    const incident = await server.get<{ hops: { from: string; to: string }[]; proposed: object[] }>(
      `/api/v1/incidents/${id}`,
    );
    expect(incident.hops.map(({ from, to }) => `${from} ${to}`)).toContain(`${MAIL} ${PAYMENTS}`);
    const waterfall = await server.get<{ rows: { from: string; to: string }[] }>(
      `/api/v1/traces/${hex(trace + 1, 32)}`,
    );
    expect(waterfall.rows).toHaveLength(3);
    const taken = await act(`/api/v1/incidents/${id}/acknowledge`, { reason: '' });
    expect(taken).toMatchObject({ state: 'acknowledged' });
    const judged = await act(`/api/v1/incidents/${id}/feedback`, {
      ...{ verdict: 'malicious', reason: 'nobody of ours did that' },
    });
    expect(judged).toMatchObject({ state: 'malicious' });
    const { items: log } = await server.get<{ items: { action: string }[] }>('/api/v1/audit');
    expect(log.map(({ action }) => action)).toEqual(
      expect.arrayContaining(['incident.open', 'incident.acknowledge', 'incident.condemn']),
    );
  });

  it('are what the command line tells', async () => {
    const { items } = await server.get<{ items: { id: string; traceIds: string[] }[] }>(
      '/api/v1/incidents',
    );
    const id = items[0]?.id ?? '';
    expect(await reeve('incidents', '--state', 'malicious')).toContain(id);
    expect(await reeve('incidents', 'show', id)).toContain(`${MAIL} -> ${PAYMENTS}`);
    expect(await reeve('incidents', 'learnt')).toMatch(new RegExp(`^${id} +malicious`, 'm'));
    expect(await reeve('edges', '--service', ORDERS)).toMatch(
      /^test\/shop\/web +test\/shop\/orders /m,
    );
    expect(await reeve('edges', 'show', WEB, ORDERS)).toMatch(/^GET \/orders\/\{\w+\} /m);
    expect(await reeve('baseline', ORDERS)).toMatch(/^calls +test\/shop\/mail \(usual, /m);
    const trace = items[0]?.traceIds[0] ?? '';
    expect(await reeve('traces', trace)).toMatch(/payments GET \//);
  });

  it('say what was refused of them: forged contexts, and parents that are no parents', async () => {
    const traceId = hex(77, 32);
    const spanId = hex(99_999_999, 16);
    const resource = { 'service.name': 'web', 'service.namespace': 'shop' };
    const forged = { traceId, spanId, parentSpanId: spanId, kind: 2, startMs: Date.now() };
    await post([{ resource, spans: [forged, forged] }]);
    const reasons = ({ status }: Standing) => status.losses.map(({ reason }) => reason);
    const standing = await eventually<Standing>('/api/v1/tracing', (one) =>
      reasons(one).includes('own-parent'),
    );
    expect(reasons(standing)).toEqual(expect.arrayContaining(['own-parent', 'duplicate']));
    const metrics = await (await server.ask('/metrics')).text();
    expect(metrics).toContain('reeve_tracing_losses_total{stage="pairing",reason="own-parent"} 1');
  });

  it('of many services that are seen once are counted within bounds', async () => {
    const flood = Array.from({ length: 2_000 }, (_, index) => ({
      resource: { 'service.name': `forged-${index}` },
      spans: [
        {
          traceId: hex(index + 500_000, 32),
          spanId: hex(index + 1, 16),
          kind: 2,
          startMs: Date.now(),
        },
      ],
    }));
    await post(flood);
    const standing = await eventually<Standing>('/api/v1/tracing', ({ status }) =>
      status.losses.some(({ reason }) => reason === 'too many services'),
    );
    expect(standing.status.services).toBeLessThanOrEqual(100);
  });

  it('leave what was learnt to the server that comes after', async () => {
    const before = await server.get<Graph>('/api/v1/graph');
    await server.close();
    server = await startTestServer(config());
    const after = await eventually<Graph>('/api/v1/graph', ({ edges }) => edges.length > 0);
    expect(after.edgeCount).toBe(before.edgeCount);
    const baseline = await server.get<{ days: number }>(
      `/api/v1/services/${encodeURIComponent(ORDERS)}/baseline`,
    );
    expect(baseline.days).toBeGreaterThan(7);
    const { items } = await server.get<{ items: object[] }>('/api/v1/incidents');
    expect(items).toHaveLength(1);
  });
});
