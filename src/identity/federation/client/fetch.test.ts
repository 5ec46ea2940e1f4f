import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { TLSSocket } from 'node:tls';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fault } from '../../../base/fault.ts';
import { parseSpiffeId, writeBundle } from '../../spiffe/index.ts';
import { brokenBytes } from '../../x509/testing/broken-bytes.ts';
import { TestDomain } from '../testing/domain.ts';
import { answering, playEndpoint } from '../testing/endpoints.ts';
import type { EndpointAuthentication } from './connect.ts';
import { type FetchWish, fetchDocument } from './fetch.ts';

const domain = new TestDomain('other.example');
const SVID = domain.svid();
const DOCUMENT = writeBundle(domain.bundle);
const spiffe: EndpointAuthentication = {
  profile: 'https_spiffe',
  endpointId: parseSpiffeId(domain.endpointId),
  bundle: domain.bundle,
};

interface Said extends Partial<FetchWish> {
  readonly clock?: () => number;
}

const fetchFrom = (url: string, { clock = Date.now, ...said }: Said = {}) =>
  fetchDocument(
    {
      ...{ url: new URL(url), authentication: spiffe, maxBytes: 100_000, timeoutMs: 5_000 },
      signal: new AbortController().signal,
      ...said,
    },
    clock,
  );

async function fetchPlayed(answer: (socket: TLSSocket) => void, said: Said = {}) {
  await using endpoint = await playEndpoint(SVID, answer);
  return await fetchFrom(endpoint.url, said);
}

const fault = (code: string, words: string) =>
  expect.objectContaining({ code, message: expect.stringContaining(words) });
const UNAVAILABLE = 'identity/federation-unavailable';
const refused = (reason: string) => `identity/bundle-invalid/${reason}`;
const chunk = (text: string) => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
const CHUNKED = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n';

/** Sends something again and again, until it is shut out. */
function flood(socket: TLSSocket, text: string, everyMs: number): void {
  const timer = setInterval(() => socket.writable && socket.write(text), everyMs);
  socket.once('close', () => clearInterval(timer));
}

const addresses = Object.values(networkInterfaces()).flatMap((all) => all ?? []);
const hasIpv6 = addresses.some(({ address }) => address === '::1');

