import { realpathSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createMtlsFetch, memberOf, X509Source } from '../sdk/src/index.ts';
import { type ShopUnderTest, startShopUnderTest } from './support/shop.ts';

/** What a decision of a person may take until it is obeyed. */
const LIVE_MS = 2_000;

describe.runIf(process.platform === 'linux')('a running shop', () => {
  let shop: ShopUnderTest;
  let source: X509Source;
  let fetchAs: ReturnType<typeof createMtlsFetch>;
  beforeAll(async () => {
    shop = await startShopUnderTest();
    // this process is taken for web: a window of the shop that somebody has broken into
    await shop.register('web', [`unix:path:${realpathSync(process.execPath)}`]);
    source = new X509Source({ address: shop.server.workloadApiAddress ?? '' });
    await source.ready(AbortSignal.timeout(15_000));
    fetchAs = createMtlsFetch({
      source,
      accept: memberOf('reeve.local'),
    });
  });
  afterAll(async () => {
    source?.close();
    await shop?.stop();
  });

  async function ask(service: string, method: string, path: string) {
    const answer = await fetchAs(`${shop.shop.urls.get(service)}${path}`, {
      method,
      ...(method === 'POST' && {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ orderId: 'x', amountCents: 1 }),
      }),
    });
    return { status: answer.status, text: await answer.text() };
  }

  it('answers what is declared', async () => {
    expect(await ask('orders', 'GET', '/orders/none')).toMatchObject({ status: 404 });
    expect(await ask('inventory', 'GET', '/stock/tea')).toMatchObject({ status: 200 });
  });

  it.each([
    ['payments', 'POST', '/charges'],
    ['orders', 'GET', '/internal/export'],
    ['orders', 'GET', '/v1/orders/none'],
  ])('refuses %s %s %s, which is not declared, in the words of Reeve', async (to, method, path) => {
    const query = new URLSearchParams({ from: 'web', to, operation: `${method} ${path}` });
    const explained = await shop.server.get<{
      readonly decision: { readonly allowed: boolean; readonly message: string };
    }>(`/api/v1/policy/explain?${query}`);
    const { status, text } = await ask(to, method, path);
    expect([status, explained.decision.allowed]).toEqual([403, false]);
    expect(JSON.parse(text)).toMatchObject({ detail: explained.decision.message });
  });

  it('refuses a blocked endpoint to those who declare it, within two seconds', async () => {
    await shop.server.ask('/api/v1/endpoints/decisions', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        endpoints: ['test/shop/inventory http GET /stock/{sku}'],
        decision: { action: 'block' },
        reason: 'it is being tried out',
      }),
    });
    await vi.waitFor(
      async () => {
        const { status, text } = await ask('inventory', 'GET', '/stock/tea');
        expect([status, text]).toEqual([403, expect.stringContaining('is blocked')]);
      },
      { timeout: LIVE_MS, interval: 20 },
    );
  });
});
