import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { type ClientHttp2Session, connect as connectHttp2 } from 'node:http2';
import type { Server } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { callerOf } from '../caller.ts';
import type { X509Svid } from '../source/index.ts';
import { MemorySource } from '../testing/memory-source.ts';
import { ask, listen } from '../testing/requests.ts';
import { TrustDomain } from '../testing/trust-domain.ts';
import { createMtlsAgent } from './agent.ts';
import { tlsCredentials } from './credentials.ts';
import { createMtlsHttp2Server, createMtlsServer } from './server.ts';

const PAYMENTS = 'spiffe://example.org/payments';
const REQUEST = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n';

let domain: TrustDomain;
let now: number;
let source: MemorySource;
let server: Server;
let port: number;
/** Answers that are held back. */
let held: ServerResponse[];
let closers: (() => void)[];
const clock = () => now;
const trusting = (...domains: TrustDomain[]) =>
  new Map([['example.org', domains.flatMap(({ authorities }) => authorities)]]);

beforeEach(async () => {
  domain = new TrustDomain('example.org');
  now = Date.now();
  held = [];
  closers = [];
  source = new MemorySource({ svids: [domain.issue('/payments')], bundles: trusting(domain) });
  const started = createMtlsServer({ source, clock }, (request, response) => {
    request.resume();
    request.on('end', () => (request.url === '/held' ? held.push(response) : response.end('done')));
  });
  server = started;
  port = await listen(server);
  closers.push(() => {
    started.closeAllConnections();
    started.close();
  });
});
afterEach(() => {
  for (const close of closers) close();
});

/** A client of TLS that speaks HTTP by hand. */
async function client(svid: X509Svid): Promise<{ socket: TLSSocket; text: () => string }> {
  const credentials = tlsCredentials(svid, 'TLSv1.2');
  const socket = connect({ port, host: '127.0.0.1', ...credentials, rejectUnauthorized: false });
  socket.on('error', () => {});
  let text = '';
  socket.on('data', (chunk) => (text += chunk));
  await once(socket, 'secureConnect');
  return { socket, text: () => text };
}

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 2));
}

const closed = async (socket: TLSSocket): Promise<void> => {
  if (!socket.closed) await once(socket, 'close');
};

/** Why a connection ends, and how that comes about. */
const revoke = (svid: X509Svid) =>
  source.set({
    svids: [domain.issue('/payments')],
    bundles: trusting(domain),
    crls: [domain.revoke(svid)],
  });
const ENDS: readonly [string, (svid: X509Svid) => void][] = [
  [
    'the certificate of the peer expires',
    (svid) => {
      now = svid.expiresAt.getTime() + 61_000;
      source.set({ svids: [domain.issue('/payments', 86_000, now)], bundles: trusting(domain) });
    },
  ],
  [
    'the bundle loses the root of the peer',
    () => {
      const next = new TrustDomain('example.org');
      source.set({ svids: [next.issue('/payments')], bundles: trusting(next) });
    },
  ],
  [
    'the certificate of the server expires',
    () => {
      now = (source.identity?.svid.expiresAt.getTime() ?? 0) + 1;
      source.emit('updated');
    },
  ],
  ['the peer is revoked', revoke],
];

describe.each(ENDS)('a connection to a server, when %s,', (_, end) => {
  let svid: X509Svid;
  beforeEach(() => {
    svid = domain.issue('/orders');
  });

  it('is closed at once when it is idle', async () => {
    const { socket, text } = await client(svid);
    socket.write(REQUEST);
    await until(() => text().endsWith('done'));
    end(svid);
    await closed(socket);
  });

  it('is closed after the response when it is busy', async () => {
    const { socket, text } = await client(svid);
    socket.write(REQUEST.replace('/', '/held'));
    await until(() => held.length === 1);
    end(svid);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(socket.closed).toBe(false);
    held[0]?.end('after all');
    await closed(socket);
    expect(text()).toMatch(/connection: close\r\n.*after all$/is);
  });

  it('is closed after a response that had begun', async () => {
    const { socket, text } = await client(svid);
    socket.write(REQUEST.replace('/', '/held'));
    await until(() => held.length === 1);
    held[0]?.write('first');
    await until(() => text().includes('first'));
    end(svid);
    held[0]?.end('last');
    await closed(socket);
    expect(text()).toMatch(/last\r\n0\r\n\r\n$/);
  });

  it('is served a request that had begun to arrive', async () => {
    const { socket, text } = await client(svid);
    socket.write(REQUEST.slice(0, 20));
    const [accepted] = await sockets();
    await until(() => (accepted?.bytesRead ?? 0) > 0);
    end(svid);
    socket.write(REQUEST.slice(20));
    await closed(socket);
    expect(text()).toMatch(/connection: close\r\n.*done$/is);
  });

  it('is served no request that comes after', async () => {
    const { socket, text } = await client(svid);
    socket.write(REQUEST.replace('/', '/held'));
    await until(() => held.length === 1);
    end(svid);
    socket.write(REQUEST.replace('/', '/held'));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(held).toHaveLength(1);
    held[0]?.end('the only one');
    await closed(socket);
    expect(text()).toContain('the only one');
  });
});

/** What the server has accepted and not closed. */
let accepted: TLSSocket[] = [];
beforeEach(() => {
  accepted = [];
  server.on('secureConnection', (socket: TLSSocket) => accepted.push(socket));
});
async function sockets(): Promise<TLSSocket[]> {
  await until(() => accepted.length > 0);
  return accepted;
}

