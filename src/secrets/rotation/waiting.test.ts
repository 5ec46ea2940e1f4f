import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ROTATION_STEPS, type Secret, type Window } from '../model/index.ts';
import { policyOf, RotationConfig } from './config.ts';
import { rotationProblems, step, waitOf } from './index.ts';
import { PLAN, START } from './testing/world.ts';
import { backoff, drawRotation } from './waiting.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const policy = policyOf(RotationConfig.parse({}));
const time = (milliseconds: number) => new Date(milliseconds).toISOString();

const version: Secret['versions'][number] = {
  ...{ number: 1, createdAt: time(START), envelope: 'x', fingerprints: [], expiresAt: null },
  ...{ revokedAt: null, leakedAt: null, revocation: null },
};
const secret: Secret = {
  ...{ id: 'a/b/c/db', name: 'db', service: 'a/b/c', kind: 'postgres', owner: null, consumers: [] },
  ...{ createdAt: time(START), createdBy: 'ada', versions: [version], labels: { current: 1 } },
  ...{ plan: PLAN, run: null, taken: null, lastRotated: time(START) },
  nextRotation: time(START + DAY),
};
const run: NonNullable<Secret['run']> = {
  ...{ token: 'run-1', why: 'due', step: 'set', startedAt: time(START), failures: 1 },
  ...{ nextAt: time(START + 5_000), problem: 'away', hint: 'look', waits: false },
  ...{ refusals: 0, isGivenUp: false },
};
const revocation = {
  ...{ since: time(START), by: 'ada', reason: '', failures: 1, nextAt: time(START + 3_000) },
  ...{ problem: 'away', hint: null, waits: false },
};

describe('how long a secret waits', () => {
  it.each<[string, Partial<Secret>, number | undefined]>([
    ['is until its rotation', {}, DAY],
    ['is nothing where it is overdue', { nextRotation: time(START - 1) }, 0],
    ['has no end without a plan', { plan: null, nextRotation: null }, undefined],
    ['is until the step of its run', { run }, 5_000],
    ['has no end where a person is waited for', { run: { ...run, waits: true } }, undefined],
    ['is until a revocation', { versions: [{ ...version, revocation }] }, 3_000],
    [
      'is until its rotation where a revocation is abandoned',
      { versions: [{ ...version, revocation: { ...revocation, waits: true } }] },
      DAY,
    ],
    [
      'is until another process has to be done',
      { run, taken: { by: 'other', until: time(START + 9_000) } },
      9_000,
    ],
    [
      'is not longer for what it has taken itself',
      { run, taken: { by: 'me', until: time(START + 9_000) } },
      5_000,
    ],
    [
      'is not longer for a claim that lasts longer than any',
      { run, taken: { by: 'other', until: time(START + DAY) } },
      5_000,
    ],
    [
      'is nothing where only a clock can have made it so long',
      { nextRotation: time(START + 30 * DAY) },
      0,
    ],
    [
      'is until the window where it is due outside of it',
      {
        nextRotation: time(START),
        plan: { ...PLAN, windows: [{ days: ['mon'], from: '13:00', to: '14:00' }] },
      },
      HOUR,
    ],
  ])('%s', (_, more, expected) => {
    expect(waitOf({ ...secret, ...more }, 'me', START, policy)).toBe(expected);
  });
});

