import type { Server } from 'node:https';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  grantOf,
  identityOf,
  MAIL,
  ORDERS,
  SHOP,
  WEB,
} from '../../../../src/authorization/enforcement/feed/testing/policies.ts';
import { Engine } from '../../../../src/authorization/engine/index.ts';
import { CedarJudge } from '../../../../src/authorization/guardrails/judge/index.ts';
import type { Policy } from '../../../../src/authorization/model/index.ts';
import { TestWorkloadApi } from '../../../../test/support/sdk-workload-api.ts';
import { requireCaller } from '../../middleware/index.ts';
import { createMtlsFetch, createMtlsServer, type MtlsFetch } from '../../mtls/index.ts';
import { X509Source } from '../../source/index.ts';
import { listen } from '../../testing/requests.ts';
import { type ReevePolicy, reevePolicy } from './reeve-policy.ts';

/** What a change may take to be obeyed. */
const LIVE_MS = 2_000;

let api: TestWorkloadApi;
let server: Server;
let policy: ReevePolicy;
let url: string;
const sources: X509Source[] = [];
const fetches = new Map<string, MtlsFetch>();

async function sourceOf(service: string): Promise<X509Source> {
  const spiffeId = identityOf(service);
  const pick = (svids: readonly X509Source['svid'][]) =>
    svids.find((svid) => svid.spiffeId === spiffeId);
  const source = new X509Source({ address: api.address, pick });
  sources.push(source);
  await source.ready(AbortSignal.timeout(10_000));
  return source;
}

beforeAll(async () => {
  api = await TestWorkloadApi.serve(...[ORDERS, WEB, MAIL].map(identityOf));
  api.policy.replace(SHOP);
  policy = reevePolicy({ address: api.address, service: ORDERS });
  const listener = requireCaller({ authorize: policy }, (request, response) => {
    response.end(`${request.method} ${request.url}`);
  });
  server = createMtlsServer({ source: await sourceOf(ORDERS) }, listener);
  url = `https://127.0.0.1:${await listen(server)}`;
  for (const service of [WEB, MAIL]) {
    const accept = identityOf(ORDERS);
    fetches.set(service, createMtlsFetch({ source: await sourceOf(service), accept }));
  }
});
afterAll(async () => {
  policy?.source.close();
  for (const { agent } of fetches.values()) agent.destroy();
  for (const source of sources) source.close();
  server?.close();
  await api?.close();
});

/** The status, and what a caller is told of a refusal. */
async function call(from: string, method: string, path: string) {
  const fetch = fetches.get(from) as MtlsFetch; // of each caller there is one
  const response = await fetch(`${url}${path}`, { method });
  const text = await response.text();
  if (response.ok) return { status: response.status, detail: text };
  const { detail, code } = JSON.parse(text);
  return { status: response.status, detail, code };
}

/** What the server answers to who asks it, as an Envoy does. */
const refusalOf = (known: Policy, from: string, method: string, path: string) => ({
  status: 403,
  code: 'caller/forbidden',
  detail: new Engine(known, new CedarJudge([])).decide({
    ...{ caller: identityOf(from), proof: 'mtls', service: ORDERS, protocol: 'http' },
    ...{ method, path },
  }).message,
});

describe('between two services', () => {
  it('a declared call goes through', async () => {
    const ok = { status: 200, detail: 'GET /orders/7' };
    expect(await call(WEB, 'GET', '/orders/7')).toEqual(ok);
  });

  it.each([
    [MAIL, 'GET', '/orders/7'],
    [WEB, 'DELETE', '/orders/7'],
    [WEB, 'GET', '/orders/7;a=b'],
    [WEB, 'GET', '/orders//7'],
  ])(
    'an undeclared one is refused, with the sentence of the engine: %s %s %s',
    async (...asked) => {
      expect(await call(...asked)).toEqual(refusalOf(SHOP, ...asked));
    },
  );

  it('a declaration that is added or taken back is obeyed by a server that runs', async () => {
    const until = (wanted: object) =>
      vi.waitFor(async () => expect(await call(MAIL, 'GET', '/orders/7')).toEqual(wanted), {
        timeout: LIVE_MS,
        interval: 10,
      });
    const wider = { ...SHOP, grants: [...SHOP.grants, grantOf(MAIL, ORDERS, 'GET /orders/{id}')] };
    api.policy.replace(wider);
    await until({ status: 200, detail: 'GET /orders/7' });
    api.policy.replace(SHOP);
    await until(refusalOf(SHOP, MAIL, 'GET', '/orders/7'));
  });

  it('decisions go on when whatever told the policy is killed', async () => {
    const lost = new Promise((resolve) => policy.source.once('warning', resolve));
    await api.stop();
    await lost;
    expect(await call(WEB, 'GET', '/orders/7')).toMatchObject({ status: 200 });
    expect(await call(MAIL, 'GET', '/orders/7')).toMatchObject({ status: 403 });
    await api.start();
  });
});
