import { once } from 'node:events';
import type { RequestListener, ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { callerOf } from '../../caller.ts';
import { MemorySource } from '../../testing/memory-source.ts';
import { listen } from '../../testing/requests.ts';
import { TrustDomain } from '../../testing/trust-domain.ts';
import { createMtlsServer } from '../server.ts';
import { createMtlsFetch, type MtlsFetch } from './fetch.ts';

const PAYMENTS = 'spiffe://example.org/payments';

let domain: TrustDomain;
let origin: string;
let otherOrigin: string;
let fetch: MtlsFetch;
let held: ServerResponse[];
let closers: (() => void)[];
/** How many requests are cut off, each with its connection. */
let cuts: number;

/** By path; each says what it was sent. */
const ANSWERS: Record<string, RequestListener> = {
  '/who': (request, response) => response.end(callerOf(request).spiffeId),
  '/echo': async (request, response) => {
    const body = (await request.toArray()).join('');
    const { method, headers } = request;
    response.end(JSON.stringify({ method, headers, body }));
  },
  '/zipped': (_, response) => {
    response.setHeader('content-encoding', 'gzip');
    response.end(gzipSync('unpacked'));
  },
  '/broken': (_, response) => {
    response.setHeader('content-encoding', 'gzip');
    response.end('this is not gzip');
  },
  '/nothing': (_, response) => response.writeHead(204).end(),
  '/loop': (_, response) => response.writeHead(302, { location: '/loop' }).end(),
  '/moved': (_, response) => response.writeHead(302, { location: '/echo' }).end(),
  '/kept': (_, response) => response.writeHead(307, { location: '/echo' }).end(),
  '/away': (_, response) => response.writeHead(307, { location: `${otherOrigin}/echo` }).end(),
  '/plain': (_, response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(),
  '/held': (_, response) => held.push(response),
};

beforeEach(async () => {
  domain = new TrustDomain('example.org');
  held = [];
  cuts = 0;
  closers = [];
  const bundles = new Map([['example.org', domain.authorities]]);
  const start = async (): Promise<string> => {
    const source = new MemorySource({ svids: [domain.issue('/payments')], bundles });
    const server = createMtlsServer({ source }, (request, response) => {
      if (cuts > 0) {
        cuts--;
        request.socket.destroy();
        return;
      }
      ANSWERS[new URL(request.url ?? '', 'https://x').pathname]?.(request, response);
    });
    closers.push(() => {
      server.closeAllConnections();
      server.close();
    });
    return `https://127.0.0.1:${await listen(server)}`;
  };
  origin = await start();
  otherOrigin = await start();
  const source = new MemorySource({ svids: [domain.issue('/orders')], bundles });
  fetch = createMtlsFetch({ source, accept: PAYMENTS });
  closers.push(() => fetch.agent.destroy());
});
afterEach(() => {
  for (const close of closers) close();
});

describe('fetch over mutual TLS', () => {
  it('proves who calls', async () => {
    const response = await fetch(`${origin}/who`);
    expect(response.status).toBe(200);
    expect(response.url).toBe(`${origin}/who`);
    expect(await response.text()).toBe('spiffe://example.org/orders');
  });

  it.each<[string, RequestInit, object]>([
    ['text', { body: 'text' }, { body: 'text' }],
    ['a form', { body: new URLSearchParams({ a: '1' }) }, { body: 'a=1' }],
    ['bytes', { body: new Uint8Array([97]) }, { body: 'a' }],
    ['a stream', { body: new Blob(['streamed']).stream() }, { body: 'streamed' }],
    ['nothing', {}, { body: '' }],
  ])('sends %s', async (_, init, expected) => {
    const response = await fetch(`${origin}/echo`, { method: 'POST', ...init });
    expect(await response.json()).toMatchObject({ method: 'POST', ...expected });
  });

  it('takes a Request, its headers and its method', async () => {
    const request = new Request(`${origin}/echo`, {
      method: 'PUT',
      body: 'x',
      headers: { a: 'b' },
    });
    expect(await (await fetch(request)).json()).toMatchObject({
      method: 'PUT',
      body: 'x',
      headers: { a: 'b', 'content-type': 'text/plain;charset=UTF-8' },
    });
  });

  it('unpacks what is compressed, and fails where that is broken', async () => {
    expect(await (await fetch(`${origin}/zipped`)).text()).toBe('unpacked');
    const broken = await fetch(`${origin}/broken`);
    await expect(broken.text()).rejects.toThrow();
  });

  it('gives responses without a body', async () => {
    const response = await fetch(`${origin}/nothing`);
    expect(response.status).toBe(204);
    expect(response.body).toBeNull();
    expect((await fetch(`${origin}/who`, { method: 'HEAD' })).body).toBeNull();
  });

  it('follows redirections as fetch does', async () => {
    const post = { method: 'POST', body: 'x' };
    const moved = await fetch(`${origin}/moved`, post);
    expect(moved).toMatchObject({ redirected: true, url: `${origin}/echo` });
    expect(await moved.json()).toMatchObject({ method: 'GET', body: '' });
    expect(await (await fetch(`${origin}/kept`, post)).json()).toMatchObject(post);
    const manual = await fetch(`${origin}/moved`, { redirect: 'manual' });
    expect(manual.status).toBe(302);
  });

  it('keeps what authorises to its origin', async () => {
    const headers = { authorization: 'Bearer of one origin' };
    const kept = await (await fetch(`${origin}/kept`, { headers })).json();
    expect(kept).toMatchObject({ headers });
    const { headers: sent } = (await (await fetch(`${origin}/away`, { headers })).json()) as never;
    expect(sent).not.toHaveProperty('authorization');
  });

  it.each<[string, string, RequestInit, object]>([
    ['too many redirections', '/loop', {}, { code: 'mtls/redirection' }],
    [
      'a redirection that is not allowed',
      '/moved',
      { redirect: 'error' },
      { code: 'mtls/redirection' },
    ],
    ['a redirection to plain HTTP', '/plain', {}, { code: 'mtls/not-https' }],
    [
      'a stream that would have to be sent again',
      '/kept',
      { method: 'POST', body: new Blob(['x']).stream() },
      { code: 'mtls/redirection' },
    ],
  ])('fails for %s', async (_, path, init, cause) => {
    const error = await fetch(origin + path, init).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(TypeError);
    expect(error.cause).toMatchObject(cause);
  });

  it('fails where another workload answers', async () => {
    const source = new MemorySource({
      svids: [domain.issue('/orders')],
      bundles: new Map([['example.org', domain.authorities]]),
    });
    const other = createMtlsFetch({ source, idOf: () => 'spiffe://example.org/billing' });
    closers.push(() => other.agent.destroy());
    const error = await other(`${origin}/who`).catch((thrown) => thrown);
    expect(error.cause).toMatchObject({ code: 'mtls/not-accepted' });
  });

  it('obeys signals, before and while the response comes', async () => {
    const aborted = AbortSignal.abort(new Error('no more'));
    await expect(fetch(`${origin}/who`, { signal: aborted })).rejects.toThrow('no more');
    const waiting = new AbortController();
    const asked = fetch(`${origin}/held`, { signal: waiting.signal });
    while (held.length === 0) await new Promise((resolve) => setTimeout(resolve, 2));
    waiting.abort();
    await expect(asked).rejects.toMatchObject({ name: 'AbortError' });
    const later = new AbortController();
    const response = fetch(`${origin}/held`, { signal: later.signal });
    while (held.length === 1) await new Promise((resolve) => setTimeout(resolve, 2));
    held[1]?.write('begun');
    const body = (await response).text();
    later.abort();
    await expect(body).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('sends a request again that the server cut off on a connection kept alive', async () => {
    await (await fetch(`${origin}/who`)).text();
    // The server goes away just when it hears of the next request, and stays for the one after.
    cuts = 1;
    expect(await (await fetch(`${origin}/who`)).text()).toBe('spiffe://example.org/orders');
    expect(cuts).toBe(0);
    cuts = 1;
    const posted = await fetch(`${origin}/who`, { method: 'POST', body: 'x' }).catch((e) => e);
    expect(posted.cause).toMatchObject({ code: 'ECONNRESET' });
  });

  it('closes the connection of a body that is abandoned', async () => {
    const asked = fetch(`${origin}/held`);
    while (held.length === 0) await new Promise((resolve) => setTimeout(resolve, 2));
    held[0]?.write('begun');
    const closing = once(held[0] as ServerResponse, 'close');
    await (await asked).body?.cancel();
    await closing;
  });
});
