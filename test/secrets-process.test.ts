import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../src/base/testing/free-port.ts';
import { ServerProcess } from './support/process.ts';

const SERVICE = 'test/shop/orders';

/** What is compared of a secret. */
interface Shown {
  readonly run: { readonly step: string; readonly token: string; readonly failures: number } | null;
  readonly labels: object;
  readonly versions: readonly { readonly number: number }[];
}

let server: ServerProcess;
beforeAll(async () => {
  server = await ServerProcess.create();
  await server.start();
});
afterAll(async () => {
  await server.kill();
  server.remove();
});

async function ask<Answer>(path: string, body?: object): Promise<Answer> {
  const token = readFileSync(join(server.folder, 'data', 'admin.token'), 'utf8').trim();
  const response = await fetch(`${server.origin}/api/v1/${path}`, {
    method: body ? 'POST' : 'GET',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify({ reason: 'a test', ...body }) }),
  });
  expect(response.ok, await response.clone().text()).toBe(true);
  return (await response.json()) as Answer;
}
const at = (name: string) => `secrets/${encodeURIComponent(`${SERVICE}/${name}`)}`;

describe('a server that is killed', () => {
  it('goes on with the rotation that was under way, with the value that it had made', async () => {
    const admin = { username: 'admin', password: randomBytes(12).toString('hex') };
    const about = { service: SERVICE, isNewService: true, kind: 'postgres' };
    await ask('secrets', { ...about, name: 'admin', value: admin });
    // nothing listens there: the value is made, and set again and again
    const accounts = { strategy: 'single', user: 'orders' };
    const config = { host: '127.0.0.1', port: await freePort(), database: 'orders', accounts };
    const plan = { rotator: 'postgres', admin: `${SERVICE}/admin`, everySeconds: 86_400, config };
    await ask('secrets', { ...about, name: 'orders-db', plan });
    const show = () => ask<Shown>(at('orders-db'));
    await expect
      .poll(async () => (await show()).run?.failures, { timeout: 30_000 })
      .toBeGreaterThan(0);
    const before = await show();
    expect(before).toMatchObject({ run: { step: 'set' }, labels: { pending: 1 } });
    await server.kill();
    await server.start();
    await expect
      .poll(async () => (await show()).run?.failures, { timeout: 60_000 })
      .toBeGreaterThan(before.run?.failures ?? 0);
    const after = await show();
    expect(after).toMatchObject({ run: { step: 'set', token: before.run?.token } });
    expect(after.versions.map(({ number }) => number)).toEqual([1]);
    const { value } = await ask<{ value: object }>(`${at('admin')}/value`, {});
    expect(value).toEqual(admin);
    expect(await ask('vault')).toMatchObject({ state: 'unsealed', kind: 'file' });
    for (const file of readdirSync(join(server.folder, 'data'))) {
      const path = join(server.folder, 'data', file);
      if (statSync(path).isFile())
        expect(readFileSync(path, 'latin1')).not.toContain(admin.password);
    }
  });
});
