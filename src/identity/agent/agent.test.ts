import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Fault } from '../../base/fault.ts';
import { CLUSTER, claimsAt, tokenOf } from '../attestation/kubernetes/testing/cluster.ts';
import { bundleFingerprints } from './index.ts';
import { AgentRig, leafOf, type X509Answer } from './testing/agent.ts';
import { BY, ServerRig, type ServerRigOptions } from './testing/server.ts';

const ORDERS = 'spiffe://example.org/ns/shop/sa/orders';
const PAYMENTS = 'spiffe://example.org/ns/shop/sa/payments';
const AGENT = 'spiffe://example.org/reeve/agent/node-1';
const OWN = [`unix:uid:${process.getuid?.()}`];
const HOUR = 3_600_000;

let server: ServerRig;
let rig: AgentRig;
beforeEach(() => start());
afterEach(async () => {
  await rig.remove();
  await server.close();
});

async function start(options: ServerRigOptions = {}): Promise<void> {
  server = await ServerRig.start(options);
  rig = new AgentRig(server);
}

async function startAnew(options: ServerRigOptions): Promise<void> {
  await rig.remove();
  await server.close();
  await start(options);
}

const idsOf = ({ svids }: X509Answer) => svids.map(({ spiffe_id: id }) => id);
const fetch = (): Promise<X509Answer> => rig.workload().stream('FetchX509SVID').next();
/** Asks until there is an answer that is no refusal. */
async function fetchAtLast(): Promise<X509Answer> {
  for (;;) {
    const answer = await fetch().catch(() => undefined);
    if (answer) return answer;
    await sleep(20);
  }
}
const activeX509 = () =>
  server.keeper.state.authorities.find(({ kind, status }) => kind === 'x509' && status === 'active')
    ?.id ?? '';

describe('an agent', () => {
  it('hands out what the server issues to it, and the audit log names it', async () => {
    server.register({ spiffeId: ORDERS, selectors: OWN });
    const agent = await rig.join('node-1');
    expect(agent.spiffeId).toBe(AGENT);
    expect(idsOf(await fetch())).toEqual([ORDERS]);
    expect(server.log).toContainEqual(
      expect.objectContaining({ action: 'identity.issue', subject: ORDERS, actor: AGENT }),
    );
    const { svids } = await rig
      .workload()
      .call<{ svids: { svid: string }[] }>('FetchJWTSVID', { audience: ['payments'] });
    const svid = svids[0]?.svid ?? '';
    const request = { audience: 'payments', svid };
    expect(await rig.workload().call('ValidateJWTSVID', request)).toMatchObject({
      spiffe_id: ORDERS,
    });
  });

  it('passes on changes of entries, of trust and of what is revoked', async () => {
    const entry = server.register({ spiffeId: ORDERS, selectors: OWN });
    await rig.join('node-1');
    const stream = rig.workload().stream('FetchX509SVID');
    const first = await stream.next<X509Answer>();
    server.register({ spiffeId: PAYMENTS, selectors: OWN });
    const second = await stream.next<X509Answer>();
    expect(idsOf(second)).toEqual([ORDERS, PAYMENTS]);
    expect(leafOf(second).serialNumber).toBe(leafOf(first).serialNumber);
    await server.keeper.rotate('x509', BY);
    await server.keeper.settled();
    const third = await stream.next<X509Answer>();
    expect(third.svids[0]?.bundle.length).toBeGreaterThan(second.svids[0]?.bundle.length ?? 0);
    server.remove(entry);
    expect(idsOf(await stream.next<X509Answer>())).toEqual([PAYMENTS]);
  });

  it('replaces what a tainted authority signed, at once', async () => {
    server.register({ spiffeId: ORDERS, selectors: OWN });
    await rig.join('node-1');
    const stream = rig.workload().stream('FetchX509SVID');
    const first = leafOf(await stream.next());
    await server.keeper.taint(activeX509(), 'urgent', BY);
    await server.keeper.settled();
    let last = leafOf(await stream.next());
    while (last.issuer.equals(first.issuer)) last = leafOf(await stream.next());
    expect(last.serialNumber).not.toBe(first.serialNumber);
  });

  it('has its own identity replaced then, too, so that it is not shut out with what signed it', async () => {
    await startAnew({ authority: { taintedReissueSeconds: 1 } });
    await rig.join('node-1');
    const tainted = activeX509();
    await server.keeper.taint(tainted, 'urgent', BY);
    await rig.until('renewed');
    while (server.keeper.state.authorities.some(({ id }) => id === tainted)) {
      server.keeperRig.steady += 1_000;
      await server.keeper.tick();
      await sleep(20);
    }
    server.register({ spiffeId: ORDERS, selectors: OWN });
    expect(idsOf(await fetchAtLast())).toEqual([ORDERS]);
    await rig.stop();
    await rig.start();
    await rig.until('connected');
    expect(rig.events.map(({ event }) => event)).not.toContain('lost');
  });

  it('hands out nothing of a revoked identity, though its stream is open', async () => {
    server.register({ spiffeId: ORDERS, selectors: OWN });
    await rig.join('node-1');
    const stream = rig.workload().stream('FetchX509SVID');
    await stream.next();
    await server.keeper.revoke([{ spiffeId: ORDERS, mayReturn: false, why: 'keyCompromise' }], BY);
    await expect(
      (async () => {
        for (;;) await stream.next();
      })(),
    ).rejects.toThrow(/is revoked: keyCompromise/);
  });

  it("tells a workload that is somebody else's nothing but why", async () => {
    server.register({ spiffeId: ORDERS, selectors: ['unix:uid:4242'] });
    server.register({ spiffeId: PAYMENTS, selectors: OWN, parent: `${AGENT}-other` });
    await rig.join('node-1');
    await expect(fetch()).rejects.toThrow(/lacks unix:uid:4242 \(has unix:uid:\d+\)/);
    expect(rig.logged.join('')).toContain('no identity for a workload');
  });
});