describe('a connection to a server', () => {
  it('outlives new SVIDs of the server, and another root that comes beside', async () => {
    const { socket, text } = await client(domain.issue('/orders'));
    const next = new TrustDomain('example.org');
    source.set({ svids: [next.issue('/payments')], bundles: trusting(domain, next) });
    socket.write(REQUEST);
    await until(() => text().endsWith('done'));
    expect(socket.closed).toBe(false);
    socket.destroy();
    const { socket: later } = await client(domain.issue('/orders'));
    expect(later.getPeerX509Certificate()?.raw).toEqual(source.identity?.svid.chain[0]);
    later.destroy();
  });

  it('ends by itself when the certificate of the peer does', async () => {
    const svid = domain.issue('/orders', 60);
    // So that the end, and the minute that clocks may differ, are near.
    now = svid.expiresAt.getTime() + 59_900;
    const began = Date.now();
    const moving = setInterval(() => {
      now = svid.expiresAt.getTime() + 59_900 + (Date.now() - began);
    }, 5);
    source.set({ svids: [domain.issue('/payments', 86_000)], bundles: trusting(domain) });
    const { socket } = await client(svid);
    await closed(socket);
    clearInterval(moving);
  });

  it('that was upgraded ends, too', async () => {
    server.on('upgrade', (_request, socket) => socket.write('HTTP/1.1 101 Yes\r\n\r\n'));
    const svid = domain.issue('/orders');
    const { socket, text } = await client(svid);
    socket.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n');
    await until(() => text().includes('101'));
    revoke(svid);
    await closed(socket);
  });
});

describe('a connection of an agent', () => {
  function clientSide(svid = domain.issue('/orders')) {
    const own = new MemorySource({ svids: [svid], bundles: trusting(domain) });
    const agent = createMtlsAgent({ source: own, accept: PAYMENTS, agent: { maxSockets: 1 } });
    closers.push(() => agent.destroy());
    return { own, agent };
  }
  const renew = (own: MemorySource) =>
    own.set({ svids: [domain.issue('/orders')], bundles: trusting(domain) });

  it('ends at once when it is idle and there is another SVID', async () => {
    const { own, agent } = clientSide();
    await ask(agent, port);
    const [first] = await sockets();
    renew(own);
    if (first && !first.closed) await once(first, 'close');
    await ask(agent, port);
    expect(accepted).toHaveLength(2);
  });

  it('ends after its response when it is busy; requests that wait go over another', async () => {
    const { own, agent } = clientSide();
    // It has been idle before.
    await ask(agent, port);
    const slow = ask(agent, port, '/held');
    const waiting = ask(agent, port, '/');
    await until(() => held.length === 1);
    renew(own);
    await new Promise((resolve) => setTimeout(resolve, 20));
    held[0]?.end('slow');
    expect((await slow).body).toBe('slow');
    expect((await waiting).body).toBe('done');
    expect(accepted).toHaveLength(2);
    expect(accepted[0]?.destroyed).toBe(true);
  });

  it('is judged, too, when the agent was destroyed before and is used again', async () => {
    const { own, agent } = clientSide();
    agent.destroy();
    await ask(agent, port);
    const [first] = await sockets();
    renew(own);
    if (first && !first.closed) await once(first, 'close');
  });

  it('ends when the bundle loses the root of the server', async () => {
    const { own, agent } = clientSide();
    await ask(agent, port);
    const [first] = await sockets();
    const { svids = [] } = own.identity ?? {};
    own.set({ svids, bundles: trusting(new TrustDomain('example.org')) });
    if (first && !first.closed) await once(first, 'close');
    await expect(ask(agent, port)).rejects.toThrow(/is signed by no authority/);
  });
});

describe('a server of HTTP/2', () => {
  let session: ClientHttp2Session;
  let http2: Server;
  let end: (text: string) => void;
  const svidOfClient = () => domain.issue('/orders');
  let svid: X509Svid;
  beforeEach(async () => {
    svid = svidOfClient();
    http2 = createMtlsHttp2Server({ source, clock }, (request, response) => {
      const { spiffeId } = callerOf(request);
      expect(callerOf(request.stream).spiffeId).toBe(spiffeId);
      if (request.url !== '/held') return void response.end(spiffeId);
      response.writeHead(200);
      response.write('first ');
      end = (text) => response.end(text + callerOf(request).spiffeId);
    });
    const own = tlsCredentials(svid, 'TLSv1.2');
    const at = await listen(http2);
    session = connectHttp2(`https://127.0.0.1:${at}`, { ...own, rejectUnauthorized: false });
    session.on('error', () => {});
    closers.push(
      () => session.destroy(),
      () => http2.close(),
    );
  });
  const get = async (path: string): Promise<string> => {
    let text = '';
    const stream = session.request({ ':path': path });
    stream.setEncoding('utf8');
    stream.on('data', (chunk) => (text += chunk));
    await once(stream, 'end');
    return text;
  };

  it('tells who is calling', async () => {
    expect(await get('/')).toBe('spiffe://example.org/orders');
  });

  it('sends peers away when their proof ends, and lets their streams run to the end', async () => {
    const answer = get('/held');
    await until(() => end !== undefined);
    const goingAway = once(session, 'goaway');
    revoke(svid);
    await goingAway;
    end('last ');
    expect(await answer).toBe('first last spiffe://example.org/orders');
    if (!session.closed) await once(session, 'close');
  });

  it('refuses peers that prove nothing', async () => {
    const at = (http2.address() as { port: number }).port;
    const plain = connectHttp2(`https://127.0.0.1:${at}`, { rejectUnauthorized: false });
    plain.on('error', () => {});
    const stream = plain.request({ ':path': '/' });
    stream.on('error', () => {});
    await once(stream, 'close');
    expect(stream.sentHeaders).toBeDefined();
    expect(plain.destroyed).toBe(true);
  });
});
