import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  claimed,
  type Delivery,
  emptyQueue,
  nextAt,
  offered,
  QueueState,
  settled,
} from './queue.ts';
import { DELIVERED, later } from './send/outcome.ts';
import { NOW, noticeOf } from './testing/notices.ts';

const LIMITS = {
  minSeverity: 'medium',
  perMinute: 3,
  retryMinutes: 60,
  timeoutSeconds: 10,
} as const;
const EMPTY = emptyQueue(LIMITS, NOW);
const MINUTE = 60_000;
const HALF = { now: NOW, random: 0.5 };

const offer = (state: QueueState, change: object, now = NOW) =>
  offered(state, noticeOf(change), LIMITS, now);
/** A queue with so many incidents. */
function filled(count: number, limits: { perMinute: number } = { perMinute: 1_000 }): QueueState {
  let state = emptyQueue({ ...LIMITS, ...limits }, NOW);
  for (let n = 0; n < count; n++) {
    [, state] = offered(state, noticeOf({ incident: `i-${n}` }), { ...LIMITS, ...limits }, NOW);
  }
  return state;
}

describe('a notice', () => {
  it('is queued once', () => {
    const [first, state] = offer(EMPTY, {});
    const [second, same] = offer(state, { reason: 'more of the same' });
    expect([first, second]).toEqual(['queued', 'duplicate']);
    expect(same).toBe(state);
  });

  it.each<[string, string, object]>([
    ['queued', 'another incident', { incident: 'incident-2' }],
    ['queued', 'another state', { state: 'malicious' }],
    ['queued', 'a graver severity', { severity: 'critical' }],
    ['queued', 'that it was raised again', { raised: 2 }],
    ['queued', 'the same state, for the second time', { at: '2025-05-06T00:00:00.000Z' }],
    ['less-severe', 'too low a severity', { severity: 'low' }],
    ['duplicate', 'more signs', { signs: 40 }],
  ])('is %s: %s', (taken, _, change) => {
    const [, state] = offer(EMPTY, { severity: 'high' });
    expect(offer(state, { severity: 'high', ...change })[0]).toBe(taken);
  });

  it('over the rate is summed up a minute later, in one message', () => {
    let state = EMPTY;
    const taken = Array.from({ length: 50 }, (_, n) => {
      const [one, next] = offer(state, { incident: `i-${n}`, severity: n % 2 ? 'high' : 'medium' });
      state = next;
      return one;
    });
    expect(taken.filter((one) => one === 'queued')).toHaveLength(3);
    expect(taken.filter((one) => one === 'summarised')).toHaveLength(47);
    expect(state.over).toMatchObject({ counts: { high: 24, medium: 23 }, severity: 'high' });
    expect(state.over?.incidents).toHaveLength(10);
    for (const { id } of state.waiting) [, state] = settled(state, id, DELIVERED, LIMITS, HALF);
    expect(claimed(state, LIMITS, NOW + MINUTE - 1)[0]).toBeUndefined();
    const [delivery, after] = claimed(state, LIMITS, NOW + MINUTE);
    expect(delivery?.message).toEqual({ what: 'summary', summary: state.over });
    expect(after.over).toBeNull();
  });

  it('of what people say is told whatever the rate', () => {
    expect(offer({ ...EMPTY, tokens: 0 }, { state: 'resolved', by: 'ada' })[0]).toBe('queued');
    expect(offer({ ...EMPTY, tokens: 0 }, { state: 'open' })[0]).toBe('summarised');
  });

  it('goes again once time has passed, and not because a clock was put back', () => {
    const spent = { ...EMPTY, tokens: 0 };
    expect(offer(spent, {}, NOW + MINUTE / 3)[0]).toBe('queued');
    expect(offer(spent, {}, NOW - 90 * MINUTE)[0]).toBe('summarised');
  });

  it('finds no room where too many wait', () => {
    const state = filled(150);
    expect(state.waiting).toHaveLength(100);
    expect(state.over?.counts).toEqual({ critical: 50 });
  });
});

