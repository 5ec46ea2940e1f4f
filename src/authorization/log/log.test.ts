import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Decision, type Question, REASONS } from '../model/index.ts';
import { DecisionLog, DecisionLogConfig } from './index.ts';

const QUESTION: Question = {
  caller: 'spiffe://example.org/ns/shop/sa/reviews',
  proof: 'mtls',
  service: 'dev/shop/payments',
  protocol: 'http',
  method: 'POST',
  path: '/v1/charges?key=abc',
};
const DENIED: Decision = {
  allowed: false,
  mode: 'enforce',
  reason: 'call-undeclared',
  message: '`dev/shop/reviews` does not declare calls of `dev/shop/payments`.',
  callers: ['dev/shop/reviews'],
  operation: 'POST /v1/charges',
  because: [],
};
const ALLOWED: Decision = { ...DENIED, allowed: true, reason: 'declared' };

function logWith(settings: Partial<DecisionLogConfig>, random = () => 0) {
  const clock = { now: 0 };
  const log = new DecisionLog(DecisionLogConfig.parse(settings), () => clock.now, random);
  return { log, clock };
}

describe('the decision log', () => {
  it('keeps denials up to a rate, and sums up the others of their kind', () => {
    const { log } = logWith({ deniedPerMinute: 2 });
    for (let times = 0; times < 7; times++) log.record(QUESTION, DENIED, 'sdk');
    log.record(QUESTION, { ...DENIED, operation: 'GET /v1/charges' }, 'sdk');
    const { denied } = log.drain();
    expect(denied.map(({ operation, count }) => [operation, count])).toEqual([
      ['POST /v1/charges', 1],
      ['POST /v1/charges', 1],
      ['GET /v1/charges', 1],
      ['POST /v1/charges', 5],
    ]);
    expect(log.drain()).toEqual({ denied: [], allowed: [] });
  });

  it('keeps more of a kind in the next minute, with the sum of the last one before', () => {
    const { log, clock } = logWith({ deniedPerMinute: 1 });
    for (const now of [0, 1_000, 59_999, 60_000]) {
      clock.now = now;
      log.record(QUESTION, DENIED, 'sdk');
    }
    expect(log.entries.denied.map(({ time, count }) => [time.slice(17), count])).toEqual([
      ['00.000Z', 1],
      ['59.999Z', 2],
      ['00.000Z', 1],
    ]);
  });

  it('draws the share of allowed calls, apart from the denied ones', () => {
    const draws = [0.09, 0.1, 0.5, 0];
    const { log } = logWith({ allowedShare: 0.1, maxEntries: 1 }, () => draws.shift() ?? 1);
    log.record(QUESTION, DENIED, 'sdk');
    for (let times = 0; times < 4; times++) log.record(QUESTION, ALLOWED, 'sdk');
    expect(log.entries.allowed).toHaveLength(1);
    expect(log.entries.denied).toHaveLength(1);
    expect(log.totals.outcomes).toEqual({ allowed: 4, denied: 1, 'shadow-denied': 0 });
    expect(log.totals.dropped).toBe(1);
  });

  it('tells what was let through in shadow mode from what was refused', () => {
    const { log } = logWith({});
    log.record(QUESTION, { ...DENIED, mode: 'shadow' }, 'ext-authz');
    expect(log.entries.denied[0]?.outcome).toBe('shadow-denied');
    expect(log.totals.reasons['call-undeclared']).toBe(1);
  });

  it.each([
    ['the operation as known', DENIED, QUESTION, 'POST /v1/charges'],
    ['words of a path', { ...DENIED, operation: undefined }, QUESTION, 'POST /v1/charges'],
    [
      'no values of a path',
      { ...DENIED, operation: undefined },
      { ...QUESTION, path: '/reset/eyJhbGciOi/s3cr3t/done?token=x' },
      'POST /reset/{}/{}/done',
    ],
    [
      'nothing of what is malformed',
      { ...DENIED, operation: undefined, reason: 'operation-malformed' as const },
      { ...QUESTION, method: 'get', path: '/a/../secret' },
      'OTHER (malformed)',
    ],
  ])('shows %s', (_, decision, question, operation) => {
    const { log } = logWith({});
    log.record(question, decision, 'sdk');
    expect(log.entries.denied[0]?.operation).toBe(operation);
  });

  it('tells of every denial, one by one, in a sum or as dropped, within its bounds', () => {
    const record = fc.record({
      path: fc.constantFrom('/a', '/b', '/c'),
      reason: fc.constantFrom(...REASONS.slice(1)),
      after: fc.nat(70_000),
    });
    fc.assert(
      fc.property(
        fc.array(record, { maxLength: 60 }),
        fc.integer({ min: 1, max: 4 }),
        (all, max) => {
          const { log, clock } = logWith({ deniedPerMinute: 2, maxKinds: max, maxEntries: max });
          for (const { path, reason, after } of all) {
            clock.now += after;
            const decision = { ...DENIED, reason, operation: undefined };
            log.record({ ...QUESTION, path }, decision, 'sdk');
            expect(log.entries.denied.length).toBeLessThanOrEqual(max);
          }
          const told = log.drain().denied.reduce((sum, { count }) => sum + count, 0);
          expect(told + log.totals.dropped).toBe(all.length);
        },
      ),
    );
  });
});
