import { describe, expect, it } from 'vitest';
import type { Policy } from '../../model/index.ts';
import { readSlice } from './read-slice.ts';
import { PolicySlices } from './slices.ts';
import { identityOf, MAIL, ORDERS, SHOP, serviceWith, WEB } from './testing/policies.ts';

const of = (slices: PolicySlices, ...ids: string[]) => slices.of(ids.map(identityOf));
const calleesOf = (slices: PolicySlices, ...ids: string[]) => {
  const slice = of(slices, ...ids);
  return slice && readSlice(slice.bytes).callees;
};

describe('slices of the policy of this moment', () => {
  it('are of the services that somebody is, and the same as long as they say the same', () => {
    const slices = new PolicySlices();
    expect(of(slices, ORDERS)).toBeUndefined();
    slices.replace(SHOP);
    const before = of(slices, ORDERS);
    expect(calleesOf(slices, ORDERS)).toEqual([ORDERS]);
    expect(of(slices, ORDERS)).toBe(before);
    slices.replace({ ...SHOP, grants: [...SHOP.grants] });
    expect(of(slices, ORDERS)).toEqual(before);
    slices.replace({ ...SHOP, grants: [] });
    expect(of(slices, ORDERS)?.revision).not.toBe(before?.revision);
  });

  it('are of all services that share an identity', () => {
    const slices = new PolicySlices();
    const twin = serviceWith('production/shop/twin', { identities: [identityOf(ORDERS)] });
    slices.replace({ ...SHOP, services: [...SHOP.services, twin] });
    expect(calleesOf(slices, ORDERS)).toEqual([ORDERS, twin.id]);
  });

  it('have no callees for somebody who is no service', () => {
    const slices = new PolicySlices();
    slices.replace(SHOP);
    expect(calleesOf(slices, 'production/shop/nobody')).toEqual([]);
  });

  it('are cut anew where they were sent to, only of what was sent, and as whoever sent them would', () => {
    const [server, agent] = [new PolicySlices(), new PolicySlices()];
    server.replace(SHOP);
    agent.take(of(server, ORDERS, MAIL)?.bytes ?? Buffer.alloc(0));
    expect(of(agent, ORDERS)).toEqual(of(server, ORDERS));
    expect(of(agent, ORDERS, MAIL)).toEqual(of(server, ORDERS, MAIL));
    // it is a service, and nothing was said of calls to it
    expect(of(agent, WEB)).toBeUndefined();
    expect(calleesOf(agent, WEB, ORDERS)).toEqual([ORDERS]);
    expect(() => agent.take(Buffer.from('hello'))).toThrow(/cannot be read/);
    expect(of(agent, ORDERS)).toEqual(of(server, ORDERS));
    agent.drop();
    expect(of(agent, ORDERS)).toBeUndefined();
  });

  it('tell of each change, until nobody wants to hear', () => {
    const slices = new PolicySlices();
    let told = 0;
    const stop = slices.onChange(() => told++);
    slices.replace(SHOP);
    slices.drop();
    stop();
    slices.replace(SHOP);
    expect(told).toBe(2);
  });

  it('that are too large are refused, each time, and cut once', () => {
    const slices = new PolicySlices();
    const json = { text: 'x'.repeat(1_024 * 1_024) };
    const guardrails = Array.from({ length: 65 }, (_, index) => ({
      ...{ id: `${index}`, reason: undefined, file: 'a.cedar', line: 1, text: '', json },
    }));
    let looks = 0;
    const policy: Policy = {
      ...SHOP,
      get guardrails() {
        looks++;
        return guardrails;
      },
    };
    slices.replace(policy);
    for (let times = 0; times < 2; times++) {
      expect(() => of(slices, ORDERS)).toThrow(/more than 67108864 bytes/);
    }
    expect(looks).toBe(1);
  });
});
