import { createPublicKey, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect as connectHttp2 } from 'node:http2';
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GrpcClient } from '../../../base/grpc/index.ts';
import { toPem } from '../../x509/index.ts';
import { testAuthority } from '../../x509/testing/authority.ts';
import { ecKey } from '../../x509/testing/keys.ts';
import { judgeServer } from '../client/identity.ts';
import { Known } from '../client/known.ts';
import { pathOf, readUpdate, writeMessage } from '../protocol/index.ts';
import { Caller, csrOf, newKey } from '../testing/caller.ts';
import { BY, ServerRig, type ServerRigOptions } from '../testing/server.ts';

const AGENT = 'spiffe://example.org/reeve/agent/node-1';
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

let server: ServerRig;
let caller: Caller;
beforeEach(() => start());
afterEach(async () => {
  caller.close();
  await server.close();
});

async function start(options: ServerRigOptions = {}): Promise<void> {
  server = await ServerRig.start(options);
  caller = new Caller(server);
}

async function startAnew(options: ServerRigOptions): Promise<void> {
  caller.close();
  await server.close();
  await start(options);
}

/** What an agent is told, message by message. */
function watch(client: GrpcClient) {
  const stream = client.serverStream(pathOf('Watch'), writeMessage('WatchRequest', {}));
  const known = new Known();
  const next = async (): Promise<Known> => {
    for (;;) {
      const { value } = await stream.next();
      if (!value) throw new Error('the stream has ended');
      if (known.take(value, () => {})) return known;
    }
  };
  return { next, stream };
}

const refused = (meaning: string, words: RegExp) =>
  expect.objectContaining({ code: `peer/${meaning}`, message: expect.stringMatching(words) });

describe('an agent that watches', () => {
  it('is told everything, then each change, and only what it may know', async () => {
    server.register({ parent: 'spiffe://example.org/reeve/agent/node-2' });
    const own = server.register({ parent: AGENT });
    const { client } = await caller.agent('node-1');
    const { next } = watch(client);
    const known = await next();
    expect([...known.index.entries()].map(({ id }) => id)).toEqual([own.id]);
    expect(known.bundleOf('example.org')?.sequence).toBe(server.bundle.sequence);
    expect(known.crls.length).toBe(1);
    server.remove(own);
    await next();
    expect(known.index.size).toBe(0);
    server.federated = [{ trustDomain: 'other.example', x509Authorities: [], jwtAuthorities: [] }];
    server.trustChanged();
    await next();
    expect(known.bundleOf('other.example')).toMatchObject({ trustDomain: 'other.example' });
    const spiffeId = 'spiffe://example.org/ns/shop/sa/orders';
    await server.keeper.revoke([{ spiffeId, mayReturn: false, why: 'superseded' }], BY);
    while (!known.denialOf({ spiffeId, issuedAt: 0, keys: [] })) await next();
    expect(server.server.agents()).toMatchObject([{ agent: AGENT, from: '127.0.0.1' }]);
  });

  it('hears that everything is to be issued anew', async () => {
    const { client } = await caller.agent('node-1');
    const { stream } = watch(client);
    const first = await stream.next();
    expect(readUpdate(first.value ?? Buffer.alloc(0)).reissueAt).toBe(0);
    const active = server.keeper.state.authorities.find(
      ({ kind, status }) => kind === 'x509' && status === 'active',
    );
    await server.keeper.taint(active?.id ?? '', 'urgent', BY);
    await server.keeper.settled();
    let reissueAt = 0;
    while (reissueAt === 0) {
      const { value } = await stream.next();
      reissueAt = readUpdate(value ?? Buffer.alloc(0)).reissueAt;
    }
    expect(reissueAt).toBeGreaterThan(0);
  });

  it('hears no more once it is denied, though its stream is open and its connection too', async () => {
    const { client } = await caller.agent('node-1');
    const other = await caller.agent('node-2');
    const streams = [watch(client), watch(other.client)] as const;
    for (const { next } of streams) await next();
    await server.keeper.revoke([{ spiffeId: AGENT, mayReturn: true, why: 'keyCompromise' }], BY);
    const denied = refused('forbidden', /node-1. is denied since .*: keyCompromise/);
    await expect(streams[0].stream.next()).rejects.toThrow(denied);
    await streams[1].next();
    const csr = csrOf(newKey());
    for (const [method, message] of [
      ['Renew', writeMessage('RenewRequest', { csr })],
      ['SignX509', writeMessage('SignX509Request', { entry_id: 'x', csr })],
      ['SignJwt', writeMessage('SignJwtRequest', { entry_id: 'x', audience: ['a'] })],
    ] as const) {
      await expect(client.unary(pathOf(method), message)).rejects.toThrow(denied);
    }
    expect(server.server.agents()).toMatchObject([{ agent: AGENT.replace('1', '2') }]);
    // of three attempts one is kept
    expect(server.audited).toMatchObject([
      { action: 'identity.refuse', subject: AGENT, actor: '127.0.0.1' },
    ]);
    expect(server.events.filter(({ event }) => event === 'refused')).toMatchObject([
      { agent: AGENT, because: expect.stringContaining('is denied') },
    ]);
  });

  it('is let in for as long as its identity holds, and no longer', async () => {
    await startAnew({ wall: Date.now() - 24 * HOUR, agents: { svidTtlSeconds: 3_600 } });
    const { client } = await caller.agent('node-1');
    const { next, stream } = watch(client);
    await next();
    await server.keeperRig.pass(server.keeper, 30 * MINUTE);
    server.register({});
    await next();
    await server.keeperRig.pass(server.keeper, 31 * MINUTE);
    server.register({ hint: 'x' });
    const expired = refused('unauthenticated', /node-1. expired at/);
    await expect(stream.next()).rejects.toThrow(expired);
    const renewal = client.unary(pathOf('Renew'), writeMessage('RenewRequest', {}));
    await expect(renewal).rejects.toThrow(expired);
  });
});

