import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Hop, OUTCOME, RANK } from '../hop.ts';
import { AHEAD } from '../near.ts';
import { EXPLANATION } from './index.ts';
import { ServiceBaseline } from './model.ts';
import { DAY, HOUR, plainUsual, START, Traffic } from './testing/traffic.ts';

describe('a caller', () => {
  it('has a usual fan-out, apart from what it has now', () => {
    const traffic = new Traffic();
    for (let window = 0; window < 30; window++) {
      for (const to of ['stock', 'payments']) traffic.learn(START + window * 600_000, 'orders', to);
    }
    const now = START + 30 * 600_000;
    for (let target = 0; target < 9; target++) traffic.learn(now, 'orders', `target-${target}`);
    const { fanOutNow, fanOutUsual } = traffic.look(now, 'orders', 'stock');
    expect({ fanOutNow, fanOutUsual }).toEqual({ fanOutNow: 9, fanOutUsual: 2 });
  });

  it('is the more predictable the longer it called nobody new', () => {
    const traffic = new Traffic();
    const novelty = [1, 24, 240].map((hours) => {
      for (let hour = 0; hour < hours; hour++) {
        traffic.learn(START + hours * HOUR + hour * HOUR, 'orders', 'payments');
      }
      return traffic.look(START + 2 * hours * HOUR, 'orders', 'stock').callerNovelty;
    });
    expect(novelty[0]).toBeGreaterThan(novelty[1] ?? 1);
    expect(novelty[1]).toBeGreaterThan(novelty[2] ?? 1);
    expect(novelty[2]).toBeLessThan(0.01);
  });

  it('shows how well it is known, and why', () => {
    const traffic = new Traffic();
    const maturity = () => traffic.baseline.maturityOf(traffic.service('orders'));
    traffic.learn(START, 'orders', 'payments');
    expect(maturity()).toBeLessThan(0.2);
    for (let hour = 1; hour < 8 * 24; hour++)
      traffic.learn(START + hour * HOUR, 'orders', 'payments');
    expect(maturity()).toBeGreaterThan(0.9);
    expect(traffic.baseline.maturityBecause(traffic.service('orders'))).toMatch(
      /^seen on 8 days, about \d+ requests, no new callee for 7 days$/,
    );
  });

  it('is told to have been seen for hours though a person has vouched for them', () => {
    const traffic = new Traffic();
    for (let hour = 0; hour < 4; hour++)
      traffic.learn(START + hour * HOUR, 'orders', 'payments', { count: 10 });
    traffic.baseline.acceptAll();
    const service = traffic.service('orders');
    expect(traffic.baseline.maturityBecause(service)).toBe(
      'seen on 1 day, said to be as it should be, about 40 requests, no new callee for 3 hours',
    );
    expect(traffic.baseline.describe(service).days).toBe(1);
    for (let day = 1; day < 10; day++) traffic.learn(START + day * DAY, 'orders', 'payments');
    expect(traffic.baseline.maturityBecause(service)).toMatch(/^seen on 10 days, about/);
  });

  it('stands out by its volume only against its own hours', () => {
    const traffic = new Traffic();
    for (let hour = 0; hour < 100; hour++) {
      traffic.learn(START + hour * HOUR, 'orders', 'payments', { count: 50 + (hour % 7) });
    }
    const now = START + 100 * HOUR;
    traffic.learn(now, 'orders', 'payments', { count: 50 });
    expect(traffic.look(now, 'orders', 'payments').edgeVolumeDeviation).toBeLessThan(1);
    traffic.learn(now, 'orders', 'payments', { count: 5_000 });
    expect(traffic.look(now, 'orders', 'payments').edgeVolumeDeviation).toBeGreaterThan(5);
  });

  it('that was denied a lot for an hour is not one that is usually denied', () => {
    const traffic = new Traffic();
    for (let hour = 0; hour < 200; hour++) {
      traffic.learn(START + hour * HOUR, 'orders', 'payments', { count: 1_000 });
    }
    const flood = { outcome: OUTCOME.denied, count: 1_000_000 };
    for (let at = 0; at < 50; at++) traffic.learn(START + 200 * HOUR, 'orders', 'payments', flood);
    const usual = traffic.look(START + 201 * HOUR, 'orders', 'payments');
    expect(usual.callerDeniedShare).toBeLessThan(0.02);
    expect(usual.edgeDeniedShare).toBeLessThan(0.02);
  });
});

