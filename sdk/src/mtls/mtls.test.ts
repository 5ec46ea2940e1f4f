import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { Agent, request } from 'node:https';
import type { Server } from 'node:net';
import {
  type ConnectionOptions,
  connect,
  createServer as createTlsServer,
  type TLSSocket,
} from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { answererOf, callerOf, findCaller } from '../caller.ts';
import type { ReeveError } from '../error.ts';
import type { X509Svid } from '../source/index.ts';
import { MemorySource } from '../testing/memory-source.ts';
import { ask, listen } from '../testing/requests.ts';
import { TrustDomain } from '../testing/trust-domain.ts';
import { memberOf } from './accept.ts';
import { createMtlsAgent, type MtlsAgent, type MtlsAgentOptions } from './agent.ts';
import { tlsCredentials } from './credentials.ts';
import { createMtlsServer, type MtlsHttpsOptions } from './server.ts';

const ORDERS = 'spiffe://example.org/ns/shop/sa/orders';
const PAYMENTS = 'spiffe://example.org/ns/shop/sa/payments';
const pathOf = (spiffeId: string) => spiffeId.replace(/^spiffe:\/\/[^/]*/, '');
const code = (expected: string) => expect.objectContaining({ name: 'Fault', code: expected });

let ours: TrustDomain;
let foreign: TrustDomain;
let refusals: ReeveError[];
const closers: (() => void)[] = [];
beforeEach(() => {
  ours = new TrustDomain('example.org');
  foreign = new TrustDomain('other.example');
  refusals = [];
});
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

const bothBundles = () =>
  new Map([
    ['example.org', ours.authorities],
    ['other.example', foreign.authorities],
  ]);

function sourceOf(svid: X509Svid): MemorySource {
  return new MemorySource({ svids: [svid], bundles: bothBundles() });
}

const hello: RequestListener = (request, response) => {
  response.end(callerOf(request).spiffeId);
};

async function serve(
  options: Partial<MtlsHttpsOptions> = {},
  listener = hello,
): Promise<{ source: MemorySource; server: Server; port: number }> {
  const source = sourceOf(ours.issue(pathOf(PAYMENTS)));
  const onRefused = (error: ReeveError) => refusals.push(error);
  const server = createMtlsServer({ source, onRefused, ...options }, listener);
  const port = await listen(server);
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { source: (options.source as MemorySource | undefined) ?? source, server, port };
}

function agentOf(svid: X509Svid, options: Partial<MtlsAgentOptions> = {}) {
  const source = sourceOf(svid);
  const agent = createMtlsAgent({ source, accept: PAYMENTS, ...options });
  closers.push(() => agent.destroy());
  return { agent, source };
}

const orders = (): { agent: MtlsAgent; source: MemorySource } =>
  agentOf(ours.issue(pathOf(ORDERS)));

describe('a call over mutual TLS', () => {
  it('tells the handler who is calling, and the caller who answers', async () => {
    const { port } = await serve({}, (request, response) => {
      const caller = callerOf(request);
      expect(callerOf(request.socket)).toBe(caller);
      response.end(JSON.stringify(caller));
    });
    const svid = ours.issue(pathOf(ORDERS));
    const { agent } = agentOf(svid);
    const { body } = await ask(agent, port);
    expect(JSON.parse(body)).toEqual({
      spiffeId: ORDERS,
      trustDomain: 'example.org',
      path: '/ns/shop/sa/orders',
      proof: 'mtls',
      expiresAt: svid.expiresAt.toISOString(),
    });
    const sent = request({ agent, host: '127.0.0.1', port });
    sent.end();
    const [response] = await once(sent, 'response');
    expect(answererOf(response)?.spiffeId).toBe(PAYMENTS);
    response.resume();
  });

  it.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'shows intermediates to servers of %s',
    async (version) => {
      const { port } = await serve();
      const svid = ours.issue(pathOf(ORDERS));
      // A peer of another issuing authority, which the server has never seen.
      const socket = connect({ port, host: '127.0.0.1', ...own(svid, { maxVersion: version }) });
      await once(socket, 'secureConnect');
      expect(socket.getProtocol()).toBe(version);
      expect(await say(socket)).toContain(ORDERS);
    },
  );

  it('keeps connections alive', async () => {
    const sockets = new Set<unknown>();
    const { port } = await serve({}, (request, response) => {
      sockets.add(request.socket);
      response.end();
    });
    const { agent } = orders();
    for (let times = 0; times < 5; times++) await ask(agent, port);
    expect(sockets.size).toBe(1);
  });

  it('lets workloads of another trust domain in where they are accepted', async () => {
    const { port } = await serve({ accept: memberOf('other.example') });
    const { agent } = agentOf(foreign.issue('/billing'));
    expect((await ask(agent, port)).body).toBe('spiffe://other.example/billing');
    await expect(ask(orders().agent, port)).rejects.toThrow();
    expect(refusals).toEqual([code('mtls/not-accepted')]);
  });
});