describe('a process that looks after a secret', () => {
  const instant = fc.integer({ min: START - 400 * DAY, max: START + 400 * DAY }).map(time);
  const near = fc.integer({ min: -2 * HOUR, max: 2 * HOUR }).map((off) => time(START + off));
  const at = fc.oneof(instant, near);
  const window = fc.constantFrom<Window>(
    { days: ['mon'], from: '13:00', to: '14:00' },
    { days: ['mon', 'fri'], from: '11:00', to: '13:00' },
  );
  const secrets = fc
    .record({
      windows: fc.array(window, { maxLength: 2 }),
      nextRotation: fc.option(at),
      run: fc.option(
        fc.record({
          ...{ at, step: fc.constantFrom(...ROTATION_STEPS), waits: fc.boolean() },
          ...{ isGivenUp: fc.boolean(), failures: fc.integer({ min: 0, max: 40 }) },
        }),
      ),
      revocation: fc.option(fc.record({ nextAt: at, waits: fc.boolean() })),
      taken: fc.option(fc.record({ by: fc.constantFrom('me', 'other'), until: at })),
      leakedAt: fc.option(at),
      pending: fc.boolean(),
    })
    .map(
      ({ windows, nextRotation, run: of, revocation: asked, taken, leakedAt, pending }): Secret => {
        const { at: nextAt = '', ...more } = of ?? {};
        const second = { ...version, number: 2, revocation: asked && { ...revocation, ...asked } };
        return {
          ...{ ...secret, nextRotation, taken, plan: { ...PLAN, windows } },
          versions: [{ ...version, leakedAt }, second, { ...version, number: 3 }],
          labels: { current: 1, ...(pending ? { pending: 3 } : {}) },
          run: of && { ...run, ...more, nextAt },
        };
      },
    );

  it('has something to do, or waits: it never looks again at once', () => {
    const now = { wall: START, lot: 0.5 };
    fc.assert(
      fc.property(secrets, (before) => {
        const { secret: after, effects } = step(
          before,
          { event: 'take', holder: 'me' },
          now,
          policy,
        );
        const isCalled = effects.some(({ effect }) => effect === 'call');
        expect(isCalled).toBe(after.taken?.by === 'me');
        const wait = waitOf(after, 'me', START, policy);
        if (!isCalled) expect(wait ?? 1).toBeGreaterThan(0);
        expect(wait ?? 0).toBeLessThanOrEqual(8 * DAY + HOUR);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('the wait after failures', () => {
  it('grows, stays within its bound, and differs by lot', () => {
    const lot = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000 }), lot, (failures, drawn) => {
        const wait = backoff(failures, drawn, policy);
        expect(wait).toBeGreaterThan(0);
        expect(wait).toBeLessThanOrEqual(policy.retryLast);
        expect(backoff(failures + 1, drawn, policy)).toBeGreaterThanOrEqual(wait);
      }),
    );
    expect(backoff(1, 0, policy)).toBe(2_000);
    expect(backoff(1, 0.5, policy)).toBe(1_500);
  });
});

describe('the time of a rotation', () => {
  const moment = (lot: number, wall = START) => ({ wall, lot });

  it.each<[string, number, string | null, number, number]>([
    ['is the interval', 0, null, START, DAY],
    ['is earlier by lot', 0.5, null, START, DAY * 0.95],
    ['is before the value ends by itself', 0, time(START + 6 * HOUR), START, 4 * HOUR],
    ['is soon where it is overdue, spread by lot', 0.5, null, START + 3 * DAY, 3 * DAY + 300_000],
    ['is now where the value has ended', 0, time(START), START, 0],
  ])('%s', (_, lot, ends, now, expected) => {
    expect(drawRotation(PLAN, START, ends, moment(lot, now)) - START).toBe(expected);
  });
});

describe('the problems of a secret', () => {
  const late = START + DAY + 2 * HOUR;
  it.each<[string, Partial<Secret>, number, string[]]>([
    ['are none while it is fresh', {}, START + DAY, []],
    ['are none while a run is under way in its time', { run }, START + HOUR, []],
    ['are a missed rotation', {}, late, ['missed 7200']],
    [
      'are no missed rotation before the window after it',
      { plan: { ...PLAN, windows: [{ days: ['sat'], from: '10:00', to: '11:00' }] } },
      late,
      [],
    ],
    ['are a run that takes too long', { run }, START + HOUR + 1_000, ['stuck 3601']],
    [
      'are none in the overlap',
      { run: { ...run, step: 'finish', failures: 0, nextAt: time(START + HOUR) } },
      START + HOUR - 1,
      [],
    ],
    [
      'are an overlap that is over for too long',
      { run: { ...run, step: 'finish' } },
      START + 2 * HOUR + 1_000,
      ['stuck 7201'],
    ],
    [
      'are a run that waits for a person',
      { run: { ...run, waits: true } },
      START + 60_000,
      ['waiting 60'],
    ],
    [
      'are that nothing rotates it',
      { plan: null, nextRotation: null },
      START + 1_000,
      ['no-plan 1'],
    ],
    [
      'are its age',
      { plan: { ...PLAN, everySeconds: 31_536_000 } },
      START + 91 * DAY,
      [`too-old ${91 * 86_400}`],
    ],
    [
      'are its end',
      { versions: [{ ...version, expiresAt: time(START + HOUR) }] },
      START + 2 * HOUR,
      ['expired 3600'],
    ],
    [
      'are that it has leaked',
      { versions: [{ ...version, leakedAt: time(START) }] },
      START + 1_000,
      ['leaked 1'],
    ],
    [
      'are what could not be revoked',
      { versions: [version, { ...version, number: 2, revocation }] },
      START + 9_000,
      ['unrevoked 9'],
    ],
    [
      'have no age below nothing, where the clock was set back',
      { plan: null, nextRotation: null },
      START - DAY,
      ['no-plan 0'],
    ],
  ])('%s', (_, more, now, expected) => {
    const found = rotationProblems({ ...secret, ...more }, now, policy);
    expect(found.map(({ problem, ageSeconds }) => `${problem} ${ageSeconds}`)).toEqual(expected);
  });
});
