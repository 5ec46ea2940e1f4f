import { once } from 'node:events';
import { Agent, createServer, get, type IncomingMessage, type ServerResponse } from 'node:http';
import { expect, it } from 'vitest';
import { listen, stopListening } from './listen.ts';

/** Longer than the test may take. */
const FOREVER_MS = 600_000;

it('a connection that is kept alive ends with the answer that was under way when listening stops', async () => {
  const server = createServer({ keepAliveTimeout: FOREVER_MS });
  const port = await listen(server, '127.0.0.1', 0, 'http.port');
  const agent = new Agent({ keepAlive: true });
  const sent = get({ agent, port });
  const [, response] = (await once(server, 'request')) as [IncomingMessage, ServerResponse];
  const stopped = stopListening(server, FOREVER_MS);
  response.end('answer');
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  expect((await answer.toArray()).join('')).toBe('answer');
  await stopped;
  agent.destroy();
}, 10_000);

it('a request that does not end is cut off after a while', async () => {
  const server = createServer();
  const port = await listen(server, '127.0.0.1', 0, 'http.port');
  const sent = get({ port });
  const cut = once(sent, 'response');
  await once(server, 'request');
  await stopListening(server, 20);
  await expect(cut).rejects.toMatchObject({ code: 'ECONNRESET' });
}, 10_000);
