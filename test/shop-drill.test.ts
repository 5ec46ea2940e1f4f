import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  actOn,
  awaitIncident,
  type Incident,
  openIncidents,
} from '../examples/shop/drill/incidents.ts';
import { playDrill, type Step } from '../examples/shop/drill/play.ts';
import { visit } from '../examples/shop/traffic.ts';
import { type ShopUnderTest, startShopUnderTest } from './support/shop.ts';

/** What a decision of a person may take until it is obeyed. */
const LIVE_MS = 2_000;
const SEEN_WITHIN_MS = 30_000;
/** Spans are sent, told and judged by then. */
const QUIET_MS = 6_000;
const CUSTOMERS = 8;
const ID = (name: string): string => `test/shop/${name}`;

describe.runIf(process.platform === 'linux')(
  'a drill on a running shop that Reeve hardly knows',
  () => {
    let shop: ShopUnderTest;
    let reeve: { readonly origin: string; readonly tokenFile: string };
    let steps: readonly Step[];
    let incident: Incident;
    let afterMs: number;

    beforeAll(async () => {
      shop = await startShopUnderTest();
      reeve = { origin: shop.server.origin, tokenFile: shop.server.adminTokenFile };
    });
    afterAll(() => shop?.stop());

    const customers = async (): Promise<void> => {
      for (let number = 0; number < CUSTOMERS; number++) await visit(shop.shop.webUrl, number);
    };

    it('begins in quiet: what customers do raises no alert from the first second on', async () => {
      await customers();
      await sleep(QUIET_MS);
      expect(await openIncidents(reeve)).toEqual([]);
      const { status } = await shop.server.get<{ status: { hops: number } }>('/api/v1/tracing');
      expect(status.hops).toBeGreaterThan(CUSTOMERS * 5);
    });

    it('gets from the front to payment data', async () => {
      const since = Date.now();
      steps = await playDrill(shop.shop.webUrl);
      expect(steps.map(({ name, status }) => [name, status])).toEqual([
        ['entry', 200],
        ['escalation', 200],
        ['detour', 500],
        ['impact', 200],
      ]);
      const ended = performance.now();
      const found = await awaitIncident(
        reeve,
        ['web', 'reviews', 'orders', 'legacy-billing'],
        since,
        SEEN_WITHIN_MS,
      );
      afterMs = performance.now() - ended;
      if (!found) throw new Error('there is no incident');
      incident = found;
      console.info(`the incident was whole ${(afterMs / 1_000).toFixed(1)} s after the drill`);
    });

    it('is one incident, with each hop of it in order', async () => {
      expect(await openIncidents(reeve)).toHaveLength(1);
      const front = `* ${ID('web')} GET /debug/fetch`;
      const told = incident.hops.map(({ from, to, operation }) => `${from} ${to} ${operation}`);
      expect(told).toEqual([
        front,
        front,
        `${ID('web')} ${ID('reviews')} GET /internal/settings`,
        front,
        `${ID('web')} ${ID('orders')} GET /internal/export`,
        front,
        `${ID('web')} ${ID('legacy-billing')} GET /invoices`,
      ]);
      expect(incident.hops.map(({ outcome }) => outcome)).toEqual([
        ...['ok', 'ok', 'ok', 'failed', 'denied', 'ok', 'ok'],
      ]);
      expect(incident.summary).toMatchObject({
        severity: 'critical',
        path: [ID('web'), ID('reviews'), ID('orders'), ID('legacy-billing')],
      });
      expect(incident.reached.data).toEqual(['credentials', 'pci']);
      expect(incident.reached.credentials.map(({ name }) => name)).toContain('BILLING_TOKEN');
    });

    it('has fixes for each of the faults that it went by, with file and line', () => {
      const places = incident.fixes.map(({ what, file, line }) => [what, `${file}:${line}`]);
      for (const [what, place] of [
        [/`GET \/debug\/fetch`/, /^web\/server.ts:\d+$/],
        [/^Enforce the policy of test\/shop\/reviews/, /^reviews\/reeve.yaml:\d+$/],
        [/^Name the callers and the operations/, /^reviews\/k8s.yaml:\d+$/],
        [/`BILLING_TOKEN`/, /^reviews\/k8s.yaml:\d+$/],
        [/mTLS|exception/, /^legacy-billing\/k8s.yaml:\d+$/],
      ]) {
        expect(places).toContainEqual([
          expect.stringMatching(what as RegExp),
          expect.stringMatching(place as RegExp),
        ]);
      }
      const harmless = incident.proposed.filter(({ isHarmless }) => isHarmless);
      expect(harmless.map(({ what }) => what).join('\n')).toMatch(/Block `GET \/debug\/fetch`/);
      expect(harmless.map(({ what }) => what).join('\n')).not.toMatch(
        /healthz|\/products|\/orders/,
      );
    });

    it('stops at its first hop once what is proposed was done, and customers go on', async () => {
      const done = await actOn(reeve, incident, 'the drill went this way');
      expect(done.length).toBeGreaterThanOrEqual(3);
      await expect
        .poll(async () => (await playDrill(shop.shop.webUrl)).length, { timeout: LIVE_MS })
        .toBe(1);
      const [step, ...others] = await playDrill(shop.shop.webUrl);
      expect(others).toEqual([]);
      expect(step).toMatchObject({ status: 403, outcome: expect.stringContaining('is blocked') });
      await customers();
      await sleep(QUIET_MS);
      const open = await openIncidents(reeve);
      expect(open.map(({ id }) => id)).toEqual([incident.summary.id]);
    });
  },
);
