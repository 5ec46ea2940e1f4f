import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { exchange, type HttpQuestion } from './exchange.ts';
import { selfSigned } from './testing/certificate.ts';

let servers: Server[];
beforeEach(() => {
  servers = [];
});
afterEach(() => {
  for (const server of servers) server.close().closeAllConnections();
});

async function listen(server: Server, scheme = 'http'): Promise<URL> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return new URL(`${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}/a?b=c`);
}
const serve = (answer: RequestListener) => listen(createServer(answer));

const question = (url: URL, said: Partial<HttpQuestion> = {}): HttpQuestion => ({
  ...{ method: 'GET', url, timeoutMs: 10_000, maxBytes: 1_000, ...said },
});

describe('a question to a server', () => {
  it('is answered with whatever it says', async () => {
    const url = await serve((request, response) => {
      const { method, headers } = request;
      request.setEncoding('utf8').on('data', (body) => {
        response.writeHead(418, { 'retry-after': '7' });
        response.end(
          JSON.stringify([method, request.url, headers['x-a'], headers['content-length'], body]),
        );
      });
    });
    const said = { method: 'POST', body: 'é', headers: { 'x-a': 'b' } } as const;
    const answer = await exchange(question(url, said));
    expect(answer).toMatchObject({
      outcome: 'answered',
      status: 418,
      headers: { 'retry-after': '7' },
    });
    const body = 'body' in answer ? answer.body.toString() : '';
    expect(JSON.parse(body)).toEqual(['POST', '/a?b=c', 'b', '2', 'é']);
  });

  it('goes nowhere else than it was asked', async () => {
    let elsewhere = 0;
    const other = await serve((_, response) => {
      elsewhere++;
      response.end();
    });
    const url = await serve((_, response) =>
      response.writeHead(307, { location: `${other}` }).end(),
    );
    expect(await exchange(question(url))).toMatchObject({ outcome: 'answered', status: 307 });
    expect(elsewhere).toBe(0);
  });

  it.each([
    ['as long as is read', 1_000, 'answered'],
    ['longer', 1_001, 'too-large'],
  ])('has an answer that is %s', async (_, length, outcome) => {
    const url = await serve((_, response) => response.end('x'.repeat(length)));
    expect((await exchange(question(url))).outcome).toBe(outcome);
  });

  it('reads nothing of an answer without end where only its status is wanted', async () => {
    const cut = Promise.withResolvers<void>();
    const url = await serve((_, response) => {
      response.write('x');
      response.on('close', cut.resolve);
    });
    const answer = await exchange(question(url, { maxBytes: 0 }));
    expect(answer).toMatchObject({ outcome: 'answered', status: 200, body: Buffer.alloc(0) });
    await cut.promise;
  });

  it.each<[string, RequestListener]>([
    ['says nothing', () => undefined],
    ['does not come to an end', (_, response) => response.write('x')],
  ])('is given up where the server %s', async (_, answer) => {
    const url = await serve(answer);
    expect(await exchange(question(url, { timeoutMs: 20 }))).toEqual({ outcome: 'late' });
  });

  it('ends when it is to', async () => {
    const stop = new AbortController();
    const url = await serve(() => stop.abort());
    const asked = question(url, { signal: stop.signal });
    expect(await exchange(asked)).toEqual({ outcome: 'stopped' });
    expect(await exchange(asked)).toEqual({ outcome: 'stopped' });
  });

  it.each<[string, string, RequestListener]>([
    ['before it answers', 'ECONNRESET', (request) => request.socket.destroy()],
    [
      'within its answer',
      'ECONNRESET',
      (request, response) => {
        response.writeHead(200, { 'content-length': '100' }).write('x');
        setImmediate(() => request.socket.destroy());
      },
    ],
  ])('has failed where the server hangs up %s', async (_, code, answer) => {
    const failed = await exchange(question(await serve(answer)));
    expect(failed).toMatchObject({ outcome: 'failed', error: { code } });
  });

  it('has failed where nobody listens, and where it cannot be sent', async () => {
    const url = await serve(() => undefined);
    for (const server of servers) await new Promise((resolve) => server.close(resolve));
    expect(await exchange(question(url))).toMatchObject({ error: { code: 'ECONNREFUSED' } });
    const odd = question(url, { headers: { 'x-a': 'a\nb' } });
    expect(await exchange(odd)).toMatchObject({ error: { code: 'ERR_INVALID_CHAR' } });
  });

  it('is put to a server that proves who it is', async () => {
    const { cert, key } = await selfSigned('reeve.example');
    const seen = createSecureServer({ cert, key }, (_, response) => response.end('ok'));
    const url = await listen(seen, 'https');
    expect(await exchange(question(url))).toMatchObject({
      ...{ outcome: 'failed', error: { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' } },
    });
    const tls = { ca: cert, servername: 'reeve.example' };
    expect(await exchange(question(url, { tls }))).toMatchObject({ outcome: 'answered' });
    const another = { ca: cert, servername: 'another.example' };
    expect(await exchange(question(url, { tls: another }))).toMatchObject({
      ...{ outcome: 'failed', error: { code: 'ERR_TLS_CERT_ALTNAME_INVALID' } },
    });
  });
});
