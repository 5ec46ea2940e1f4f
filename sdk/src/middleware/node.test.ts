import type { RequestListener } from 'node:http';
import tls from 'node:tls';
import { afterAll, describe, expect, it } from 'vitest';
import { allowOnly } from '../authorization/index.ts';
import { requireCaller, requireCallerOnUpgrade } from './node.ts';
import { type Framework, keepsCallers } from './testing/frameworks.contract.ts';
import { idOf, World } from './testing/world.ts';

const templateOf = (url = ''): string | undefined =>
  /^\/orders\/[^/]+$/.test(url.split('?')[0] ?? '') ? '/orders/{id}' : undefined;

const serve: Framework['serve'] = (world, options, scheme = 'https') => {
  const listener: RequestListener = requireCaller(
    options,
    (request, response, caller) => {
      const id = /^\/orders\/([^/?]+)/.exec(request.url ?? '')?.[1];
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ caller: caller ?? null, id }));
    },
    ({ url }) => templateOf(url),
  );
  return scheme === 'https' ? world.serve(listener) : world.servePlain(listener);
};

keepsCallers('node:http', { serve, template: '/orders/{id}' });

describe('an upgrade', () => {
  const world = new World();
  afterAll(() => world.close());

  async function upgradable(): Promise<number> {
    const server = world.tlsServer();
    const options = { authorize: allowOnly({ 'GET /feed': [idOf('web')] }) };
    server.on(
      'upgrade',
      requireCallerOnUpgrade(options, (_request, socket, _head, caller) => {
        socket.end(`HTTP/1.1 101 Switching Protocols\r\n\r\nhello ${caller?.path}`);
      }),
    );
    return Number(new URL(await world.serve(server)).port);
  }

  /** Everything that the server sends on a connection that asks for a WebSocket. */
  function said(port: number, as?: string): Promise<string> {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const svid = as === undefined ? {} : world.svid(as);
    const options = { port, ca: world.rootPem, checkServerIdentity: () => undefined, ...svid };
    const socket = tls.connect(options, () => {
      socket.write(
        'GET /feed HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
      );
    });
    let all = '';
    socket.setEncoding('utf8').on('data', (text: string) => {
      all += text;
    });
    socket.once('end', () => resolve(all)).once('error', reject);
    return promise;
  }

  it('is for verified callers that are allowed it', async () => {
    const answer = await said(await upgradable(), 'web');
    expect(answer).toMatch(/^HTTP\/1\.1 101 .*\r\n\r\nhello \/ns\/shop\/sa\/web$/s);
  });

  it.each([
    ['nobody', undefined, 'HTTP/1.1 401 Unauthorized', 'caller/unauthenticated'],
    ['who is not allowed it', 'payments', 'HTTP/1.1 403 Forbidden', 'caller/forbidden'],
  ])('is not for %s', async (_, as, line, code) => {
    const answer = await said(await upgradable(), as);
    expect(answer.split('\r\n')[0]).toBe(line);
    expect(answer).toContain('content-type: application/problem+json');
    expect(JSON.parse(answer.split('\r\n\r\n')[1] ?? '')).toMatchObject({ code });
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
