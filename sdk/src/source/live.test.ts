import { mkdtempSync, rmSync } from 'node:fs';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { entryWith } from '../../../src/identity/registration/testing/entries.ts';
import {
  serveWorkloadApi,
  WorkloadApiConfig,
  type WorkloadApiServer,
} from '../../../src/identity/workload-api/index.ts';
import { Identities } from '../../../test/interop/support/identities.ts';
import { callerOf } from '../caller.ts';
import { createMtlsAgent, createMtlsServer } from '../mtls/index.ts';
import { ask, listen } from '../testing/requests.ts';
import { JwtSource, X509Source } from './index.ts';

const ORDERS = 'spiffe://example.org/ns/shop/sa/orders';
const PAYMENTS = 'spiffe://example.org/ns/shop/sa/payments';
const selectors = [`unix:uid:${process.getuid?.()}`];

let folder: string;
let identities: Identities;
let server: WorkloadApiServer;
let address: string;
const closers: (() => unknown)[] = [];

async function start(): Promise<void> {
  server = await serveWorkloadApi(identities, {
    path: join(folder, 'w.sock'),
    config: WorkloadApiConfig.parse({ waitSeconds: 1 }),
  });
  address = server.address;
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'reeve-sdk-'));
  identities = await Identities.make();
  await start();
});
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
  await server.close(0);
  identities.cache.close();
  rmSync(folder, { recursive: true, force: true });
});

function register(spiffeId: string, hint: string): string {
  const entry = entryWith({ spiffeId, selectors, hint, federatesWith: ['other.example'] });
  identities.entries.set(entry);
  identities.cache.entriesChanged();
  return entry.id;
}

function sourceOf(hint: string): X509Source {
  const pick = (svids: X509Source['svids']) => svids.find((svid) => svid.hint === hint);
  const source = new X509Source({ address, pick });
  closers.push(() => source.close());
  return source;
}

const updated = (source: X509Source) =>
  new Promise<void>((resolve) => source.once('updated', resolve));

describe('with the Workload API and real attestation', () => {
  it('a service calls another, and each has proved who it is', async () => {
    register(ORDERS, 'orders');
    register(PAYMENTS, 'payments');
    const [orders, payments] = [sourceOf('orders'), sourceOf('payments')];
    await Promise.all([orders.ready(), payments.ready()]);
    expect(orders.svid.spiffeId).toBe(ORDERS);
    expect(orders.svidByHint('payments')?.spiffeId).toBe(PAYMENTS);
    expect([...orders.bundles.keys()].sort()).toEqual(['example.org', 'other.example']);
    const https = createMtlsServer({ source: payments }, (request, response) =>
      response.end(callerOf(request).spiffeId),
    );
    closers.push(() => https.close());
    const port = await listen(https);
    const agent = createMtlsAgent({ source: orders, accept: PAYMENTS });
    closers.push(() => agent.destroy());
    expect((await ask(agent, port)).body).toBe(ORDERS);
    const { serialNumber } = orders.svid;
    const renewed = updated(orders);
    identities.cache.renewAll();
    await renewed;
    expect(orders.svid.serialNumber).not.toBe(serialNumber);
    expect((await ask(agent, port)).body).toBe(ORDERS);
    await new Promise((resolve, reject) => get({ port }, resolve).on('error', reject)).then(
      () => expect.unreachable('a plain client was answered'),
      () => {},
    );
  });

  it('a source waits for its entry, and says why it waits', async () => {
    const source = sourceOf('orders');
    const given = new AbortController();
    const waiting = source.ready(given.signal);
    source.once('warning', () => given.abort());
    await expect(waiting).rejects.toMatchObject({
      code: 'svid/not-ready',
      message: expect.stringContaining('no entry is registered'),
    });
    expect(source.lastError).toMatchObject({ code: 'workload-api/permission-denied' });
    expect(() => source.svid).toThrow(expect.objectContaining({ code: 'svid/not-ready' }));
    register(ORDERS, 'orders');
    await source.ready();
    expect(source.svid.spiffeId).toBe(ORDERS);
    expect(source.lastError).toBeUndefined();
  });

  it('a source keeps what it has while the agent is lost, and hears of changes after', async () => {
    register(ORDERS, 'orders');
    const source = sourceOf('orders');
    await source.ready();
    const { serialNumber } = source.svid;
    const warned = new Promise((resolve) => source.once('warning', resolve));
    await server.close(0);
    expect(await warned).toMatchObject({ code: 'workload-api/unavailable' });
    expect(source.svid.serialNumber).toBe(serialNumber);
    identities.cache.renewAll();
    const back = updated(source);
    await start();
    await back;
    expect(source.svid.spiffeId).toBe(ORDERS);
  });

  it('a source that is closed says so, and keeps what it had', async () => {
    register(ORDERS, 'orders');
    const source = sourceOf('orders');
    await source.ready();
    await source[Symbol.asyncDispose]();
    expect(source.svid.spiffeId).toBe(ORDERS);
    const other = sourceOf('orders');
    other.close();
    await expect(other.ready()).rejects.toMatchObject({ code: 'svid/closed' });
  });

  it.each(['agent', 'local'] as const)('tokens are validated by: %s', async (validation) => {
    register(ORDERS, 'orders');
    const tokens = new JwtSource({ address, validation });
    closers.push(() => tokens.close());
    const svid = await tokens.fetch('payments');
    expect(svid.spiffeId).toBe(ORDERS);
    expect(await tokens.fetch('payments')).toBe(svid);
    expect(await tokens.validate(svid.token, ['billing', 'payments'])).toMatchObject({
      spiffeId: ORDERS,
      trustDomain: 'example.org',
      path: '/ns/shop/sa/orders',
      audience: ['payments'],
      expiresAt: svid.expiresAt,
      claims: { sub: ORDERS },
    });
    await expect(tokens.validate(svid.token, 'billing')).rejects.toMatchObject({
      code: 'identity/jwt-invalid/other-audience',
    });
    const [header, claims] = svid.token.split('.');
    const forged = `${header}.${claims}.${Buffer.alloc(64, 1).toString('base64url')}`;
    await expect(tokens.validate(forged, 'payments')).rejects.toMatchObject({
      code:
        validation === 'agent' ? 'identity/jwt-invalid/refused' : 'identity/jwt-invalid/signature',
    });
  });

  it('tokens that are kept outlast the agent, and are fetched anew at half of their life', async () => {
    register(ORDERS, 'orders');
    let now = Date.now();
    const tokens = new JwtSource({ address, clock: () => now });
    closers.push(() => tokens.close());
    const [first, same] = await Promise.all([tokens.fetch('payments'), tokens.fetch('payments')]);
    expect(same).toBe(first);
    now += (first.expiresAt.getTime() - now) * 0.55;
    const second = await tokens.fetch('payments');
    expect(second).not.toBe(first);
    await server.close(0);
    now += (second.expiresAt.getTime() - now) * 0.9;
    expect(await tokens.fetch('payments')).toBe(second);
    now = second.expiresAt.getTime();
    await expect(tokens.fetch('payments')).rejects.toMatchObject({
      code: 'workload-api/unavailable',
    });
    await start();
  });
});