describe('a callee', () => {
  it('is entered as often as requests come from nobody', () => {
    const traffic = new Traffic();
    for (let request = 0; request < 10; request++) {
      traffic.learn(START, request < 2 ? '*' : 'orders', 'payments', {
        isEntry: request < 2,
        hasContext: request >= 2,
      });
    }
    const usual = traffic.look(START, '*', 'payments');
    expect(usual.entryShare).toBeCloseTo(0.2, 5);
    expect(usual.calleeContextShare).toBeCloseTo(0.8, 5);
    expect(usual.calleeCallers).toBe(1);
  });

  it('is not told by what the platform asks', () => {
    const traffic = new Traffic();
    for (let probe = 0; probe < 99; probe++) {
      traffic.learn(START, '*', 'payments', { isEntry: true, isOperational: true });
    }
    traffic.learn(START, 'orders', 'payments');
    expect(traffic.look(START, '*', 'payments').entryShare).toBe(0);
  });
});

describe('accounts and places', () => {
  const call = (traffic: Traffic, at: number, from: string, address: string, told = {}) =>
    traffic.learn(at, from, 'payments', {
      principal: traffic.names.principals.number(`spiffe://shop/${from}`),
      address: traffic.names.addresses.number(address),
      ...told,
    });

  it('are known of the services that use them', () => {
    const traffic = new Traffic();
    call(traffic, START, 'orders', '10.0.0.1');
    const principal = traffic.names.principals.number('spiffe://shop/orders');
    const own = traffic.look(START, 'orders', 'payments', { principal });
    expect(own).toMatchObject({ isPrincipalKnownForClaimed: true, principalServices: 1 });
    const claimed = traffic.service('reviews');
    const other = traffic.look(START, 'orders', 'payments', { principal, claimed });
    expect(other).toMatchObject({ isPrincipalKnownForClaimed: false, isPrincipalKnown: true });
  });

  it('have an owner, who gives way to the next one', () => {
    const traffic = new Traffic();
    const address = traffic.names.addresses.number('10.0.0.1');
    const owner = (at: number) => traffic.look(at, 'orders', 'payments', { address });
    call(traffic, START, 'orders', '10.0.0.1');
    expect(owner(START + HOUR).addressOwner).toBe(traffic.service('orders'));
    call(traffic, START + 3 * HOUR, 'reviews', '10.0.0.1');
    expect(owner(START + 4 * HOUR)).toMatchObject({
      ...{ addressOwner: traffic.service('reviews'), addressOwnerSinceMs: HOUR },
      ...{ isAddressShared: false, isAddressOwnerProved: true },
    });
    call(traffic, START + 3 * HOUR + 1_000, 'orders', '10.0.0.1');
    expect(owner(START + 4 * HOUR).isAddressShared).toBe(true);
  });

  it('are not taken by whoever only says who he is', () => {
    const traffic = new Traffic();
    const address = traffic.names.addresses.number('10.0.0.1');
    call(traffic, START, 'orders', '10.0.0.1');
    call(traffic, START + 5 * HOUR, 'reviews', '10.0.0.1', { rank: RANK.asserted });
    const usual = traffic.look(START + 5 * HOUR, 'orders', 'payments', { address });
    expect(usual.addressOwner).toBe(traffic.service('orders'));
  });
});

