import { mkdtempSync, rmSync } from 'node:fs';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Question } from '../decision.ts';
import { askOpa, type OpaOptions } from './ask-opa.ts';

const QUESTION: Question = {
  caller: {
    spiffeId: 'spiffe://example.org/ns/shop/sa/web',
    trustDomain: 'example.org',
    path: '/ns/shop/sa/web',
    proof: 'mtls',
    expiresAt: new Date(0),
  },
  method: 'GET',
  path: '/orders/42',
  template: '/orders/{id}',
  service: 'orders',
};

interface Asked {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly body: unknown;
}

const folder = mkdtempSync(join(tmpdir(), 'reeve-opa-'));
const socketPath = join(folder, 'opa.sock');
const asked: Asked[] = [];
const json =
  (value: unknown, status = 200) =>
  (_: IncomingMessage, response: ServerResponse) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
let answer: (request: IncomingMessage, response: ServerResponse) => unknown;

const listener = async (request: IncomingMessage, response: ServerResponse) => {
  asked.push({ method: request.method, url: request.url, body: JSON.parse(await text(request)) });
  answer(request, response);
};
const overTcp = http.createServer(listener);
const overSocket = http.createServer(listener);
let url: string;

beforeAll(async () => {
  await new Promise<void>((resolve) => overTcp.listen(0, '127.0.0.1', resolve));
  await new Promise<void>((resolve) => overSocket.listen(socketPath, resolve));
  url = `http://127.0.0.1:${(overTcp.address() as AddressInfo).port}`;
});
afterEach(() => {
  asked.length = 0;
});
afterAll(() => {
  for (const server of [overTcp, overSocket]) {
    server.close();
    server.closeAllConnections();
  }
  rmSync(folder, { recursive: true });
});

const ask = (options: Partial<OpaOptions> = {}, question: Partial<Question> = {}) =>
  askOpa({ url, ...options })({ ...QUESTION, ...question });

describe('OPA is asked', () => {
  it('with the caller and the operation', async () => {
    answer = json({ result: true });
    expect(await ask()).toEqual({ allowed: true });
    expect(asked).toEqual([
      {
        method: 'POST',
        url: '/v1/data/reeve/authz/allow',
        body: {
          input: {
            caller: {
              spiffe_id: 'spiffe://example.org/ns/shop/sa/web',
              trust_domain: 'example.org',
              path: '/ns/shop/sa/web',
              proof: 'mtls',
            },
            method: 'GET',
            path: '/orders/42',
            template: '/orders/{id}',
            service: 'orders',
          },
        },
      },
    ]);
  });

  it('with null for what is not known', async () => {
    answer = json({ result: true });
    await ask({}, { caller: undefined, template: undefined, service: undefined });
    expect(asked[0]?.body).toMatchObject({
      input: { caller: null, template: null, service: null },
    });
  });

  it('for another rule, below a path', async () => {
    answer = json({ result: true });
    await ask({ url: `${url}/opa/`, rule: 'shop/allow' });
    expect(asked[0]?.url).toBe('/opa/v1/data/shop/allow');
  });

  it('on a Unix socket', async () => {
    answer = json({ result: true });
    expect(await ask({ url: 'http://opa', socketPath })).toEqual({ allowed: true });
  });

  it('through a fetch of the service', async () => {
    answer = json({ result: { allow: false, reason: 'on holiday' } });
    expect(await ask({ fetch })).toEqual({ allowed: false, reason: 'on holiday' });
    expect(asked).toHaveLength(1);
  });
});

const cut = (_: IncomingMessage, response: ServerResponse) => response.socket?.destroy();
/** More and more of an answer, until nobody reads on. */
const drip = (chunkBytes: number) => (_: IncomingMessage, response: ServerResponse) => {
  const timer = setInterval(() => response.write(Buffer.alloc(chunkBytes, ' ')), 5);
  response.once('close', () => clearInterval(timer));
};
const moved = (_: IncomingMessage, response: ServerResponse) =>
  response.writeHead(307, { location: `${url}/elsewhere` }).end();

