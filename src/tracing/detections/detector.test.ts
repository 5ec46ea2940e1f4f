import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Baseline, BaselineSettings } from '../baseline/index.ts';
import { Hop } from '../hop.ts';
import type { Sign } from '../model.ts';
import { TracingNames } from '../names.ts';
import { estateOf } from '../testing/estate.ts';
import { Detector } from './detector.ts';
import { lookalikeOf } from './lookalike.ts';
import { DetectionSettings } from './settings.ts';

const MINUTE = 60_000;
const START = Date.UTC(2026, 0, 5);
const LIMITS = {
  ...{ maxServices: 500, maxEndpoints: 500, maxPrincipals: 50, maxAddresses: 50 },
  maxVersions: 50,
};

class World {
  readonly names = new TracingNames(LIMITS);
  readonly baseline = new Baseline({ names: this.names, settings: BaselineSettings.parse({}) });
  readonly parts = {
    names: this.names,
    estate: estateOf({ web: {}, orders: {}, payments: { sensitivity: ['pci'] } }),
    baseline: this.baseline,
    settings: DetectionSettings.parse({}),
  };
  detector = new Detector(this.parts);
  at = START;
  #hops = 0;

  hop(from: string, to: string, more: Partial<Hop> = {}): Hop {
    this.at += 2 * MINUTE;
    const caller = from === '*' ? 0 : this.names.services.number(from);
    const callee = this.names.services.number(to);
    const endpoint = this.names.endpoint(callee, 'http', 'GET', '/');
    return Object.assign(
      new Hop(),
      { caller, claimed: caller, callee, endpoint, at: this.at, id: ++this.#hops },
      { rank: 2, hasContext: true },
      more,
    );
  }

  learn(from: string, to: string): void {
    for (let times = 0; times < 50; times++) this.baseline.learn(this.hop(from, to));
  }

  see(from: string, to: string, more: Partial<Hop> = {}): Sign[] {
    return this.detector.judge(this.hop(from, to, more)).map(({ sign }) => sign);
  }
}

function learned(): World {
  const world = new World();
  world.learn('web', 'orders');
  world.learn('orders', 'payments');
  world.baseline.acceptAll();
  return world;
}

describe('a detector', () => {
  it('says nothing of what is usual', () => {
    expect(learned().see('web', 'orders')).toEqual([]);
  });

  it('says what is new, by whom, to whom and how', () => {
    const [sign] = learned().see('web', 'payments');
    expect(sign).toMatchObject({
      ...{ kind: 'new-edge', technique: 'T1021', severity: 'high' },
      ...{ from: 'web', to: 'payments', operation: 'GET /' },
    });
    expect(sign?.reason).toMatch(
      /^web called GET \/ of payments for the first time; .*; payments holds pci\.$/,
    );
  });

  it('looks at the same between the same once a minute', () => {
    const world = learned();
    expect(world.see('web', 'payments')).toHaveLength(1);
    expect(world.see('web', 'payments', { at: world.at })).toHaveLength(0);
    expect(world.see('web', 'payments')).toHaveLength(1);
  });

  it('tells no more of what is expected, and all else of the same services', () => {
    const world = learned();
    const [sign] = world.see('web', 'payments');
    world.detector.accept(sign as Sign, 'expected');
    expect(world.see('web', 'payments')).toEqual([]);
    const kinds = world.see('web', 'orders', { hasContext: false }).map(({ kind }) => kind);
    expect(kinds).toEqual(['missing-context']);
  });

  it('says more of what was malicious, after a restart too', () => {
    const world = learned();
    const [before] = world.see('web', 'payments');
    world.detector.accept(before as Sign, 'malicious');
    const kept: unknown = JSON.parse(JSON.stringify(world.detector.snapshot()));
    world.detector = Detector.restore(world.parts, kept);
    const [after] = world.see('web', 'payments');
    expect(after?.score).toBeCloseTo((before?.score ?? 0) + 4);
  });

  it('refuses a state that is none', () => {
    expect(() => Detector.restore(learned().parts, { version: 2 })).toThrow(
      expect.objectContaining({ code: 'tracing/state-malformed' }),
    );
  });

  const HOME = 7;
  const ACCOUNT = 3;

  /** web's account is used from an address that nobody was seen at for a day. */
  function visit(world: World): readonly Sign[] {
    const { names, baseline } = world;
    const orders = names.services.number('orders');
    baseline.learn(world.hop('web', 'orders', { calleeInstance: HOME }));
    world.at += 26 * 60 * MINUTE;
    const web = names.services.number('web');
    const used = world.hop('web', 'orders', { proved: web, principal: ACCOUNT, address: HOME });
    const signs = world.detector.judge(used).map(({ sign }) => sign);
    baseline.learn(used);
    expect(orders).toBeGreaterThan(0);
    return signs;
  }

  it('holds back the first use of an identity at an address, and tells it when the other is seen there again', () => {
    const world = learned();
    const signs = visit(world);
    expect(signs.filter(({ kind }) => kind === 'new-place')).toEqual([]);
    const again = world.hop('web', 'orders', { calleeInstance: HOME });
    const [seen] = world.detector.judge(again);
    expect(seen?.sign).toMatchObject({ kind: 'new-place', from: 'web', to: 'orders' });
    expect(seen?.sign.reason).toMatch(/orders was seen there 2 minutes later\.$/);
    expect(seen?.hop.id).toBe(again.id - 1);
    expect(world.detector.judge(again)).toEqual([]);
  });

  it('does not tell it when the one whose identity it is serves there from then on', () => {
    const world = learned();
    visit(world);
    world.see('orders', 'web', { calleeInstance: HOME });
    expect(world.see('web', 'orders', { calleeInstance: HOME })).toEqual([]);
  });

  it('does not tell it a day later', () => {
    const world = learned();
    visit(world);
    world.at += 24 * 60 * MINUTE;
    expect(world.see('web', 'orders', { calleeInstance: HOME })).toEqual([]);
  });

  it('takes whatever comes', () => {
    const world = learned();
    const hop = fc.record({
      ...{ caller: fc.nat(600), claimed: fc.nat(600), proved: fc.nat(600), callee: fc.nat(600) },
      ...{ principal: fc.nat(60), address: fc.nat(60), endpoint: fc.nat(600), id: fc.nat() },
      ...{ callerInstance: fc.nat(60), calleeInstance: fc.nat(60), intended: fc.nat(600) },
      ...{ parent: fc.nat(), at: fc.double(), rank: fc.nat(2), outcome: fc.nat(2) },
      ...{ isEntry: fc.boolean(), hasContext: fc.boolean(), isMessage: fc.boolean() },
    });
    fc.assert(
      fc.property(fc.array(hop, { maxLength: 20 }), (hops) => {
        for (const one of hops) {
          const made = Object.assign(new Hop(), one);
          for (const { sign } of world.detector.judge(made)) expect(sign.score).toBeLessThan(100);
          world.baseline.learn(made);
        }
      }),
    );
  });
});

describe('names that are made to be taken for others', () => {
  const rows: [string, string | undefined][] = [
    ['paymemts', 'payments'],
    ['payments-v2', 'payments'],
    ['api-orders', 'orders'],
    ['payments', undefined],
    ['warehouse', undefined],
    ['pay', undefined],
  ];
  it.each(rows)('%s is like %s', (name, like) => {
    expect(lookalikeOf(name, ['orders', 'payments', 'reviews'])).toBe(like);
  });
});