describe('the listener of agents', () => {
  const watchOnce = (client: GrpcClient) =>
    client.unary(pathOf('Watch'), writeMessage('WatchRequest', {}));

  it('lets nobody in who shows no certificate', async () => {
    const { client } = await caller.connect();
    await expect(watchOnce(client)).rejects.toThrow(
      refused('unauthenticated', /no certificate was shown: join first/),
    );
    expect(server.audited).toMatchObject([
      {
        subject: 'spiffe://example.org/reeve/agent',
        detail: { code: 'identity/agent-unauthenticated/no-certificate' },
      },
    ]);
  });

  it('lets a workload of the trust domain not in, which is no agent', async () => {
    const entry = server.register({});
    const key = newKey();
    const { chain } = await server.supply.issueX509For({ entry, by: BY }, csrSpki(key));
    const { client } = await caller.connect({ chain, privateKey: key });
    await expect(watchOnce(client)).rejects.toThrow(
      refused('unauthenticated', /sa.orders. is no agent/),
    );
  });

  it('lets nobody in by taking an old session up', async () => {
    const { own } = await caller.agent('node-1');
    const options = {
      host: '127.0.0.1',
      port: server.server.port,
      cert: toPem('CERTIFICATE', ...own.chain),
      key: own.privateKey.export({ format: 'pem', type: 'pkcs8' }),
      rejectUnauthorized: false,
      ALPNProtocols: ['h2'],
    } as const;
    const first = connectTls(options);
    const [session] = (await once(first, 'session')) as [Buffer];
    first.destroy();
    const socket = connectTls({ ...options, session });
    await once(socket, 'secureConnect');
    expect(socket.isSessionReused()).toBe(true);
    const http2 = connectHttp2('https://127.0.0.1', { createConnection: () => socket });
    http2.on('error', () => {});
    const client = new GrpcClient(http2, { maxMessageBytes: 1_000 });
    await expect(watchOnce(client)).rejects.toThrow(
      refused('unauthenticated', /an old session was taken up|no certificate was shown/),
    );
    http2.destroy();
  });

  it('lets an agent of another authority not in, though it has the same name', async () => {
    const key = ecKey();
    const times = { notBefore: Date.now() - HOUR, notAfter: Date.now() + HOUR };
    const { certificate } = testAuthority('example.org', { ...times, key });
    const own = { chain: [certificate.der], privateKey: key.privateKey };
    const { client } = await caller.connect(own);
    await expect(watchOnce(client)).rejects.toThrow(refused('unauthenticated', /not let in/));
  });

  it('tells anybody the bundle, which proves nothing by itself', async () => {
    const { client } = await caller.connect();
    const answer = await client.unary(pathOf('Trust'), writeMessage('TrustRequest', {}));
    expect(answer.toString()).toContain('spiffe_sequence');
  });

  it('goes on after hostile bytes, and after callers who say nothing', async () => {
    const { port } = server.server;
    const ended: Promise<unknown>[] = [];
    const send = (socket: ReturnType<typeof connect>, bytes: Buffer) => {
      ended.push(new Promise((resolve) => socket.once('close', resolve)));
      socket.on('error', () => {});
      socket.resume().end(bytes);
    };
    for (let tries = 0; tries < 20; tries++) send(connect(port, '127.0.0.1'), randomBytes(3_000));
    for (let tries = 0; tries < 5; tries++) {
      const options = { port, host: '127.0.0.1', rejectUnauthorized: false, ALPNProtocols: ['h2'] };
      send(connectTls(options), randomBytes(3_000));
    }
    await Promise.all(ended);
    const { client } = await caller.agent('node-1');
    expect((await watch(client).next()).isThere).toBe(true);
  });

  it('takes no more connections than it is told, and more when some are gone', async () => {
    await startAnew({ agents: { maxConnections: 2 } });
    const first = await caller.connect();
    await caller.connect();
    await expect(caller.connect()).rejects.toThrow(
      expect.objectContaining({ code: 'peer/unavailable' }),
    );
    first.close();
    let again = await caller.connect().catch(() => undefined);
    while (!again) again = await caller.connect().catch(() => undefined);
    expect(again.chain.length).toBe(1);
  });

  it('shows the newer identity of the server to those who connect once it is issued anew', async () => {
    const [before] = (await caller.connect()).chain;
    const active = server.keeper.state.authorities.find(
      ({ kind, status }) => kind === 'x509' && status === 'active',
    );
    await server.keeper.taint(active?.id ?? '', 'urgent', BY);
    await server.keeper.settled();
    let [after] = (await caller.connect()).chain;
    while (!after || before?.equals(after)) [after] = (await caller.connect()).chain;
    expect(() => judgeServer([after], server.bundle, Date.now())).not.toThrow();
  });

  it('says where it cannot listen', async () => {
    const taken = { agents: { port: server.server.port } };
    await expect(ServerRig.start(taken)).rejects.toThrow(
      expect.objectContaining({ code: 'identity/agents-port-unavailable' }),
    );
  });
});

function csrSpki(key: ReturnType<typeof newKey>): Buffer {
  return createPublicKey(key).export({ format: 'der', type: 'spki' });
}
