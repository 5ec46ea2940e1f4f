import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import http2, { type Http2ServerRequest, type Http2ServerResponse } from 'node:http2';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import tls from 'node:tls';
import { afterAll, describe, expect, it } from 'vitest';
import { allowOnly } from '../authorization/index.ts';
import { createMtlsHttp2Server } from '../mtls/index.ts';
import { requireCaller, requireCallerOnUpgrade } from './node.ts';
import { type Framework, keepsCallers } from './testing/frameworks.contract.ts';
import { idOf, World } from './testing/world.ts';

const templateOf = (url = ''): string | undefined =>
  /^\/orders\/[^/]+$/.test(url.split('?')[0] ?? '') ? '/orders/{id}' : undefined;

const serve: Framework['serve'] = (world, options) => {
  const listener: RequestListener = requireCaller(
    options,
    (request, response, caller) => {
      const id = /^\/orders\/([^/?]+)/.exec(request.url ?? '')?.[1];
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ caller: caller ?? null, id }));
    },
    ({ url }) => templateOf(url),
  );
  return world.serve(listener);
};

keepsCallers('node:http', { serve, template: '/orders/{id}' });

describe('an upgrade', () => {
  const world = new World();
  afterAll(() => world.close());

  /** Serves over mutual TLS, and in plain text. */
  const servers = () =>
    [world.mtlsServer(), createServer()].map((server) => {
      const options = { authorize: allowOnly({ 'GET /feed': [idOf('web')] }) };
      const listener = requireCallerOnUpgrade(options, (_request, socket, _head, caller) => {
        socket.end(`HTTP/1.1 101 Switching Protocols\r\n\r\nhello ${caller?.path}`);
      });
      return server.on('upgrade', listener);
    }) as [Server, Server];
  const ask = 'GET /feed HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';

  /** Everything that a server says on a connection that asks for a WebSocket, over mutual TLS as
   *  somebody, or in plain text. */
  async function said(as?: string): Promise<string> {
    const [mtls, plain] = servers();
    const port = await world.listen(as === undefined ? plain : mtls);
    const socket = as === undefined ? connect(port) : world.agent(as).createConnection({ port });
    if (socket === undefined) throw new Error('there is no connection');
    socket.write(ask);
    return text(socket);
  }

  it('is for verified callers that are allowed it', async () => {
    const answer = await said('web');
    expect(answer).toMatch(/^HTTP\/1\.1 101 .*\r\n\r\nhello \/ns\/shop\/sa\/web$/s);
  });

  it.each([
    ['nobody', undefined, 'HTTP/1.1 401 Unauthorized', 'caller/unauthenticated'],
    ['who is not allowed it', 'payments', 'HTTP/1.1 403 Forbidden', 'caller/forbidden'],
  ])('is not for %s', async (_, as, line, code) => {
    const answer = await said(as);
    expect(answer.split('\r\n')[0]).toBe(line);
    expect(answer).toContain('content-type: application/problem+json');
    expect(JSON.parse(answer.split('\r\n\r\n')[1] ?? '')).toMatchObject({ code });
  });

  it('that is refused leaves no connection to a peer that keeps its own half open', async () => {
    const [mtls, plain] = servers();
    mtls.close();
    const accepted = once(plain, 'connection') as Promise<[Socket]>;
    const peer = connect({ port: await world.listen(plain), allowHalfOpen: true });
    peer.write(ask);
    const [socket] = await accepted;
    if (!socket.closed) await once(socket, 'close');
    expect(await text(peer)).toContain('HTTP/1.1 401 Unauthorized');
    peer.destroy();
  });
});

describe('HTTP/2', () => {
  const world = new World();
  afterAll(() => world.close());

  /** The status and the body of an answer over HTTP/2. */
  async function asked(port: number, as: string): Promise<[status: unknown, body: string]> {
    const session = http2.connect(`https://127.0.0.1:${port}`, {
      createConnection: () =>
        tls.connect({ port, ALPNProtocols: ['h2'], rejectUnauthorized: false, ...world.keys(as) }),
    });
    const stream = session.request({ ':path': '/orders/42' });
    const [[headers], body] = await Promise.all([once(stream, 'response'), text(stream)]);
    session.close();
    return [headers[':status'], body];
  }

  it('has callers, too', async () => {
    const authorize = allowOnly({ 'GET /orders/{id}': [idOf('web')] });
    const listener = requireCaller(
      { authorize },
      (_: Http2ServerRequest, response: Http2ServerResponse, caller) => {
        response.end(caller?.spiffeId ?? '');
      },
    );
    const server = createMtlsHttp2Server({ source: world.source('orders') }, listener);
    const port = await world.listen(server);
    expect(await asked(port, 'web')).toEqual([200, idOf('web')]);
    const [status, body] = await asked(port, 'payments');
    expect(status).toBe(403);
    expect(JSON.parse(body)).toMatchObject({ code: 'caller/forbidden' });
  });
});

describe('what a handler throws', () => {
  const world = new World();
  afterAll(() => world.close());

  it('rejects, as without the middleware', async () => {
    const listener = requireCaller({ optional: true }, () => {
      throw new Error('of the handler');
    });
    const request = { headers: {}, url: '/', method: 'GET' } as never;
    await expect(listener(request, {} as never)).rejects.toThrow('of the handler');
  });
});