describe('an agent that begins', () => {
  it.each<[string, () => object]>([
    [
      'the fingerprint of an authority',
      () => ({
        trustBundleFile: undefined,
        trustBundleSha256: bundleFingerprints(server.bundle),
      }),
    ],
    ['nothing, as it was told', () => ({ trustBundleFile: undefined, insecureBootstrap: true })],
  ])('knows its server by %s', async (_, config) => {
    const agent = await rig.join('node-1', config());
    expect(agent.spiffeId).toBe(AGENT);
  });

  it('sends its token to nobody who is not its server', async () => {
    const other = await ServerRig.start();
    const token = await server.token('node-1');
    try {
      await rig.start({ server: other.address }, token);
      const { because } = await rig.until('lost');
      expect(because).toContain('is not known to be spiffe://example.org/reeve/server');
      await rig.stop();
      const wrong = { trustBundleFile: undefined, trustBundleSha256: ['a'.repeat(64)] };
      await rig.start({ ...wrong, server: other.address }, token);
      expect((await rig.until('lost')).because).toContain('fingerprint');
      expect(other.events).toEqual([]);
    } finally {
      await rig.stop();
      await other.close();
    }
    expect((await rig.start({}, token)).address).toContain('unix://');
    await rig.until('joined');
  });

  it('does not begin without a proof, or where nothing says who its server is', async () => {
    await expect(rig.start()).rejects.toThrow(
      expect.objectContaining({ code: 'identity/agent-not-joined/no-proof' }),
    );
    const token = await server.token('node-1');
    await expect(rig.start({ trustBundleFile: undefined }, token)).rejects.toThrow(
      expect.objectContaining({ code: 'identity/agent-not-joined/no-trust' }),
    );
    await expect(rig.start({ server: undefined }, token)).rejects.toThrow(/not told its `server`/);
  });

  it('ends where its token is refused, with the words of the server', async () => {
    const token = await server.token('node-1');
    await rig.start({}, token);
    await rig.until('connected');
    await rig.stop();
    const agent = await rig.start({ data: join(rig.folder, 'other') }, token);
    const { kind, fault } = await agent.ended;
    expect(kind).toBe('not-joined');
    expect(fault.message).toMatch(/was used already, at \S+ by .127\.0\.0\.1/);
    expect(fault.hint).toContain('new join token');
    expect(rig.logged.join('')).not.toContain(token);
  });

  it('waits for a server that is not there yet', async () => {
    const token = await server.token('node-1');
    await server.stop();
    await rig.start({}, token);
    expect((await rig.until('lost')).because).toContain('cannot be reached');
    await expect(fetch()).rejects.toThrow(/has not been told of entries yet/);
    await server.restart();
    await rig.until('connected');
  });

  it('joins by its service account, and again once its identity is over', async () => {
    const account = { namespace: 'shop', serviceAccount: 'orders' };
    await startAnew({ agents: { kubernetes: [account] }, clusters: [CLUSTER] });
    const kubernetesTokenFile = join(rig.folder, 'token');
    writeFileSync(kubernetesTokenFile, tokenOf(claimsAt(Date.now())));
    const agent = await rig.start({ kubernetesTokenFile });
    await rig.until('connected');
    expect(agent.spiffeId).toBe('spiffe://example.org/reeve/agent/k8s/default/node-1');
    await rig.stop();
    const file = join(rig.folder, 'data', 'agent.json');
    const kept = JSON.parse(readFileSync(file, 'utf8'));
    const other = await ServerRig.start();
    try {
      const stranger = new AgentRig(other);
      await stranger.join('node-9');
      await stranger.stop();
      const theirs = JSON.parse(readFileSync(join(stranger.folder, 'data', 'agent.json'), 'utf8'));
      await stranger.remove();
      // an identity that this server does not take, and all the rest as it was
      writeFileSync(file, JSON.stringify({ ...theirs, bundle: kept.bundle }));
    } finally {
      await other.close();
    }
    await rig.start({ kubernetesTokenFile });
    await rig.until('joined');
    await rig.until('connected');
  });
});