describe('the order of a request', () => {
  it('is known by the endpoint before it, and by where it came in', () => {
    const traffic = new Traffic();
    const cart = traffic.endpoint('orders', '/cart');
    const charge = traffic.endpoint('payments', '/v1/charges');
    const admin = traffic.endpoint('admin', '/');
    traffic.learn(START, '*', 'orders', { id: 1, isEntry: true, endpoint: cart });
    const child = { id: 2, parent: 1, endpoint: charge };
    traffic.learn(START, 'orders', 'payments', child);
    traffic.learn(START, '*', 'admin', { id: 3, isEntry: true, endpoint: admin });
    expect(traffic.look(START, 'orders', 'payments', { ...child, id: 4 })).toMatchObject({
      ...{ hasPredecessor: true, isPredecessorKnown: true, hasRoute: true, isRouteKnown: true },
      ...{ predecessors: 1, routes: 1, entryService: traffic.service('orders') },
    });
    expect(traffic.look(START, 'orders', 'payments', { ...child, parent: 3 })).toMatchObject({
      ...{ hasPredecessor: true, isPredecessorKnown: false, hasRoute: true, isRouteKnown: false },
    });
    expect(traffic.look(START, 'orders', 'payments', { ...child, parent: 99 })).toMatchObject({
      ...{ hasPredecessor: false, hasRoute: false },
    });
  });
});

describe('something new', () => {
  const version = (traffic: Traffic, name: string) => ({
    callerVersion: traffic.names.versions.number(name),
  });

  it('is explained by a version for a day, but not by the first one', () => {
    const traffic = new Traffic();
    const explained = (at: number) =>
      traffic.baseline.explanation(traffic.hop(at, 'orders', 'stock'));
    traffic.learn(START, 'orders', 'payments', version(traffic, 'v1'));
    expect(explained(START + HOUR)).toBe(EXPLANATION.none);
    traffic.learn(START + DAY, 'orders', 'payments', version(traffic, 'v2'));
    expect(explained(START + DAY + HOUR)).toBe(EXPLANATION.version);
    expect(explained(START + 2 * DAY + HOUR)).toBe(EXPLANATION.none);
  });

  it('is not explained by one who has new versions all the time', () => {
    const traffic = new Traffic({ maxDeploymentsADay: 3 });
    for (let number = 0; number < 9; number++) {
      traffic.learn(START + number * HOUR, 'orders', 'payments', version(traffic, `v${number}`));
    }
    const hop = traffic.hop(START + 9 * HOUR, 'orders', 'stock');
    expect(traffic.baseline.explanation(hop)).toBe(EXPLANATION.none);
  });

  it.each([
    ['a declaration', 'declared', 0, EXPLANATION.declared],
    ['a rollout', 'undeclared', START, EXPLANATION.rollout],
    ['nothing', 'undeclared', START - 2 * DAY, EXPLANATION.none],
  ] as const)('is explained by %s', (_, policy, changedAt, want) => {
    const traffic = new Traffic({}, { policy: () => policy, changedAt: () => changedAt });
    const hop = traffic.hop(START + HOUR, 'orders', 'stock');
    expect(traffic.baseline.explanation(hop)).toBe(want);
  });

  it('that is explained makes nobody less predictable', () => {
    const [plain, explained] = [undefined, 'declared' as const].map((policy) => {
      const traffic = new Traffic({}, { policy: () => policy ?? 'unknown', changedAt: () => 0 });
      for (let target = 0; target < 9; target++) traffic.learn(START, 'orders', `to-${target}`);
      return traffic;
    });
    const orders = explained?.service('orders') ?? 0;
    expect(plain?.look(START, 'orders', 'x').callerNovelty).toBeGreaterThan(0.9);
    expect(explained?.look(START, 'orders', 'x').callerNovelty).toBeLessThan(0.1);
    expect(explained?.baseline.describe(orders).changes).toEqual({
      explained: 9,
      unexplainedDays: 0,
    });
    expect(plain?.baseline.describe(orders).changes).toEqual({ explained: 0, unexplainedDays: 1 });
  });
});