describe('a delivery', () => {
  const claim = (state: QueueState, now: number): readonly [Delivery, QueueState] => {
    const [delivery, after] = claimed(state, LIMITS, now);
    if (!delivery) throw new Error('nothing is due');
    return [delivery, after];
  };

  it('is made by one at a time, and by another where that one was killed', () => {
    const [first, state] = claim(filled(2), NOW);
    expect(claimed(state, LIMITS, NOW)[0]).toBeUndefined();
    expect(claimed(state, LIMITS, NOW + 19_999)[0]).toBeUndefined();
    expect(claim(state, NOW + 20_000)[0]).toMatchObject({ id: first.id, attempts: 2 });
  });

  it('goes in the order in which they came, also where the first fails', () => {
    const [first, state] = claim(filled(2), NOW);
    const [result, after] = settled(state, first.id, later('away'), LIMITS, HALF);
    expect(result).toBe('retried');
    expect(claim(after, NOW + MINUTE)[0].id).toBe(first.id);
    const [, done] = settled(after, first.id, DELIVERED, LIMITS, HALF);
    expect(claim(done, NOW)[0].id).not.toBe(first.id);
  });

  it.each([
    [1, 0, 0, 1_000],
    [1, 0, 1, 2_000],
    [2, 0, 0, 2_000],
    [5, 0, 1, 32_000],
    [40, 0, 1, 300_000],
    [1, 60, 0, 60_000],
    [1, 999_999, 0, 300_000],
  ])(
    'after %i attempts, asked to wait %i s, with chance %f, pauses %i ms',
    (attempts, afterSeconds, random, pause) => {
      const [head] = filled(1).waiting;
      if (!head) throw new Error('one waits');
      const state = { ...EMPTY, waiting: [{ ...head, attempts }] };
      const outcome = { ...later('away'), afterSeconds } as const;
      const [, after] = settled(state, head.id, outcome, LIMITS, { now: NOW, random });
      expect(after.waiting[0]?.notBefore).toBe(NOW + pause);
    },
  );

  it.each([
    ['dropped', 'refused', { outcome: 'refused', why: 'x' }, 0],
    ['dropped', 'tried for too long', later('x'), 60 * MINUTE],
    ['retried', 'tried for not too long', later('x'), 60 * MINUTE - 1],
    ['delivered', 'late', DELIVERED, 90 * MINUTE],
  ] as const)('is %s: %s', (result, _, outcome, passed) => {
    const [delivery, state] = claim(filled(1), NOW);
    const moment = { now: NOW + passed, random: 0.5 };
    const [settledAs, after] = settled(state, delivery.id, outcome, LIMITS, moment);
    expect(settledAs).toBe(result);
    expect(after.waiting).toHaveLength(result === 'retried' ? 1 : 0);
  });

  it('that another has made already is over', () => {
    expect(settled(EMPTY, 'notice_0', later('x'), LIMITS, HALF)).toEqual(['dropped', EMPTY]);
  });
});

it('the next thing to do is known', () => {
  expect(nextAt(EMPTY)).toBeUndefined();
  expect(nextAt(filled(1))).toBe(NOW);
  const over = filled(5, { perMinute: 1 }).over;
  expect(nextAt({ ...EMPTY, over })).toBe(NOW + MINUTE);
});

it('whatever happens, nothing grows, nothing is sent twice at once, and the state can be kept', () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant('offer' as const), incident: fc.nat(30), high: fc.boolean() }),
    fc.record({ do: fc.constant('claim' as const) }),
    fc.record({
      do: fc.constant('settle' as const),
      how: fc.constantFrom('ok', 'later', 'refused'),
    }),
    fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: -10_000, max: 200_000 }) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      let [state, now] = [EMPTY, NOW];
      let held: { readonly id: string; readonly until: number } | undefined;
      const delivered: string[] = [];
      for (const one of steps) {
        if (one.do === 'wait') now += one.ms;
        if (one.do === 'offer') {
          const severity = one.high ? 'high' : 'medium';
          [, state] = offer(state, { incident: `i-${one.incident}`, severity }, now);
        }
        if (one.do === 'claim') {
          const [delivery, after] = claimed(state, LIMITS, now);
          if (delivery && held) expect(now).toBeGreaterThanOrEqual(held.until);
          state = after;
          if (delivery) held = { id: delivery.id, until: now + 20_000 };
        }
        if (one.do === 'settle' && held) {
          const outcome =
            one.how === 'ok' ? DELIVERED : { outcome: one.how as 'refused', why: 'x' };
          const [result, after] = settled(state, held.id, outcome, LIMITS, { now, random: 0.5 });
          if (result === 'delivered') delivered.push(held.id);
          [state, held] = [after, undefined];
        }
        expect(state.waiting.length).toBeLessThanOrEqual(100);
        expect(QueueState.parse(JSON.parse(JSON.stringify(state)))).toEqual(state);
      }
      expect(new Set(delivered).size).toBe(delivered.length);
    }),
  );
});