describe('a bundle endpoint', () => {
  it('is asked for its document, plainly, and with nothing that says who asks', async () => {
    await using endpoint = await playEndpoint(SVID, answering(DOCUMENT));
    const fetched = await fetchFrom(`${endpoint.url}bundle?of=other`);
    expect(fetched).toEqual({ kind: 'document', bytes: Buffer.from(DOCUMENT) });
    expect(endpoint.requests[0]?.split('\r\n')).toEqual([
      'GET /bundle?of=other HTTP/1.1',
      expect.stringMatching(/^host: 127\.0\.0\.1:\d+$/),
      'accept: application/json',
      'accept-encoding: identity',
      'user-agent: reeve',
      'connection: close',
      ...['', ''],
    ]);
  });

  it('is asked for what is new, where it has given a tag', async () => {
    const head = 'HTTP/1.1 200 OK\r\netag: "a"';
    const fetched = await fetchPlayed(answering(DOCUMENT, head));
    expect(fetched).toMatchObject({ kind: 'document', etag: '"a"' });
    await using endpoint = await playEndpoint(SVID, answering('', 'HTTP/1.1 304 Not Modified'));
    expect(await fetchFrom(endpoint.url, { etag: '"a"' })).toEqual({ kind: 'unchanged' });
    expect(endpoint.requests[0]).toContain('\r\nif-none-match: "a"\r\n');
  });

  it('may send its document in chunks, and information before', async () => {
    const text = `HTTP/1.1 103 Early Hints\r\n\r\n${CHUNKED}${chunk(DOCUMENT.slice(0, 7))}${chunk(DOCUMENT.slice(7))}0\r\n\r\n`;
    const fetched = await fetchPlayed((socket) => socket.end(text));
    expect(fetched).toMatchObject({ bytes: Buffer.from(DOCUMENT) });
  });

  it.each<[string, string, string, (socket: TLSSocket) => void]>([
    [
      'redirects',
      refused('redirect'),
      'redirects to `https://127.0.0.1:1/`, which is not followed',
      answering('', 'HTTP/1.1 302 Found\r\nlocation: https://127.0.0.1:1/'),
    ],
    [
      'redirects for ever',
      refused('redirect'),
      'redirects to',
      answering('', 'HTTP/1.1 308 Permanent Redirect\r\nlocation: /'),
    ],
    [
      'has nothing there',
      refused('status'),
      'answers 404',
      answering('', 'HTTP/1.1 404 Not Found'),
    ],
    ['has no content', refused('status'), 'answers 204', answering('', 'HTTP/1.1 204 No Content')],
    [
      'says that nothing has changed, though nothing was asked',
      refused('status'),
      'answers 304',
      answering('', 'HTTP/1.1 304 Not Modified'),
    ],
    ['is broken', UNAVAILABLE, 'answers 500', answering('', 'HTTP/1.1 500 Internal Server Error')],
    ['is busy', UNAVAILABLE, 'answers 429', answering('', 'HTTP/1.1 429 Too Many Requests')],
    [
      'sends what is compressed, a bomb among others',
      refused('encoding'),
      'in the encoding `gzip`, which was not asked for',
      answering(gzipSync(Buffer.alloc(50_000_000)), 'HTTP/1.1 200 OK\r\ncontent-encoding: gzip'),
    ],
    [
      'sends too much',
      refused('too-large'),
      'more than the 100000 bytes',
      answering(' '.repeat(100_001)),
    ],
    [
      'sends chunks without end',
      refused('too-large'),
      'more than the 100000 bytes',
      (socket) => {
        socket.write(CHUNKED);
        flood(socket, chunk(' '.repeat(10_000)).repeat(5), 1);
      },
    ],
    [
      'ends within its document',
      UNAVAILABLE,
      'ended within the answer',
      answering(DOCUMENT, 'HTTP/1.1 200 OK', DOCUMENT.length + 1),
    ],
    [
      'ends within a chunk',
      UNAVAILABLE,
      'ended within the answer',
      (socket) => socket.end(`${CHUNKED}${chunk(DOCUMENT)}`),
    ],
    ['ends without an answer', UNAVAILABLE, 'socket hang up', (socket) => socket.end()],
    [
      'speaks another protocol',
      UNAVAILABLE,
      'Parse Error',
      (socket) => socket.end('SSH-2.0-x\r\n'),
    ],
    [
      'answers as two servers would read it differently',
      UNAVAILABLE,
      'Parse Error',
      (socket) =>
        socket.end(`HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n{}`),
    ],
    [
      'changes the protocol',
      UNAVAILABLE,
      'cannot be asked',
      (socket) =>
        socket.end('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n'),
    ],
    [
      'sends headers without end',
      UNAVAILABLE,
      'Header overflow',
      (socket) => {
        socket.write('HTTP/1.1 200 OK\r\n');
        flood(socket, `x-more: ${'x'.repeat(1_000)}\r\n`, 1);
      },
    ],
  ])('that %s is a fault', async (_, code, words, answer) => {
    await expect(fetchPlayed(answer)).rejects.toThrow(fault(code, words));
  });

  it.each<[string, (socket: TLSSocket) => void]>([
    ['never answers', () => {}],
    [
      'sends its headers drop by drop',
      (socket) => {
        socket.write('HTTP/1.1 200 OK\r\nx-slow: ');
        flood(socket, 'x', 50);
      },
    ],
    [
      'sends its document drop by drop',
      (socket) => {
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 90000\r\n\r\n');
        flood(socket, ' ', 50);
      },
    ],
    ['only sends information', (socket) => flood(socket, 'HTTP/1.1 103 Early Hints\r\n\r\n', 50)],
  ])('that %s is a fault in time', async (_, answer) => {
    await expect(fetchPlayed(answer, { timeoutMs: 300 })).rejects.toThrow(
      fault(UNAVAILABLE, 'no whole answer within 300 ms'),
    );
  });

  it('that never shakes hands, or is not there, is a fault in time', async () => {
    const server = createServer((socket) => socket.resume()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const url = `https://127.0.0.1:${port}/`;
    await expect(fetchFrom(url, { timeoutMs: 300 })).rejects.toThrow(
      fault(UNAVAILABLE, 'no whole answer within 300 ms'),
    );
    server.close();
    await once(server, 'close');
    await expect(fetchFrom(url)).rejects.toThrow(fault(UNAVAILABLE, 'ECONNREFUSED'));
    await expect(fetchFrom('https://nobody.invalid/')).rejects.toThrow(
      fault(UNAVAILABLE, 'nobody.invalid'),
    );
  });

  it('that sends anything at all gives a document or a fault', async () => {
    let bytes: Uint8Array = Buffer.alloc(0);
    await using endpoint = await playEndpoint(SVID, (socket) => socket.end(bytes));
    const good = Buffer.from(`${CHUNKED}${chunk(DOCUMENT)}0\r\n\r\n`);
    await fc.assert(
      fc.asyncProperty(brokenBytes(good), async (sent) => {
        bytes = sent;
        const fetched = await fetchFrom(endpoint.url).catch((thrown: unknown) => thrown);
        if (!(fetched instanceof Fault)) expect(fetched).toMatchObject({ kind: 'document' });
      }),
      { numRuns: 60 },
    );
  });

  it.skipIf(!hasIpv6)('may be at an address of IPv6', async () => {
    await using endpoint = await playEndpoint(SVID, answering(DOCUMENT), '::1');
    const url = endpoint.url.replace('127.0.0.1', '[::1]');
    expect(await fetchFrom(url)).toMatchObject({ kind: 'document' });
    expect(endpoint.requests[0]).toContain('host: [::1]:');
  });

  it('is left alone when Reeve ends', async () => {
    const ending = new AbortController();
    const answer = () => ending.abort();
    await expect(fetchPlayed(answer, { signal: ending.signal })).rejects.toThrow(
      fault(UNAVAILABLE, 'shutting down'),
    );
    await expect(fetchPlayed(answer, { signal: ending.signal })).rejects.toThrow('shutting down');
  });
});

const invalid = (reason: string) => `identity/certificate-invalid/${reason}`;

describe('an endpoint that proves itself with an X.509-SVID', () => {
  it.each<[string, ReturnType<TestDomain['svid']>]>([
    ['that a root of the bundle signed', SVID],
    ['with an intermediate', domain.svid({ hasIntermediate: true })],
  ])('%s is believed', async (_, svid) => {
    await using endpoint = await playEndpoint(svid, answering(DOCUMENT));
    expect(await fetchFrom(endpoint.url)).toMatchObject({ kind: 'document' });
  });

  it.each<[string, string, string, ReturnType<TestDomain['svid']>]>([
    [
      'is another workload of the same trust domain',
      refused('other-endpoint'),
      'is `spiffe://other.example/ns/shop/sa/orders`, and must be `spiffe://other.example/reeve/server`',
      domain.svid({ path: ['ns', 'shop', 'sa', 'orders'] }),
    ],
    [
      'is of another trust domain',
      invalid('unknown-trust-domain'),
      'is of the trust domain `evil.example`',
      new TestDomain('evil.example').svid(),
    ],
    [
      'says it is of the trust domain, and has another root',
      invalid('no-authority'),
      'the trust bundle of `other.example`',
      new TestDomain('other.example').svid(),
    ],
  ])('and %s is asked nothing', async (_, code, words, svid) => {
    await using endpoint = await playEndpoint(svid, answering(DOCUMENT));
    await expect(fetchFrom(endpoint.url)).rejects.toThrow(fault(code, words));
    expect(endpoint.requests).toEqual([]);
  });

  it('is not believed by a bundle that trusts nothing', async () => {
    const bundle = { ...domain.bundle, x509Authorities: [] };
    const authentication = { ...spiffe, bundle };
    await using endpoint = await playEndpoint(SVID, answering(DOCUMENT));
    await expect(fetchFrom(endpoint.url, { authentication })).rejects.toThrow(
      fault(invalid('empty-bundle'), 'has no authority'),
    );
  });

  it.each<[string, number, string | undefined]>([
    ['a minute behind', -60, undefined],
    ['two minutes behind, which the beginning of SVIDs allows for', -119, undefined],
    ['three minutes behind', -180, invalid('not-yet-valid')],
    ['a minute ahead when the SVID expires', 600 + 55, undefined],
    ['two minutes ahead when the SVID expires', 600 + 120, invalid('expired')],
  ])('is judged by a clock that is %s', async (_, seconds, code) => {
    const started = Date.now();
    const clock = () => started + seconds * 1_000;
    const short = new TestDomain('other.example', started);
    const svid = short.svid({ ttlSeconds: 600 });
    await using endpoint = await playEndpoint(svid, answering(DOCUMENT));
    const authentication = { ...spiffe, bundle: short.bundle };
    const fetching = fetchFrom(endpoint.url, { clock, authentication });
    if (code === undefined) expect(await fetching).toMatchObject({ kind: 'document' });
    else await expect(fetching).rejects.toThrow(expect.objectContaining({ code }));
  });
});

describe('an endpoint that proves itself with a certificate of the web', () => {
  const web = domain.svid({ dnsNames: ['localhost'] });
  const byName = (url: string) => url.replace('127.0.0.1', 'localhost');
  const authentication = { profile: 'https_web', ca: domain.pem } as const;

  it('is believed by its name and the authorities that are trusted', async () => {
    await using endpoint = await playEndpoint(web, answering(DOCUMENT));
    const fetched = await fetchFrom(byName(endpoint.url), { authentication });
    expect(fetched).toMatchObject({ kind: 'document' });
  });

  it.each<[string, string, () => Parameters<typeof fetchFrom>, ReturnType<TestDomain['svid']>]>([
    ['has another name', 'does not match', () => ['https://127.0.0.1', { authentication }], web],
    [
      'names nobody but a workload',
      'does not match',
      () => ['https://localhost', { authentication }],
      SVID,
    ],
    [
      'is of nobody who is trusted',
      'unable to verify the first certificate',
      () => ['https://localhost', { authentication: { profile: 'https_web' } }],
      web,
    ],
    [
      'is of another authority',
      'certificate',
      () => [
        'https://localhost',
        { authentication: { profile: 'https_web', ca: new TestDomain('other.example').pem } },
      ],
      web,
    ],
  ])('and %s is asked nothing', async (_, words, where, svid) => {
    await using endpoint = await playEndpoint(svid, answering(DOCUMENT));
    const [origin, said] = where();
    const url = `${origin}:${new URL(endpoint.url).port}/`;
    await expect(fetchFrom(url, said)).rejects.toThrow(fault(UNAVAILABLE, words));
    expect(endpoint.requests).toEqual([]);
  });

  it('is asked nothing when its certificate has expired', async () => {
    const old = new TestDomain('other.example', Date.now() - 3 * 86_400_000);
    const svid = old.svid({ dnsNames: ['localhost'] });
    await using endpoint = await playEndpoint(svid, answering(DOCUMENT));
    const said = { authentication: { profile: 'https_web', ca: old.pem } } as const;
    await expect(fetchFrom(byName(endpoint.url), said)).rejects.toThrow('expired');
    expect(endpoint.requests).toEqual([]);
  });
});