describe('an agent whose server is lost', () => {
  it('goes on, says so once, and catches up when it is back', async () => {
    server.register({ spiffeId: ORDERS, selectors: OWN });
    await rig.join('node-1');
    const stream = rig.workload().stream('FetchX509SVID');
    const before = await stream.next<X509Answer>();
    await server.stop();
    await rig.until('lost');
    expect(leafOf(await fetch()).serialNumber).toBe(leafOf(before).serialNumber);
    await sleep(1_200);
    expect(rig.events.map(({ event }) => event)).not.toContain('lost');
    expect(rig.logged.join('').match(/the server is lost/g)).toHaveLength(1);
    server.register({ spiffeId: PAYMENTS, selectors: OWN });
    await server.restart();
    expect(idsOf(await stream.next<X509Answer>())).toEqual([ORDERS, PAYMENTS]);
    expect(await rig.until('connected')).toBeDefined();
  });

  it('is started again without it: knows entries and trust, and says what it waits for', async () => {
    server.register({ spiffeId: ORDERS, selectors: OWN });
    await rig.join('node-1');
    await rig.stop();
    await server.stop();
    const agent = await rig.start();
    await rig.until('resumed');
    expect(agent.spiffeId).toBe(AGENT);
    await rig.until('lost');
    await expect(fetch()).rejects.toThrow(/There are no identities yet: .*cannot be reached/);
    const bundles = await rig.workload().stream('FetchX509Bundles').next<{ bundles: object }>();
    expect(Object.keys(bundles.bundles)).toEqual(['spiffe://example.org']);
    await server.restart();
    expect(idsOf(await fetchAtLast())).toEqual([ORDERS]);
  });

  it('fetches everything anew where what it kept is damaged', async () => {
    server.register({ spiffeId: ORDERS, selectors: OWN });
    await rig.join('node-1');
    await rig.stop();
    writeFileSync(join(rig.folder, 'data', 'agent.cache'), 'hello');
    await rig.start();
    expect(idsOf(await fetchAtLast())).toEqual([ORDERS]);
    expect(rig.logged.join('')).toContain('is damaged, and is fetched anew');
  });
});

describe('an agent that was away while authorities changed', () => {
  /** Another authority signs, and the server shows what that has signed. */
  async function rotate(): Promise<void> {
    await server.keeper.rotate('x509', BY);
    await server.keeper.settled();
    const before = activeX509();
    while (activeX509() === before) {
      await sleep(100);
      server.keeperRig.steady = performance.now();
      await server.keeper.tick();
    }
  }
  const QUICK = { authority: { refreshHintSeconds: 1, skewSeconds: 0 } };

  it('catches up by an authority that it knows, as long as that holds', async () => {
    await startAnew(QUICK);
    server.register({ spiffeId: ORDERS, selectors: OWN });
    await rig.join('node-1', { trustBundleFile: undefined, insecureBootstrap: true });
    await rig.stop();
    await rotate();
    await server.renewOwn();
    await rig.start({ trustBundleFile: undefined });
    await rig.until('connected');
    expect(idsOf(await fetch())).toEqual([ORDERS]);
    await rig.stop();
    await server.restart();
    await rig.start({ trustBundleFile: undefined });
    await rig.until('connected');
  });

  it('goes on when the bundle of now is put where it was told to look for it', async () => {
    await startAnew(QUICK);
    await rig.join('node-1');
    await rig.stop();
    await rotate();
    await server.restart();
    await rig.start();
    expect((await rig.until('lost')).because).toContain('is not known to be');
    rig.keepTrust();
    await rig.until('connected');
  });

  it('says what to do where it knows none of them, and goes on once that is done', async () => {
    await startAnew(QUICK);
    await rig.join('node-1', { trustBundleFile: undefined, insecureBootstrap: true });
    await rig.stop();
    await rotate();
    // the server has forgotten what the authority before has signed for it
    await server.restart();
    await rig.start({ trustBundleFile: undefined });
    const { because, hint } = await rig.until('lost');
    expect(because).toContain('is not known to be');
    expect(hint).toContain('--trust-bundle-sha256');
    await rig.stop();
    await rig.start({
      trustBundleFile: undefined,
      trustBundleSha256: bundleFingerprints(server.bundle),
    });
    await rig.until('connected');
    await rig.stop();
    await rig.start({ trustBundleFile: undefined });
    await rig.until('connected');
  });
});