/** A client of TLS without this package, with an SVID. */
const own = (svid: X509Svid, more: ConnectionOptions = {}): ConnectionOptions => ({
  ...tlsCredentials(svid, 'TLSv1.2'),
  rejectUnauthorized: false,
  ...more,
});

/** What a socket is answered when it asks by hand; empty where it is cut off. */
async function say(socket: TLSSocket): Promise<string> {
  let text = '';
  socket.on('data', (chunk) => (text += chunk));
  socket.on('error', () => {});
  socket.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
  if (!socket.closed) await once(socket, 'close');
  return text;
}

describe('a server that hears callers who prove nothing', () => {
  const unproved = { rejectUnauthorized: false };
  const whoCalls: RequestListener = (request, response) => {
    response.end(findCaller(request)?.spiffeId ?? 'nobody');
  };

  it('knows them as nobody, beside those who prove who they are', async () => {
    const { port } = await serve({ hearsUnproved: true }, whoCalls);
    const plain = new Agent({ ...unproved, keepAlive: false });
    expect((await ask(plain, port)).body).toBe('nobody');
    expect((await ask(orders().agent, port)).body).toBe(ORDERS);
    expect((await ask(plain, port)).body).toBe('nobody');
    expect(refusals).toEqual([]);
  });

  it('throws for them in a handler that asks who calls', async () => {
    let thrown: unknown;
    const { port } = await serve({ hearsUnproved: true }, (request, response) => {
      try {
        callerOf(request);
      } catch (fault) {
        thrown = fault;
      }
      response.end();
    });
    await ask(new Agent(unproved), port);
    expect(thrown).toEqual(code('caller/unauthenticated'));
  });

  it('refuses certificates that prove nothing all the same', async () => {
    const { port } = await serve({ hearsUnproved: true }, whoCalls);
    const stranger = connect({ port, host: '127.0.0.1', ...own(foreign.issue('/billing')) });
    expect(await say(stranger)).toBe('');
    expect(refusals).toEqual([code('mtls/not-accepted')]);
  });
});