describe('the description of a service', () => {
  it('names those it has to do with', () => {
    const traffic = new Traffic();
    const told = {
      endpoint: traffic.endpoint('payments', '/v1/charges'),
      principal: traffic.names.principals.number('spiffe://shop/orders'),
      address: traffic.names.addresses.number('10.0.0.1'),
      callerVersion: traffic.names.versions.number('v1'),
    };
    for (let day = 0; day < 3; day++) traffic.learn(START + day * DAY, 'orders', 'payments', told);
    traffic.learn(START, 'reviews', 'payments', { rank: RANK.asserted }, true);
    const orders = traffic.baseline.describe(traffic.service('orders'));
    const payments = traffic.baseline.describe(traffic.service('payments'));
    expect(ServiceBaseline.parse(orders)).toEqual(orders);
    expect(orders).toMatchObject({
      service: 'prod/shop/orders',
      callees: [{ service: 'prod/shop/payments', state: 'usual', days: 3, isAuthenticated: true }],
      accounts: [{ name: 'spiffe://shop/orders' }],
      addresses: [{ name: '10.0.0.1' }],
      versions: [{ name: 'v1' }],
      deployedAt: null,
    });
    expect(payments).toMatchObject({
      callers: [
        { service: 'prod/shop/orders' },
        { service: 'prod/shop/reviews', state: 'quarantined', isAuthenticated: false },
      ],
      operations: [{ method: 'GET', template: '/v1/charges', callers: 1, days: 3 }],
    });
  });
});

describe('hops that cannot be', () => {
  const number = fc.oneof(fc.nat(50), fc.nat(0xffffffff), fc.double());
  const small = fc.nat(40);
  const hop = fc.record({
    ...{ at: fc.oneof(number, fc.constant(START)), count: number, caller: small, claimed: small },
    ...{ proved: small, principal: small, callee: small, endpoint: small, address: small },
    ...{ callerInstance: small, calleeInstance: small, callerVersion: small, calleeVersion: small },
    ...{ outcome: fc.nat(5), rank: fc.nat(5), id: number, parent: number },
    ...{ isEntry: fc.boolean(), hasContext: fc.boolean(), isOperational: fc.boolean() },
  });

  it('are learnt as something', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(hop, fc.boolean(), number)), (all) => {
        const traffic = new Traffic({ limits: { maxEdges: 16, maxEndpointEdges: 16 } });
        for (const [told, isSuspect, now] of all) {
          const made = traffic.hop(0, 'a', 'b', told);
          const found = Object.values(plainUsual(traffic.baseline.look(made)));
          expect(found.filter(Number.isNaN)).toEqual([]);
          traffic.baseline.learn(made, isSuspect);
          traffic.baseline.tick(now);
        }
        for (let service = 0; service < 41; service++) {
          const told = traffic.baseline.describe(service);
          expect(ServiceBaseline.parse(told)).toEqual(told);
        }
      }),
    );
  });
});

describe('hops that come next', () => {
  const number = fc.oneof(fc.nat(5), fc.nat(2 ** 32 - 1));

  it('teach nothing before they are learnt, whatever their numbers', () => {
    const traffic = new Traffic();
    traffic.learn(START, 'orders', 'payments', { id: 1, endpoint: 1 });
    const before = traffic.baseline.snapshot();
    const fields = fc.record({
      ...{ caller: number, callee: number, endpoint: number, principal: number },
      ...{ address: number, parent: number, isEntry: fc.boolean() },
    });
    fc.assert(
      fc.property(fc.array(fields, { maxLength: AHEAD }), (some) => {
        const hops = some.map((one) => Object.assign(new Hop(), one));
        traffic.baseline.bringNear(hops, hops.length);
        expect(traffic.baseline.snapshot()).toEqual(before);
      }),
    );
  });
});
