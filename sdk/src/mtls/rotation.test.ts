import * as undici from 'undici';
import { afterEach, describe, expect, it } from 'vitest';
import { callerOf } from '../caller.ts';
import { MemorySource } from '../testing/memory-source.ts';
import { ask, listen } from '../testing/requests.ts';
import { TrustDomain } from '../testing/trust-domain.ts';
import { createMtlsAgent } from './agent.ts';
import { createMtlsFetch } from './fetch/index.ts';
import { createMtlsServer } from './server.ts';
import { createMtlsDispatcher } from './undici.ts';

const ORDERS = 'spiffe://example.org/orders';
const PAYMENTS = 'spiffe://example.org/payments';
const CALLERS = 10;

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** Two ends of calls, and what is given to both, one after the other, step by step: the next root is
 *  published, it signs, the last one is withdrawn. */
async function twoEnds() {
  const [last, next] = [new TrustDomain('example.org'), new TrustDomain('example.org')];
  const both = [...last.authorities, ...next.authorities];
  const steps = [
    [last, last.authorities],
    [last, both],
    [last, both],
    [next, both],
    [next, both],
    [next, next.authorities],
    [next, next.authorities],
  ] as const;
  const source = { server: new MemorySource(), client: new MemorySource() };
  const give = (end: 'server' | 'client', step: number) => {
    const [issuer, authorities] = steps[step] ?? steps[0];
    const svid = issuer.issue(end === 'server' ? '/payments' : '/orders');
    source[end].set({ svids: [svid], bundles: new Map([['example.org', authorities]]) });
  };
  give('server', 0);
  give('client', 0);
  const server = createMtlsServer({ source: source.server }, (request, response) => {
    request.resume();
    const { spiffeId } = callerOf(request);
    setTimeout(() => response.end(spiffeId), Math.random() * 10);
  });
  const port = await listen(server);
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { source: source.client, port, give, steps: steps.length };
}

type Client = (source: MemorySource, port: number) => () => Promise<string>;

const CLIENTS: readonly [string, Client][] = [
  [
    'node:https',
    (source, port) => {
      const agent = createMtlsAgent({ source, accept: PAYMENTS });
      closers.push(() => agent.destroy());
      return async () => (await ask(agent, port, '/', 'a body')).body;
    },
  ],
  [
    'fetch',
    (source, port) => {
      const fetch = createMtlsFetch({ source, accept: PAYMENTS });
      closers.push(() => fetch.agent.destroy());
      return async () => (await fetch(`https://127.0.0.1:${port}/`)).text();
    },
  ],
  [
    'undici',
    (source, port) => {
      const dispatcher = createMtlsDispatcher(undici, { source, accept: PAYMENTS });
      closers.push(() => dispatcher.destroy());
      return async () => {
        const { body } = await undici.request(`https://127.0.0.1:${port}/`, { dispatcher });
        return body.text();
      };
    },
  ],
];

describe('while SVIDs and the root are replaced', () => {
  it.each(CLIENTS)('no call by %s fails', async (_, clientOf) => {
    const { source, port, give, steps } = await twoEnds();
    const call = clientOf(source, port);
    let isOver = false;
    let calls = 0;
    const callers = Array.from({ length: CALLERS }, async () => {
      while (!isOver) {
        expect(await call()).toBe(ORDERS);
        calls++;
      }
    });
    const some = async () => {
      const until = calls + 3 * CALLERS;
      while (calls < until) await new Promise((resolve) => setTimeout(resolve, 1));
    };
    const rotating = (async () => {
      for (let step = 1; step < steps; step++) {
        await some();
        give(step % 2 === 0 ? 'server' : 'client', step);
        await some();
        give(step % 2 === 0 ? 'client' : 'server', step);
      }
      await some();
      isOver = true;
    })();
    await Promise.all([rotating, ...callers]);
    expect(calls).toBeGreaterThan(300);
  });
});
