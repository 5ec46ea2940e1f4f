import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { request as requestHttps } from 'node:https';
import { type AddressInfo, createServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { createMtlsFetch, type MtlsFetch, X509Source } from '@reeve/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../src/base/testing/free-port.ts';
import type { Call, Finding } from '../../src/estate/index.ts';
import { type ShopUnderTest, startShopUnderTest } from '../../test/support/shop.ts';
import { runShop } from './run.ts';
import { visit } from './traffic.ts';

const idOf = (name: string): string => `spiffe://reeve.local/ns/shop/sa/${name}`;
const SERVER = 2;
/** Who calls what, but for legacy-billing and the front. */
const CALLS = [
  ['inventory', 'orders', 'GET /internal/export'],
  ['orders', 'inventory', 'POST /reservations'],
  ['orders', 'payments', 'POST /charges'],
  ['reviews', 'orders', 'GET /v1/orders/:id'],
  ['web', 'inventory', 'GET /stock/:sku'],
  ['web', 'orders', 'GET /orders/:id'],
  ['web', 'orders', 'POST /orders'],
  ['web', 'reviews', 'GET /products/:sku/reviews'],
  ['web', 'reviews', 'POST /products/:sku/reviews'],
];
const PLAIN = ['payments', 'legacy-billing', 'POST /invoices'];

describe.runIf(process.platform === 'linux')('the shop', () => {
  let estate: ShopUnderTest;
  let source: X509Source;
  let fetches: MtlsFetch[];
  beforeAll(async () => {
    estate = await startShopUnderTest();
    await estate.register('stranger', [`unix:path:${process.execPath}`]);
    const address = estate.server.workloadApiAddress;
    source = new X509Source({ ...(address !== undefined && { address }) });
    await source.ready();
    fetches = [];
  });
  afterAll(async () => {
    for (const { agent } of fetches) agent.destroy();
    source?.close();
    await estate?.stop();
  });

  /** A call of a workload of the trust domain that is none of the shop's services. */
  function ask(url: string, init: RequestInit, accept: string): Promise<Response> {
    const fetchOver = createMtlsFetch({ source, accept });
    fetches.push(fetchOver);
    return fetchOver(url, init);
  }
  const urlOf = (name: string): string => estate.shop.urls.get(name) ?? '';

  it('serves a customer, and traces the visit through all of its services', async () => {
    await visit(estate.shop.webUrl, 1);
    await expect
      .poll(() => new Set(estate.spans.map(({ service }) => service)))
      .toEqual(new Set(['web', 'orders', 'payments', 'inventory', 'reviews', 'legacy-billing']));
    await expect.poll(() => longestTrace(estate)).toBeGreaterThanOrEqual(5);
    expect(estate.turnedAway()).toBe(1);
  });

  it('answers no order that it does not know', async () => {
    const response = await fetch(`${estate.shop.webUrl}/orders/unknown`);
    expect(response.status).toBe(500);
  });

  it('makes every call over mutual TLS but one, and each is made by whom it should be', async () => {
    const seen = (): string[] =>
      estate.spans
        .filter(({ kind, service }) => kind === SERVER && service !== 'web')
        .map(({ service, attributes }) => {
          const operation = `${attributes['http.request.method']} ${attributes['http.route']}`;
          return `${attributes['reeve.mtls.peer']} -> ${service} ${operation}`;
        });
    const wanted = CALLS.map(([from = '', to, what]) => `${idOf(from)} -> ${to} ${what}`);
    const [, to, what] = PLAIN;
    await expect
      .poll(() => new Set(seen()))
      .toEqual(new Set([...wanted, `undefined -> ${to} ${what}`]));
  });

  it('is known to Reeve: who called is proved, and the call that proves nothing is named', async () => {
    const callsOf = async (): Promise<readonly Call[]> =>
      (await estate.server.get<{ items: Call[] }>('/api/v1/calls?limit=1000')).items;
    const proved = CALLS.map(([from, to]) => `${from} ${to}`).sort();
    await expect
      .poll(async () =>
        (await callsOf())
          .filter(({ evidence }) => evidence.startsWith('the caller proved itself by mTLS'))
          .map(({ from, to }) => `${from.split('/').at(-1)} ${to.split('/').at(-1)}`)
          .sort(),
      )
      .toEqual(proved);
    const others = (await callsOf()).filter(({ authentication }) => authentication !== 'mtls');
    expect(others).toMatchObject([
      { from: 'test/shop/payments', to: 'test/shop/legacy-billing', authentication: 'none' },
    ]);
    const { items } = await estate.server.get<{ items: Finding[] }>(
      '/api/v1/findings?control=identity/call-unauthenticated&limit=10',
    );
    expect(items).toHaveLength(1);
    expect(items[0]?.message).toContain('payments calls POST /invoices of legacy-billing');
  });

  it.each(['orders', 'payments', 'inventory', 'reviews'])(
    '%s hears nobody who does not prove to be a workload',
    async (name) => {
      const url = urlOf(name);
      expect(url).toMatch(/^https:/);
      await expect(fetch(`${url.replace('https:', 'http:')}/healthz`)).rejects.toThrow();
      const request = requestHttps(`${url}/healthz`, { rejectUnauthorized: false });
      request.end();
      const [error] = await once(request, 'error');
      expect(error).toBeInstanceOf(Error);
    },
  );

  it('lets a workload that is proved do no more than it is let', async () => {
    const accept = idOf('orders');
    const health = await ask(`${urlOf('orders')}/healthz`, {}, accept);
    expect(health.status).toBe(200);
    const refused = await ask(`${urlOf('orders')}/internal/export`, {}, accept);
    expect(refused.status).toBe(403);
    expect(await refused.json()).toMatchObject({
      detail: `No service is known by the identity \`${idOf('stranger')}\`.`,
    });
  });

  it('is not mistaken for another service of its own', async () => {
    const asked = ask(`${urlOf('payments')}/healthz`, {}, idOf('orders'));
    await expect(asked).rejects.toMatchObject({ cause: { code: 'mtls/not-accepted' } });
  });

  it('ends with all of its processes', async () => {
    await estate.shop.stop();
    await expect(fetch(estate.shop.webUrl)).rejects.toThrow();
    for (const pid of estate.shop.pids.values()) expect(() => process.kill(pid, 0)).toThrow();
  });
});

describe('the shop without identities', () => {
  it('serves customers in plain text, as behind a mesh', async () => {
    const otlpEndpoint = `http://127.0.0.1:${await freePort()}`;
    const shop = await runShop({ otlpEndpoint, environment: 'test', freePort });
    try {
      await visit(shop.webUrl, 1);
      for (const url of shop.urls.values()) expect(url).toMatch(/^http:/);
    } finally {
      await shop.stop();
    }
  });

  it('says which port is taken where a service cannot listen, and leaves none of them behind', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port: taken } = other.address() as AddressInfo;
    const given: number[] = [];
    // the second of them is payments
    const choose = async () => {
      const port = given.length === 1 ? taken : await freePort();
      given.push(port);
      return port;
    };
    const otlpEndpoint = `http://127.0.0.1:${await freePort()}`;
    const starting = runShop({ otlpEndpoint, environment: 'test', freePort: choose });
    await expect(starting).rejects.toThrow(
      `payments of the shop cannot serve: 127.0.0.1:${taken} is taken by another program; start it again`,
    );
    for (const port of given.filter((one) => one !== taken)) {
      await expect(fetch(`http://127.0.0.1:${port}/healthz`)).rejects.toThrow();
    }
    other.close();
  });
});

describe('a service of the shop by itself', () => {
  it('says what to do where its port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const words = [
      '--disable-warning=ExperimentalWarning',
      `${import.meta.dirname}/orders/server.ts`,
    ];
    const env = { ...process.env, PORT: String(port), MTLS: 'mesh' };
    const child = spawn(process.execPath, words, { env, stdio: ['ignore', 'ignore', 'pipe'] });
    const [said, [status]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
    expect(said).toBe(
      `127.0.0.1:${port} is taken by another program: set HOST and PORT to where this service may listen\n`,
    );
    expect(status).toBe(1);
    other.close();
  });
});

/** Server spans of the trace that has most of them: the checkout reaches five services. */
function longestTrace({ spans }: ShopUnderTest): number {
  const counts = new Map<string, number>();
  for (const { kind, traceId } of spans) {
    if (kind === SERVER) counts.set(traceId, (counts.get(traceId) ?? 0) + 1);
  }
  return Math.max(0, ...counts.values());
}