describe.each([
  ['over http', {}],
  ['through fetch', { fetch }],
])('an answer %s', (_, how) => {
  it.each([
    ['false', json({ result: false }), 'the policy does not allow it'],
    ['an object that denies', json({ result: { allow: false } }), 'the policy does not allow it'],
    ['a reason', json({ result: { allow: false, reason: 'no pets' } }), 'no pets'],
    ['an odd reason', json({ result: { allow: false, reason: 7 } }), 'does not allow it'],
  ])('denies with %s', async (_what, given, reason) => {
    answer = given;
    const decision = await ask(how);
    expect(decision).toEqual({ allowed: false, reason: expect.stringContaining(reason) });
  });

  it('allows with an object that does', async () => {
    answer = json({ result: { allow: true, reason: 'because' } });
    expect(await ask(how)).toEqual({ allowed: true });
  });

  it.each([
    ['no result', json({}), 'OPA has no decision at `reeve/authz/allow`'],
    ['a string', json({ result: 'true' }), 'neither a boolean nor an object'],
    ['one', json({ result: 1 }), 'neither a boolean nor an object'],
    ['null', json({ result: null }), 'neither a boolean nor an object'],
    ['a list', json({ result: [true] }), 'neither a boolean nor an object'],
    ['an object without `allow`', json({ result: { allowed: true } }), 'neither a boolean nor'],
    ['an `allow` that is no boolean', json({ result: { allow: 'yes' } }), 'neither a boolean nor'],
    ['a list for an answer', json([{ result: true }]), 'not an object of JSON'],
    ['no JSON', (_: IncomingMessage, r: ServerResponse) => r.end('true'), 'not an object of JSON'],
    ['status 500', json({ result: true }, 500), 'OPA answered with status 500'],
    ['a broken connection', cut, 'OPA could not be asked'],
    ['an answer without an end', drip(65_536), 'OPA could not be asked'],
    ['silence', () => {}, 'OPA did not answer within 100 ms'],
    ['an answer that drips', drip(1), 'OPA did not answer within 100 ms'],
  ])('that is no decision denies, and says so: %s', async (_what, given, reason) => {
    answer = given;
    const decision = await ask({ ...how, timeoutMs: reason.includes('100 ms') ? 100 : 10_000 });
    expect(decision).toMatchObject({ allowed: false, reason: expect.stringContaining(reason) });
    expect(decision).toHaveProperty('cause');
  });

  it('that leads elsewhere denies, and nobody is asked there', async () => {
    answer = moved;
    expect(await ask(how)).toMatchObject({ allowed: false });
    expect(asked.map(({ url: path }) => path)).toEqual(['/v1/data/reeve/authz/allow']);
  });
});

it('an OPA that is not there denies, without its address', async () => {
  const decision = await ask({ url: 'http://127.0.0.1:1' });
  expect(decision).toMatchObject({
    allowed: false,
    reason: 'no decision could be had: OPA could not be asked',
  });
});

describe('decisions', () => {
  it('are asked for anew each time without a cache', async () => {
    answer = json({ result: true });
    const authorize = askOpa({ url });
    await authorize(QUESTION);
    await authorize(QUESTION);
    expect(asked).toHaveLength(2);
  });

  it('are kept for as long as the cache says, for the same question', async () => {
    answer = json({ result: true });
    let now = 0;
    const authorize = askOpa({ url, cache: { ttlMs: 1_000 }, clock: () => now });
    await authorize(QUESTION);
    answer = json({ result: false });
    now = 999;
    expect(await authorize(QUESTION)).toEqual({ allowed: true });
    expect(await authorize({ ...QUESTION, method: 'POST' })).toMatchObject({ allowed: false });
    now = 1_000;
    expect(await authorize(QUESTION)).toMatchObject({ allowed: false });
  });

  it('are kept for as many questions as the cache says', async () => {
    answer = json({ result: true });
    const authorize = askOpa({ url, cache: { ttlMs: 1_000, maxEntries: 2 }, clock: () => 0 });
    for (const path of ['/1', '/2', '/3', '/2', '/3', '/1']) await authorize({ ...QUESTION, path });
    expect(asked.map(({ body }) => (body as { input: { path: string } }).input.path)).toEqual([
      '/1',
      '/2',
      '/3',
      '/1',
    ]);
  });

  it('are not kept where there was none', async () => {
    const authorize = askOpa({ url, cache: { ttlMs: 1_000 } });
    answer = json({});
    expect(await authorize(QUESTION)).toMatchObject({ allowed: false });
    answer = json({ result: true });
    expect(await authorize(QUESTION)).toEqual({ allowed: true });
  });
});

describe('options that are refused', () => {
  it.each<readonly [string, Partial<OpaOptions>, string]>([
    ['no address', { url: 'opa:8181' }, '`opa:8181` is not an address of http or https'],
    ['another protocol', { url: 'ftp://opa' }, 'is not an address of http or https'],
    ['a rule with dots', { rule: '../../config' }, '`../../config` is not the path of a rule'],
    ['a rule with a query', { rule: 'a?b' }, 'is not the path of a rule'],
    ['no time', { timeoutMs: 0 }, '`timeoutMs` is `0`'],
    ['endless time', { timeoutMs: Number.POSITIVE_INFINITY }, '`timeoutMs` is `Infinity`'],
    ['a cache without end', { cache: { ttlMs: 1e12 } }, '`cache.ttlMs`'],
    ['a cache of nothing', { cache: { ttlMs: 1, maxEntries: 0 } }, '`cache.maxEntries`'],
    ['fetch and a socket', { fetch, socketPath: '/x' }, 'does not know Unix sockets'],
  ])('%s', (_, options, message) => {
    expect(() => askOpa({ url: 'http://opa', ...options })).toThrow(
      expect.objectContaining({
        code: 'authorization/options-invalid',
        message: expect.stringContaining(message),
      }),
    );
  });
});