describe('a server', () => {
  it.each<[string, string, () => ConnectionOptions]>([
    [
      'a plain client, without a certificate',
      'identity/certificate-invalid/chain-empty',
      () => ({ rejectUnauthorized: false }),
    ],
    [
      'a foreign trust domain that it knows',
      'mtls/not-accepted',
      () => own(foreign.issue('/billing')),
    ],
    [
      'a foreign trust domain that it does not know',
      'identity/certificate-invalid/unknown-trust-domain',
      () => own(new TrustDomain('third.example').issue('/x')),
    ],
    [
      'another authority that signs in the name of its own trust domain',
      'identity/certificate-invalid/no-authority',
      () => own(new TrustDomain('example.org').issue(pathOf(ORDERS))),
    ],
    [
      'an expired SVID',
      'identity/certificate-invalid/expired',
      () => own(ours.issue(pathOf(ORDERS), 60, Date.now() - 300_000)),
    ],
  ])('refuses %s', async (_, expected, options) => {
    let calls = 0;
    const { port } = await serve({}, () => calls++);
    const socket = connect({ port, host: '127.0.0.1', ...options() });
    expect(await say(socket)).toBe('');
    expect(refusals).toEqual([code(expected)]);
    expect(calls).toBe(0);
  });

  it('refuses a revoked SVID', async () => {
    const { port, source } = await serve();
    const revoked = ours.issue(pathOf(ORDERS));
    const { agent } = agentOf(revoked);
    expect((await ask(agent, port)).status).toBe(200);
    source.set({
      svids: [ours.issue(pathOf(PAYMENTS))],
      bundles: bothBundles(),
      crls: [ours.revoke(revoked)],
    });
    await expect(ask(agentOf(revoked).agent, port)).rejects.toThrow();
    expect(refusals).toEqual([code('identity/certificate-invalid/revoked')]);
    expect((await ask(orders().agent, port)).status).toBe(200);
  });

  it('of Node alone takes up sessions again', async () => {
    const credentials = { ...tlsCredentials(ours.issue(pathOf(PAYMENTS)), 'TLSv1.2') };
    const bare = createTlsServer({ ...credentials, secureOptions: 0 }, (socket) => socket.end('.'));
    const port = await listen(bare);
    closers.push(() => bare.close());
    const first = connect({ port, host: '127.0.0.1', rejectUnauthorized: false });
    const [session] = await once(first, 'session');
    const second = connect({ port, host: '127.0.0.1', rejectUnauthorized: false, session });
    await once(second, 'secureConnect');
    expect(second.isSessionReused()).toBe(true);
    first.destroy();
    second.destroy();
  });

  it.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'does not take up a session of %s again: it shakes hands anew',
    async (maxVersion) => {
      const { port } = await serve();
      const options = {
        port,
        host: '127.0.0.1',
        ...own(ours.issue(pathOf(ORDERS)), { maxVersion }),
      };
      const first = connect(options);
      let session: Buffer | undefined;
      first.on('session', (offered: Buffer) => (session = offered));
      expect(await say(first)).toContain(ORDERS);
      session ??= first.getSession();
      const second = connect({ ...options, ...(session && { session }) });
      await once(second, 'secureConnect');
      expect(second.isSessionReused()).toBe(false);
      expect(await say(second)).toContain(ORDERS);
    },
  );

  it('refuses a session that was taken up again all the same', async () => {
    const { port, server } = await serve();
    // As if some release of Node, or of OpenSSL, kept sessions by itself.
    const socket = connect({ port, host: '127.0.0.1', ...own(ours.issue(pathOf(ORDERS))) });
    const emit = server.emit.bind(server);
    let isReused = true;
    server.emit = ((event: string, ...words: unknown[]) => {
      if (event === 'secureConnection') {
        (words[0] as TLSSocket).isSessionReused = () => isReused;
      }
      return emit(event, ...words);
    }) as typeof server.emit;
    expect(await say(socket)).toBe('');
    expect(refusals).toEqual([code('mtls/session-reused')]);
    isReused = false;
    expect((await ask(orders().agent, port)).status).toBe(200);
  });

  it('tells of a refusal as of any handshake that failed', async () => {
    const { port, server } = await serve();
    const told = once(server, 'tlsClientError');
    const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false });
    await say(socket);
    expect((await told)[0]).toEqual(code('identity/certificate-invalid/chain-empty'));
  });

  it('lets nobody in before it has an SVID, and everybody after', async () => {
    const source = new MemorySource();
    const { port } = await serve({ source });
    await expect(ask(orders().agent, port)).rejects.toThrow();
    source.set({ svids: [ours.issue(pathOf(PAYMENTS))], bundles: bothBundles() });
    expect((await ask(orders().agent, port)).status).toBe(200);
  });

  it('whose SVID has expired lets nobody in', async () => {
    let now = Date.now();
    const source = sourceOf(ours.issue(pathOf(PAYMENTS), 60));
    const { port } = await serve({ source, clock: () => now });
    expect((await ask(orders().agent, port)).status).toBe(200);
    now += 61_000;
    await expect(ask(orders().agent, port)).rejects.toThrow();
    expect(refusals).toEqual([code('svid/expired')]);
  });
});

const broken = (): never => {
  throw new Error('of the rule');
};

