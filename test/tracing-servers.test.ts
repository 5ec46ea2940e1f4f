import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startPostgres, type TestPostgres } from '../src/estate/store/testing/postgres.ts';
import { startTestServer, type TestServer, writeFolder } from './support/server.ts';
import { estate, eventually, ordinary, PAYMENTS, send, theft } from './support/small-shop.ts';

interface Incidents {
  readonly items: readonly {
    readonly id: string;
    readonly state: string;
    readonly path: readonly string[];
    readonly lastTime: string;
  }[];
}

let postgres: TestPostgres;
let folder: ReturnType<typeof writeFolder>;
let scratch: string;
let one: TestServer;
let other: TestServer;

beforeAll(async () => {
  postgres = await startPostgres();
  folder = writeFolder(estate);
  scratch = mkdtempSync(join(tmpdir(), 'reeve-two-servers-'));
  const urlFile = join(scratch, 'url');
  writeFileSync(urlFile, await postgres.createDatabase(), { mode: 0o600 });
  const config = {
    folders: [{ path: folder.path, name: 'estate' }],
    store: {
      ...{ kind: 'postgres' as const, urlFile, poolSize: 4, connectSeconds: 2 },
      ...{ statementSeconds: 10, retrySeconds: 0, tls: { mode: 'auto' as const } },
    },
  };
  const [data, otherData] = [join(scratch, 'one'), join(scratch, 'other')];
  one = await startTestServer({ ...config, data });
  shareKeys(data, otherData);
  other = await startTestServer({ ...config, data: otherData });
  await one.settle();
});
afterAll(async () => {
  await one?.close();
  await other?.close();
  await postgres?.close();
  folder?.remove();
  if (scratch) rmSync(scratch, { recursive: true, force: true });
});

/** Servers that share a store share what opens it. */
function shareKeys(from: string, to: string): void {
  mkdirSync(to, { mode: 0o700 });
  const keys = readdirSync(from).filter((name) => name.endsWith('.key'));
  for (const name of keys) cpSync(join(from, name), join(to, name));
}

const listed = async (server: TestServer): Promise<Incidents['items']> =>
  (await server.get<Incidents>('/api/v1/incidents')).items;

async function judge(server: TestServer, path: string, body: object): Promise<void> {
  const answer = await server.ask(`/api/v1/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect(answer.ok).toBe(true);
}

describe('two servers on one store', { timeout: 60_000 }, () => {
  it('show the same incidents as soon as either has them', async () => {
    await send(one.otlpOrigin, ordinary(Date.now()));
    await eventually(
      () => one.get<{ edgeCount: number }>('/api/v1/graph'),
      ({ edgeCount }) => edgeCount >= 2,
    );
    await send(one.otlpOrigin, theft(Date.now()));
    const [incident] = await eventually(
      () => listed(one),
      (items) => items.some(({ path }) => path.includes(PAYMENTS)),
    );
    expect(await listed(other)).toEqual(await listed(one));
    const id = incident?.id ?? '';
    expect(await other.get(`/api/v1/incidents/${id}`)).toMatchObject({ id, state: 'open' });
  });

  it('show what people have said at once, whichever of them they said it to', async () => {
    const [{ id } = { id: '' }] = await listed(other);
    await judge(other, `incidents/${id}/acknowledge`, { reason: '' });
    expect(await listed(one)).toMatchObject([{ state: 'acknowledged' }]);
    await judge(one, `incidents/${id}/feedback`, { verdict: 'expected', reason: 'a drill' });
    expect(await listed(other)).toMatchObject([{ state: 'expected' }]);
    await judge(other, `incident-feedback/${id}/take-back`, { reason: 'it was none' });
    expect(await listed(one)).toMatchObject([{ state: 'open' }]);
  });
});
