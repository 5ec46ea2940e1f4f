import type { ServerResponse } from 'node:http';
import type { TLSSocket } from 'node:tls';
import * as undici from 'undici';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { callerOf } from '../caller.ts';
import { MemorySource } from '../testing/memory-source.ts';
import { listen } from '../testing/requests.ts';
import { TrustDomain } from '../testing/trust-domain.ts';
import { createMtlsServer } from './server.ts';
import { createMtlsConnector, createMtlsDispatcher } from './undici.ts';

const ORDERS = 'spiffe://example.org/orders';
const PAYMENTS = 'spiffe://example.org/payments';

let domain: TrustDomain;
let source: MemorySource;
let origin: string;
let accepted: TLSSocket[];
let held: ServerResponse[];
let closers: (() => unknown)[];
const bundles = () => new Map([['example.org', domain.authorities]]);

beforeEach(async () => {
  domain = new TrustDomain('example.org');
  source = new MemorySource({ svids: [domain.issue('/orders')], bundles: bundles() });
  accepted = [];
  held = [];
  const own = new MemorySource({ svids: [domain.issue('/payments')], bundles: bundles() });
  const server = createMtlsServer({ source: own }, (request, response) => {
    if (request.url === '/held') held.push(response);
    else response.end(callerOf(request).spiffeId);
  });
  server.on('secureConnection', (socket) => accepted.push(socket));
  origin = `https://127.0.0.1:${await listen(server)}`;
  closers = [
    () => {
      server.closeAllConnections();
      server.close();
    },
  ];
});
afterEach(async () => {
  for (const close of closers) await close();
});

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 2));
}

describe('undici', () => {
  it('connects with the connector, and proves who calls', async () => {
    const connect = createMtlsConnector({ source, accept: PAYMENTS });
    const dispatcher = new undici.Agent({ connect });
    closers.push(() => dispatcher.destroy());
    const { body } = await undici.request(`${origin}/`, { dispatcher });
    expect(await body.text()).toBe(ORDERS);
  });

  it.each([
    ['another workload', { accept: 'spiffe://example.org/billing' }, 'mtls/not-accepted'],
    ['an address without a name', { idOf: () => undefined }, 'mtls/no-expected-id'],
  ])('does not speak to %s', async (_, who, code) => {
    const dispatcher = new undici.Agent({ connect: createMtlsConnector({ source, ...who }) });
    closers.push(() => dispatcher.destroy());
    await expect(undici.request(`${origin}/`, { dispatcher })).rejects.toMatchObject({ code });
  });

  it('speaks HTTPS alone', async () => {
    const connect = createMtlsConnector({ source, accept: PAYMENTS });
    const dispatcher = new undici.Agent({ connect });
    closers.push(() => dispatcher.destroy());
    const asked = undici.request('http://127.0.0.1:1/', { dispatcher });
    await expect(asked).rejects.toMatchObject({ code: 'mtls/not-https' });
  });

  it('takes the dispatcher for its fetch, and keeps connections alive', async () => {
    const options = { source, accept: PAYMENTS };
    const dispatcher = createMtlsDispatcher(undici, options, { connections: 1 });
    closers.push(() => dispatcher.destroy());
    for (let times = 0; times < 3; times++) {
      const response = await undici.fetch(`${origin}/`, { dispatcher });
      expect(await response.text()).toBe(ORDERS);
    }
    expect(accepted).toHaveLength(1);
  });

  it('ends connections with the SVID, idle ones at once and busy ones after the response', async () => {
    const dispatcher = createMtlsDispatcher(undici, { source, accept: PAYMENTS });
    closers.push(() => dispatcher.destroy());
    const idle = await undici.request(`${origin}/`, { dispatcher });
    await idle.body.text();
    source.set({ svids: [domain.issue('/orders')], bundles: bundles() });
    await until(() => accepted[0]?.destroyed === true);
    const busy = undici.request(`${origin}/held`, { dispatcher });
    await until(() => held.length === 1);
    source.set({ svids: [domain.issue('/orders')], bundles: bundles() });
    const other = await undici.request(`${origin}/`, { dispatcher });
    expect(await other.body.text()).toBe(ORDERS);
    expect(accepted[1]?.destroyed).toBe(false);
    held[0]?.end('after all');
    expect(await (await busy).body.text()).toBe('after all');
    await until(() => accepted[1]?.destroyed === true);
    expect(accepted).toHaveLength(3);
  });

  describe('a dispatcher with a request under way over a connection of an older SVID', () => {
    let dispatcher: undici.Dispatcher;
    let busy: Promise<undici.Dispatcher.ResponseData>;
    const renew = () => source.set({ svids: [domain.issue('/orders')], bundles: bundles() });
    beforeEach(async () => {
      dispatcher = createMtlsDispatcher(undici, { source, accept: PAYMENTS });
      busy = undici.request(`${origin}/held`, { dispatcher });
      await until(() => held.length === 1);
    });
    afterEach(() => dispatcher.destroy());

    it('closes when that is done, too', async () => {
      renew();
      await new Promise(setImmediate);
      let isClosed = false;
      const closing = dispatcher.close().then(() => (isClosed = true));
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect(isClosed).toBe(false);
      held[0]?.end('after all');
      expect(await (await busy).body.text()).toBe('after all');
      await closing;
    });

    it('ends that, too, when it is destroyed', async () => {
      renew();
      await new Promise(setImmediate);
      const failed = expect(busy).rejects.toThrow('enough');
      await dispatcher.destroy(new Error('enough'));
      await failed;
    });

    it('takes no more requests once it is closed, whatever SVID comes', async () => {
      const closing = dispatcher.close();
      renew();
      await new Promise(setImmediate);
      await expect(undici.request(`${origin}/`, { dispatcher })).rejects.toMatchObject({
        code: 'UND_ERR_CLOSED',
      });
      held[0]?.end();
      await (await busy).body.text();
      await closing;
    });

    it('leaves nothing at the source when it is closed', async () => {
      held[0]?.end();
      await (await busy).body.text();
      await dispatcher.close();
      await until(() => accepted[0]?.destroyed === true);
      await until(() => source.listenerCount('updated') === 0);
    });
  });
});