describe('the identity of an agent', () => {
  it('is renewed in half of its lifetime, with another key, and outlives a restart', async () => {
    await startAnew({ agents: { svidTtlSeconds: 60 }, wall: Date.now() - 24 * HOUR });
    await rig.join('node-1');
    const file = join(rig.folder, 'data', 'agent.json');
    const before = JSON.parse(readFileSync(file, 'utf8'));
    await rig.until('joined');
    server.keeperRig.wall += 40_000;
    const { identity } = await rig.until('renewed');
    const after = JSON.parse(readFileSync(file, 'utf8'));
    expect(after.key).not.toBe(before.key);
    expect(after.chain).not.toEqual(before.chain);
    expect(identity.expiresAt).toBe(
      server.keeperRig.wall - (server.keeperRig.wall % 1_000) + 60_000,
    );
    await rig.until('connected');
  });

  it('is asked for less and less often where it is not renewed', async () => {
    let asked = 0;
    await startAnew({
      wall: Date.now() - 24 * HOUR,
      ports: (ports) => ({
        ...ports,
        issueAgent: async (request) => {
          if (!request.by.reason.startsWith('renewed')) return ports.issueAgent(request);
          asked++;
          throw new Fault('identity/authority-unavailable', 'No authority signs now');
        },
      }),
    });
    await rig.join('node-1');
    let waits = rig.waits.length;
    server.keeperRig.wall += 2 * HOUR;
    for (let failed = 1; failed <= 8; failed++) {
      while (asked < failed || rig.waits.length === waits) await sleep(5);
      waits = rig.waits.length;
      server.keeperRig.wall += 60_000;
    }
    // of a minute, less up to a half; the clock is looked at in between
    expect(rig.waits[waits - 1]).toBeGreaterThanOrEqual(29_000);
  });

  it('is asked for anew where it expired while the server was away, with a new token in the file', async () => {
    await startAnew({ agents: { svidTtlSeconds: 60 }, wall: Date.now() - 24 * HOUR });
    const joinTokenFile = join(rig.folder, 'token');
    writeFileSync(joinTokenFile, await server.token('node-1'));
    await rig.start({ joinTokenFile });
    await rig.until('connected');
    await server.stop();
    await rig.until('lost');
    server.keeperRig.wall += 70_000;
    await server.restart();
    const { because } = await rig.until('lost');
    expect(because).toContain('has expired, and its join token was used already');
    writeFileSync(joinTokenFile, await server.token('node-1'));
    await rig.until('joined');
    await rig.until('connected');
  });

  it('denied, ends the agent, which forgets everything and says why', async () => {
    server.register({ spiffeId: ORDERS, selectors: OWN });
    const agent = await rig.join('node-1');
    const stream = rig.workload().stream('FetchX509SVID');
    await stream.next();
    await server.keeper.revoke([{ spiffeId: AGENT, mayReturn: false, why: 'keyCompromise' }], BY);
    const { kind, fault } = await agent.ended;
    expect(kind).toBe('denied');
    expect(fault.message).toContain('is denied since');
    await expect(fetch()).rejects.toThrow(/is denied since/);
    expect(agent.spiffeId).toBeUndefined();
    await rig.stop();
    await expect(rig.start()).rejects.toThrow(/has no identity yet/);
  });

  it("denied, is in nobody's hands any more though its folder cannot be emptied", async () => {
    server.register({ spiffeId: ORDERS, selectors: OWN });
    const agent = await rig.join('node-1');
    const data = join(rig.folder, 'data');
    rmSync(join(data, 'agent.cache'), { force: true });
    mkdirSync(join(data, 'agent.cache', 'kept'), { recursive: true });
    await server.keeper.revoke([{ spiffeId: AGENT, mayReturn: false, why: 'keyCompromise' }], BY);
    expect((await agent.ended).kind).toBe('denied');
    await expect(fetch()).rejects.toThrow(/is denied since/);
    expect(existsSync(join(data, 'agent.json'))).toBe(false);
    expect(rig.logged.join('')).toContain('is still on disk: remove it');
  });

  it.each([60_000, -60_000])('holds where clocks differ by %d ms', async (skew) => {
    await rig.remove();
    const apart = new AgentRig(server, skew);
    rig = apart;
    server.register({ spiffeId: ORDERS, selectors: OWN });
    await rig.join('node-1');
    expect(idsOf(await fetch())).toEqual([ORDERS]);
  });
});
