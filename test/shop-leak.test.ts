import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type RunningShop, runShop } from '../examples/shop/run.ts';
import { visit } from '../examples/shop/traffic.ts';
import { identitiesFor } from '../scripts/example.ts';
import { keepSecrets, secretsOf } from '../scripts/shop-secrets.ts';
import { createMtlsFetch, type MtlsFetch, X509Source } from '../sdk/src/index.ts';
import { freePort } from '../src/base/testing/free-port.ts';
import { spawnReeve } from '../src/cli/testing/run.ts';
import { SecretsConfig } from '../src/server/secrets/config.ts';
import { startTestServer, type TestServer } from './support/server.ts';

const ENVIRONMENT = 'test';
const FOLDER = fileURLToPath(new URL('../examples/shop', import.meta.url));
const KEY = `${ENVIRONMENT}/shop/orders/payments-api`;
const CUSTOMERS = 3;
const STARTS_WITHIN_MS = 120_000;

/** The shop with customers; this process is one more orders, which shows payments whatever key it likes. */
describe.runIf(process.platform === 'linux')('an API key of the shop that leaks', () => {
  const opened = new AsyncDisposableStack();
  let server: TestServer;
  let shop: RunningShop;
  let toPayments: MtlsFetch;

  beforeAll(async () => {
    server = await startTestServer({
      environment: ENVIRONMENT,
      folders: [{ path: FOLDER, name: 'shop' }],
      secrets: SecretsConfig.parse({ access: { enabled: true, port: 0 } }),
    });
    opened.defer(() => server.close());
    await server.settle();
    const identities = identitiesFor(server, dirname(server.dataFolder), ENVIRONMENT);
    const secrets = await keepSecrets(server, secretsOf(ENVIRONMENT));
    shop = await runShop({
      ...{ otlpEndpoint: server.otlpOrigin, environment: ENVIRONMENT, freePort },
      ...{ identities, secrets: secrets && { ...secrets, keysEveryMs: 200 } },
    });
    opened.defer(() => shop.stop());
    const selectors = [`unix:path:${process.execPath}`];
    await identities?.register({ service: 'orders', owner: 'team-orders', selectors });
    const source = new X509Source({ address: server.workloadApiAddress ?? '' });
    opened.defer(() => source.close());
    await source.ready();
    const accept = 'spiffe://reeve.local/ns/shop/sa/payments';
    toPayments = createMtlsFetch({ source, accept });
    opened.defer(() => toPayments.agent.destroy());
  }, STARTS_WITHIN_MS);
  afterAll(() => opened.disposeAsync(), STARTS_WITHIN_MS);

  async function valueNow(): Promise<string> {
    const answer = await server.ask(`/api/v1/secrets/${encodeURIComponent(KEY)}/value`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ reason: 'a drill' }),
    });
    return ((await answer.json()) as { value: { key: string } }).value.key;
  }

  /** What payments itself answers to who shows a key. */
  async function statusWith(key: string): Promise<number> {
    const answer = await toPayments(`${shop.urls.get('payments')}/charges`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': key },
      body: JSON.stringify({ orderId: 'drill', amountCents: 1 }),
    });
    await answer.body?.cancel();
    return answer.status;
  }

  function customers(): () => Promise<{ visits: number; failures: readonly string[] }> {
    const failures: string[] = [];
    let visits = 0;
    let isGoing = true;
    const all = Array.from({ length: CUSTOMERS }, async () => {
      while (isGoing)
        await visit(shop.webUrl, visits++).catch((thrown) => failures.push(`${thrown}`));
    });
    return async () => {
      isGoing = false;
      await Promise.all(all);
      return { visits, failures };
    };
  }

  it(
    'is refused by payments, and no customer sees anything of it',
    async () => {
      const stop = customers();
      const leaked = await valueNow();
      expect(await statusWith(leaked)).toBeLessThan(300);
      const started = performance.now();
      const since = () => ((performance.now() - started) / 1_000).toFixed(1);
      const args = ['secret', 'leaked', '--where', 'https://paste.example.org/1', '--server'];
      const reported = await spawnReeve([...args, server.origin], server.adminToken, leaked);
      expect(reported, reported.stderr).toMatchObject({ status: 0 });
      expect(reported.stdout).toContain('contained');
      const contained = since();
      await vi.waitUntil(async () => (await statusWith(leaked)) === 401, { timeout: 30_000 });
      console.info(`contained after ${contained} s, refused by payments after ${since()} s`);
      const next = await valueNow();
      expect(next).not.toBe(leaked);
      expect(await statusWith(next)).toBeLessThan(300);
      await sleep(500);
      const { visits, failures } = await stop();
      expect(failures).toEqual([]);
      expect(visits).toBeGreaterThan(5);
      expect(await statusWith(leaked)).toBe(401);
    },
    STARTS_WITHIN_MS,
  );
});
