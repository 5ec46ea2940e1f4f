import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RANK } from '../hop.ts';
import { DAY, HOUR, START, Traffic } from './testing/traffic.ts';

describe('a call becomes usual', () => {
  it('by being seen on different days', () => {
    const traffic = new Traffic();
    traffic.learn(START, 'orders', 'payments');
    expect(traffic.look(START + 1, 'orders', 'payments')).toMatchObject({
      ...{ isEdgeKnown: true, isEdgeUsual: false, edgeDays: 1 },
    });
    traffic.learn(START + DAY, 'orders', 'payments');
    expect(traffic.look(START + DAY, 'orders', 'payments')).toMatchObject({
      ...{ isEdgeUsual: true, edgeDays: 2 },
    });
  });

  it('never within a day, however often it is sent', () => {
    const requests = fc.array(
      fc.record({
        at: fc.integer({ min: 0, max: DAY - 1 }),
        count: fc.integer({ min: 1, max: 1_000_000 }),
        rank: fc.constantFrom(0, 1, 2),
      }),
      { minLength: 1, maxLength: 300, size: 'max' },
    );
    fc.assert(
      fc.property(requests, (all) => {
        const traffic = new Traffic();
        const endpoint = traffic.endpoint('payments', '/v1/charges');
        for (const { at, ...told } of all) {
          traffic.learn(START + at, 'orders', 'payments', { ...told, endpoint });
        }
        const usual = traffic.look(START + DAY - 1, 'orders', 'payments', { endpoint });
        expect(usual.isEdgeUsual).toBe(false);
        expect(usual.isEndpointEdgeUsual).toBe(false);
        expect(usual.edgeHours).toBeLessThanOrEqual(24);
      }),
    );
  });

  it('by what one hour adds to it at most', () => {
    const traffic = new Traffic({ requestsAnHour: 100 });
    for (let request = 0; request < 5_000; request++) traffic.learn(START, 'orders', 'payments');
    const after = traffic.look(START + HOUR, 'orders', 'payments');
    expect(after.edgeCount).toBeCloseTo(100, 3);
    expect(after.edgeHours).toBeCloseTo(1, 2);
  });

  it('for those who prove who they are only by those who did', () => {
    const traffic = new Traffic();
    for (let day = 0; day < 20; day++) {
      traffic.learn(START + day * DAY, 'orders', 'payments', { rank: RANK.asserted });
    }
    const now = START + 20 * DAY;
    expect(traffic.look(now, 'orders', 'payments')).toMatchObject({
      ...{ isEdgeKnown: false, isEdgeUsual: false, isEdgeClaimed: true, edgeDays: 0 },
    });
    expect(traffic.look(now, 'orders', 'payments', { rank: RANK.asserted })).toMatchObject({
      ...{ isEdgeKnown: true, isEdgeUsual: true, edgeDays: 20 },
    });
  });

  it('with the same days and hours whatever order its requests come in', () => {
    const times = fc.uniqueArray(fc.integer({ min: 0, max: 31 * 24 - 1 }), {
      minLength: 1,
      maxLength: 60,
      size: 'max',
    });
    const shuffled = times.chain((all) =>
      fc.tuple(
        fc.constant(all),
        fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length }),
      ),
    );
    fc.assert(
      fc.property(shuffled, ([some, others]) => {
        const [one, other] = [some, others].map((hours) => {
          const traffic = new Traffic();
          for (const hour of hours) traffic.learn(START + hour * HOUR, 'orders', 'payments');
          const usual = traffic.look(START + 31 * DAY, 'orders', 'payments');
          const { edgeDays, callerDays, isEdgeUsual, isEdgeHourKnown, edgeAgeMs } = usual;
          return { edgeDays, callerDays, isEdgeUsual, isEdgeHourKnown, edgeAgeMs };
        });
        expect(one).toEqual(other);
      }),
    );
  });

  it('at once where a person says that all up to now is', () => {
    const traffic = new Traffic();
    traffic.learn(START, 'orders', 'payments');
    traffic.learn(START, 'reviews', 'payments', {}, true);
    const before = traffic.look(START, 'orders', 'payments');
    traffic.baseline.acceptAll();
    const after = traffic.look(START, 'orders', 'payments');
    expect(after).toMatchObject({ isEdgeUsual: true, callerDays: 7 });
    expect(after.callerNovelty).toBeLessThan(before.callerNovelty);
    expect(traffic.look(START, 'reviews', 'payments').isEdgeKnown).toBe(false);
  });

  it('no more when it has faded', () => {
    const traffic = new Traffic({ halfLifeDays: 1 });
    traffic.learn(START, 'orders', 'payments');
    expect(traffic.look(START + 4 * DAY, 'orders', 'payments').isEdgeKnown).toBe(true);
    expect(traffic.look(START + 5 * DAY, 'orders', 'payments').isEdgeKnown).toBe(false);
  });
});