describe('an agent', () => {
  it.each<[string, string, () => X509Svid]>([
    ['another workload', 'mtls/not-accepted', () => ours.issue('/ns/shop/sa/mallory')],
    [
      'the same path of another trust domain',
      'mtls/not-accepted',
      () => foreign.issue(pathOf(PAYMENTS)),
    ],
    [
      'another authority in the name of the trust domain',
      'identity/certificate-invalid/no-authority',
      () => new TrustDomain('example.org').issue(pathOf(PAYMENTS)),
    ],
    [
      'an expired SVID',
      'identity/certificate-invalid/expired',
      () => ours.issue(pathOf(PAYMENTS), 60, Date.now() - 300_000),
    ],
  ])('sends nothing to %s', async (_, expected, svidOf) => {
    let received = 0;
    const server = createTlsServer(tlsCredentials(svidOf(), 'TLSv1.2'), (socket) => {
      socket.on('data', (chunk) => (received += chunk.length));
      socket.on('error', () => {});
    });
    server.on('tlsClientError', () => {});
    const port = await listen(server);
    closers.push(() => server.close());
    const { agent } = orders();
    await expect(ask(agent, port, '/', 'a secret')).rejects.toThrow(code(expected));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(received).toBe(0);
  });

  it('connects only where somebody says who must answer', async () => {
    const { port } = await serve();
    const source = sourceOf(ours.issue(pathOf(ORDERS)));
    expect(() => createMtlsAgent({ source })).toThrow(code('mtls/no-expected-id'));
    expect(() => createMtlsAgent({ source, accept: [] })).toThrow(code('mtls/accept-nobody'));
    expect(() => createMtlsAgent({ source, accept: 'spiffe://example.org' })).toThrow(
      code('mtls/accept-trust-domain'),
    );
    const asked: string[] = [];
    const { agent } = agentOf(ours.issue(pathOf(ORDERS)), {
      accept: undefined as never,
      idOf: (url) => {
        asked.push(url.href);
        return asked.length === 1 ? undefined : PAYMENTS;
      },
    });
    await expect(ask(agent, port)).rejects.toThrow(code('mtls/no-expected-id'));
    expect((await ask(agent, port)).body).toBe(ORDERS);
    expect(asked[0]).toBe(`https://127.0.0.1:${port}/`);
  });

  it.each<[string, Partial<MtlsAgentOptions>]>([
    ['accept', { accept: broken }],
    ['idOf', { accept: undefined as never, idOf: broken }],
  ])('says that nobody can be judged where `%s` throws', async (_, who) => {
    const { port } = await serve();
    const { agent } = agentOf(ours.issue(pathOf(ORDERS)), who);
    await expect(ask(agent, port)).rejects.toMatchObject({
      code: 'mtls/judgement-failed',
      cause: { message: 'of the rule' },
    });
  });

  it('gives up a handshake that nobody answers', async () => {
    const server = (await import('node:net')).createServer(() => {});
    const port = await listen(server);
    const { agent } = agentOf(ours.issue(pathOf(ORDERS)), { handshakeMs: 50 });
    await expect(ask(agent, port)).rejects.toThrow(code('mtls/handshake-late'));
    server.close();
  });

  it('whose own SVID has expired says so', async () => {
    const { agent } = agentOf(ours.issue(pathOf(ORDERS), 60, Date.now() - 300_000));
    await expect(ask(agent, 1)).rejects.toThrow(code('svid/expired'));
  });

  it('does not take a Unix socket for a host', async () => {
    const { agent } = orders();
    const sent = request({ agent, socketPath: '/run/payments.sock' });
    const [error] = await once(sent, 'error');
    expect(error).toEqual(code('mtls/socket-path'));
  });

  it('looks hosts up as it is told to, and names them in the handshake', async () => {
    const names: unknown[] = [];
    const { port, server } = await serve();
    server.on('secureConnection', (socket: TLSSocket & { servername?: string }) =>
      names.push(socket.servername),
    );
    const { agent } = orders();
    const lookup = (
      _host: string,
      options: { all?: boolean },
      done: (...words: unknown[]) => void,
    ) =>
      options.all ? done(null, [{ address: '127.0.0.1', family: 4 }]) : done(null, '127.0.0.1', 4);
    const sent = request({ agent, host: 'payments.shop', port, lookup: lookup as never });
    sent.end();
    const [response] = await once(sent, 'response');
    expect(response.statusCode).toBe(200);
    response.resume();
    expect(names).toEqual(['payments.shop']);
  });

  it('keeps to the number of sockets that it is given', async () => {
    let open = 0;
    let most = 0;
    const { port, server } = await serve();
    server.on('secureConnection', (socket: TLSSocket) => {
      most = Math.max(most, ++open);
      socket.on('close', () => open--);
    });
    const { agent } = agentOf(ours.issue(pathOf(ORDERS)), { agent: { maxSockets: 3 } });
    await Promise.all(Array.from({ length: 30 }, () => ask(agent, port)));
    expect(most).toBeGreaterThan(0);
    expect(most).toBeLessThanOrEqual(3);
  });
});
