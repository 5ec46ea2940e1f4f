import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AgentRig, leafOf, type X509Answer } from './testing/agent.ts';
import { BY, ServerRig } from './testing/server.ts';

const ORDERS = 'spiffe://example.org/ns/shop/sa/orders';
const PAYMENTS = 'spiffe://example.org/ns/shop/sa/payments';
const OWN = [`unix:uid:${process.getuid?.()}`];

let server: ServerRig;
let rig: AgentRig;
beforeEach(async () => {
  server = await ServerRig.start();
  rig = new AgentRig(server);
});
afterEach(async () => {
  await rig.remove();
  await server.close();
});

describe('an agent', () => {
  it('hands out what the server issues to it, and the audit log names it', async () => {
    server.register({ spiffeId: ORDERS, selectors: OWN });
    const agent = await rig.join('node-1');
    expect(agent.spiffeId).toBe('spiffe://example.org/reeve/agent/node-1');
    const answer = await rig.workload().stream('FetchX509SVID').next<X509Answer>();
    expect(answer.svids.map(({ spiffe_id }) => spiffe_id)).toEqual([ORDERS]);
    expect(server.log).toContainEqual(
      expect.objectContaining({
        action: 'identity.issue',
        subject: ORDERS,
        actor: agent.spiffeId,
      }),
    );
  });

  it('passes on changes of entries, of trust and of what is revoked', async () => {
    const entry = server.register({ spiffeId: ORDERS, selectors: OWN });
    await rig.join('node-1');
    const stream = rig.workload().stream('FetchX509SVID');
    const first = await stream.next<X509Answer>();
    server.register({ spiffeId: PAYMENTS, selectors: OWN });
    const second = await stream.next<X509Answer>();
    expect(second.svids.map(({ spiffe_id }) => spiffe_id)).toEqual([ORDERS, PAYMENTS]);
    expect(leafOf(second).serialNumber).toBe(leafOf(first).serialNumber);
    await server.keeper.rotate('x509', BY);
    await server.keeper.settled();
    const third = await stream.next<X509Answer>();
    expect(third.svids[0]?.bundle.length).toBeGreaterThan(second.svids[0]?.bundle.length ?? 0);
    server.remove(entry);
    const fourth = await stream.next<X509Answer>();
    expect(fourth.svids.map(({ spiffe_id }) => spiffe_id)).toEqual([PAYMENTS]);
  });
});