describe('what a detection pointed at', () => {
  const sent = (days: number, settings = { quarantineDays: 5 }) => {
    const traffic = new Traffic(settings);
    for (let day = 0; day < days; day++) {
      traffic.learn(START + day * DAY, 'orders', 'payments', {}, day === 0);
    }
    return traffic;
  };

  it('stays apart though nobody points at it again', () => {
    expect(sent(4).look(START + 4 * DAY, 'orders', 'payments')).toMatchObject({
      ...{ isEdgeKnown: false, isEdgeQuarantined: true },
    });
  });

  it('is learnt after enough days', () => {
    expect(sent(5).look(START + 4 * DAY, 'orders', 'payments')).toMatchObject({
      ...{ isEdgeKnown: true, isEdgeQuarantined: false },
    });
  });

  it('is learnt at once where a person says so', () => {
    const traffic = sent(1);
    const edge = { caller: traffic.service('orders'), callee: traffic.service('payments') };
    traffic.baseline.accept(edge);
    expect(traffic.look(START + 1, 'orders', 'payments').isEdgeUsual).toBe(true);
  });

  it('is never learnt where a person says that it is an attack', () => {
    const traffic = sent(1);
    const edge = { caller: traffic.service('orders'), callee: traffic.service('payments') };
    traffic.baseline.refuse(edge);
    for (let day = 1; day < 30; day++) traffic.learn(START + day * DAY, 'orders', 'payments');
    expect(traffic.look(START + 30 * DAY, 'orders', 'payments')).toMatchObject({
      ...{ isEdgeKnown: false, isEdgeMalicious: true },
    });
  });

  it.each([
    ['accept', { isEdgeKnown: false, isEdgeQuarantined: true, isEdgeMalicious: false }],
    ['refuse', { isEdgeKnown: false, isEdgeQuarantined: true, isEdgeMalicious: false }],
  ] as const)('is what it was before where a person takes %s back', (verdict, before) => {
    const traffic = sent(1);
    const edge = { caller: traffic.service('orders'), callee: traffic.service('payments') };
    expect(traffic.look(START + 1, 'orders', 'payments')).toMatchObject(before);
    traffic.baseline[verdict](edge);
    expect(traffic.look(START + 1, 'orders', 'payments')).not.toMatchObject(before);
    traffic.baseline.pardon(edge, verdict === 'accept' ? 'refuse' : 'accept');
    expect(traffic.look(START + 1, 'orders', 'payments')).not.toMatchObject(before);
    traffic.baseline.pardon(edge, verdict);
    expect(traffic.look(START + 1, 'orders', 'payments')).toMatchObject(before);
  });

  it('is learnt as ever where a person takes back that it is an attack', () => {
    const traffic = new Traffic();
    const edge = { caller: traffic.service('orders'), callee: traffic.service('payments') };
    traffic.baseline.refuse(edge);
    traffic.learn(START, 'orders', 'payments');
    expect(traffic.look(START + 1, 'orders', 'payments').isEdgeKnown).toBe(false);
    traffic.baseline.pardon(edge, 'refuse');
    traffic.learn(START + 2, 'orders', 'payments');
    expect(traffic.look(START + 3, 'orders', 'payments').isEdgeKnown).toBe(true);
  });

  it('is not proved by days on which it was only claimed', () => {
    const traffic = new Traffic({ quarantineDays: 5 });
    for (let day = 0; day < 9; day++) {
      traffic.learn(START + day * DAY, 'orders', 'payments', { rank: RANK.asserted }, true);
    }
    traffic.learn(START + 9 * DAY, 'orders', 'payments', {}, true);
    expect(traffic.look(START + 9 * DAY, 'orders', 'payments').isEdgeKnown).toBe(false);
  });
});

describe('what is kept', () => {
  it('is bounded, and what is usual is not pushed out', () => {
    const traffic = new Traffic({ limits: { maxEdges: 16 } });
    for (const at of [START, START + DAY]) traffic.learn(at, 'orders', 'payments');
    for (let other = 0; other < 900; other++) {
      traffic.learn(START + DAY, `flood-${other}`, 'payments');
    }
    expect(traffic.look(START + DAY, 'orders', 'payments').isEdgeUsual).toBe(true);
    const { size, evicted, refused } = traffic.baseline.sizes.edges ?? {};
    expect(size).toBe(16);
    expect((evicted ?? 0) + (refused ?? 0)).toBe(885);
  });

  it('is given up when it has faded', () => {
    const traffic = new Traffic({ halfLifeDays: 1 });
    traffic.learn(START, 'orders', 'payments');
    traffic.baseline.tick(START + 40 * DAY);
    expect(traffic.baseline.sizes.edges?.size).toBe(0);
    expect(traffic.look(START + 40 * DAY, 'orders', 'payments').callerCallees).toBe(0);
  });

  it('is not aged by a request from the future', () => {
    const traffic = new Traffic();
    traffic.learn(START, 'orders', 'payments');
    traffic.baseline.tick(START);
    traffic.learn(START + 1_000 * DAY, 'orders', 'stock');
    expect(traffic.look(START + 1, 'orders', 'payments').isEdgeKnown).toBe(true);
    expect(traffic.look(START + HOUR, 'orders', 'stock').edgeAgeMs).toBeLessThan(HOUR);
  });
});
