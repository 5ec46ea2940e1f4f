import { X509Certificate } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { createMtlsFetch, X509Source } from '@reeve/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { visit } from '../examples/shop/traffic.ts';
import { type ShopUnderTest, startShopUnderTest } from './support/shop.ts';

interface Authority {
  readonly id: string;
  readonly kind: string;
  readonly status: string;
  readonly isRoot: boolean | null;
}

const VISITORS = 4;
const WITHIN = { timeout: 60_000, interval: 100 };

describe.runIf(process.platform === 'linux')('the running shop', () => {
  let estate: ShopUnderTest;
  beforeAll(async () => {
    estate = await startShopUnderTest();
  });
  afterAll(() => estate?.stop());

  async function authorities(): Promise<readonly Authority[]> {
    const path = '/api/v1/identity/authorities';
    const { items } = await estate.server.get<{ items: Authority[] }>(path);
    return items.filter(({ kind }) => kind === 'x509');
  }

  const active = async (): Promise<string | undefined> =>
    (await authorities()).find(({ status }) => status === 'active')?.id;

  async function command(authority: string, what: 'rotate' | 'taint'): Promise<void> {
    const answer = await estate.server.ask(`/api/v1/identity/authorities/${authority}/${what}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ reason: 'the test says so' }),
    });
    expect(answer.status).toBe(202);
  }

  /** Visits without a pause until it is stopped, by several customers. */
  function visiting(): () => Promise<{ readonly visits: number; readonly failures: unknown[] }> {
    let isGoing = true;
    let visits = 0;
    const failures: unknown[] = [];
    const visitors = Array.from({ length: VISITORS }, async () => {
      while (isGoing) {
        await visit(estate.shop.webUrl, visits++).catch((thrown: unknown) => {
          failures.push(thrown);
        });
      }
    });
    return async () => {
      isGoing = false;
      await Promise.all(visitors);
      return { visits, failures };
    };
  }

  it('loses no call while its authority is replaced, root included, and replaced again', async () => {
    await estate.register('witness', [`unix:path:${process.execPath}`]);
    const address = estate.server.workloadApiAddress ?? '';
    await using source = new X509Source({ address });
    await source.ready();
    const roots = (): readonly string[] =>
      (source.bundles.get('reeve.local') ?? []).map(
        (der) => new X509Certificate(der).fingerprint256,
      );
    const stopVisiting = visiting();
    const first = roots();
    const given = new Set([await active()]);
    for (let turn = 0; turn < 2; turn++) {
      const old = (await active()) ?? '';
      await command('x509', 'rotate');
      await expect.poll(active, WITHIN).not.toBe(old);
      given.add(await active());
      await command(old, 'taint');
      await expect
        .poll(async () => (await authorities()).map(({ id }) => id), WITHIN)
        .not.toContain(old);
    }
    await sleep(1_000);
    const { visits, failures } = await stopVisiting();
    expect(failures).toEqual([]);
    expect(visits).toBeGreaterThan(20);
    expect(given.size).toBe(3);
    // What is trusted now is a root that nobody knew at the start.
    await expect.poll(() => roots().some((root) => first.includes(root)), WITHIN).toBe(false);
    expect(await authorities()).toMatchObject([{ status: 'active', isRoot: true }]);
    // Each service has an SVID that the root of now has signed: the witness trusts no other.
    for (const name of ['orders', 'payments', 'inventory', 'reviews']) {
      const accept = `spiffe://reeve.local/ns/shop/sa/${name}`;
      const ask = createMtlsFetch({ source, accept });
      const answer = await ask(`${estate.shop.urls.get(name)}/healthz`);
      expect(answer.status).toBe(200);
      ask.agent.destroy();
    }
    // The services' own calls, of which customers see nothing, went well, too.
    await estate.shop.stop();
    expect(estate.spans.filter(({ attributes }) => isFailed(attributes))).toEqual([]);
  });
});

function isFailed(attributes: Readonly<Record<string, string>>): boolean {
  return 'error.type' in attributes || Number(attributes['http.response.status_code']) >= 400;
}
