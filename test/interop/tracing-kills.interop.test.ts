import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ServerProcess } from '../support/process.ts';
import { BELIEVES_HISTORY } from '../support/server.ts';
import { eventually, ordinary, send, theft } from '../support/small-shop.ts';

const ROUNDS = 5;
const LONGEST_MS = 2_500;

interface Incidents {
  readonly items: readonly { readonly id: string; readonly path: readonly string[] }[];
}

describe('a server that is killed while it follows traces', () => {
  let server: ServerProcess;
  let data: string;
  beforeAll(async () => {
    server = await ServerProcess.create();
    const file = join(server.folder, 'reeve.config.yaml');
    const config = JSON.parse(readFileSync(file, 'utf8'));
    writeFileSync(
      file,
      JSON.stringify({ ...config, tracing: { snapshotSeconds: 5, pairing: BELIEVES_HISTORY } }),
    );
    data = join(server.folder, 'data');
  });
  afterAll(async () => {
    await server.kill();
    server.remove();
  });

  async function get<Answer>(path: string): Promise<Answer> {
    const token = readFileSync(join(data, 'admin.token'), 'utf8').trim();
    const response = await fetch(`${server.origin}${path}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    return (await response.json()) as Answer;
  }
  const graph = () => get<{ edgeCount?: number }>('/api/v1/graph');

  /** Everyday requests, until somebody says that it is enough. */
  async function load(signal: AbortSignal): Promise<void> {
    for (let batch = 1; !signal.aborted; batch++) {
      const told = ordinary(Date.now()).slice(0, 100);
      await send(
        server.otlpOrigin,
        told.map((one) => ({ ...one, trace: one.trace + batch * 1_000_000 })),
      ).catch(() => undefined);
    }
  }

  it('starts again, with what it had told, whenever that was', async () => {
    await server.start();
    await send(server.otlpOrigin, ordinary(Date.now()));
    await eventually(graph, ({ edgeCount = 0 }) => edgeCount >= 2);
    await send(server.otlpOrigin, theft(Date.now()));
    const isTold = ({ items = [] }: Incidents) => items.length > 0;
    const { items: told } = await eventually(() => get<Incidents>('/api/v1/incidents'), isTold);
    expect(told).toHaveLength(1);
    // the first snapshot
    await eventually(async () => existsSync(join(data, 'tracing.snapshot')), Boolean);
    for (let round = 0; round < ROUNDS; round++) {
      const ended = new AbortController();
      const loading = load(ended.signal);
      await sleep(((round + 1) / ROUNDS) * LONGEST_MS);
      await server.kill();
      ended.abort();
      await loading;
      await server.start();
      const { items } = await get<Incidents>('/api/v1/incidents');
      expect(items.map(({ id }) => id)).toEqual(expect.arrayContaining(told.map(({ id }) => id)));
      const { edgeCount } = await eventually(graph, ({ edgeCount = 0 }) => edgeCount >= 2);
      expect(edgeCount).toBeGreaterThanOrEqual(2);
      expect(await get('/api/v1/traces?limit=1')).toMatchObject({ items: expect.anything() });
      for (const file of ['tracing.snapshot', 'traces.db']) {
        expect([file, existsSync(join(data, `${file}.broken`))]).toEqual([file, false]);
      }
    }
  }, 300_000);
});
