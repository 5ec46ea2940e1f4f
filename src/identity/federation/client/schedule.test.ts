import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextDelay, type Pace, type Progress } from './schedule.ts';

const MINUTE = 60_000;
const PACE: Pace = { min: 10_000, max: 60 * MINUTE };
const held: Progress = { refreshHintSeconds: 120, hasBundle: true, failures: 0 };
const without: Progress = { refreshHintSeconds: undefined, hasBundle: false, failures: 0 };

describe('the next fetch of a bundle', () => {
  it.each<[string, Progress, number]>([
    ['comes when its hint says', held, 2 * MINUTE],
    [
      'comes in five minutes without a hint',
      { ...held, refreshHintSeconds: undefined },
      5 * MINUTE,
    ],
    ['comes no sooner than is allowed', { ...held, refreshHintSeconds: 0 }, 10_000],
    ['comes no later than is allowed', { ...held, refreshHintSeconds: 1e9 }, 60 * MINUTE],
    ['comes no sooner because one failed', { ...held, failures: 1 }, 2 * MINUTE],
    ['comes later when two have failed', { ...held, failures: 2 }, 4 * MINUTE],
    ['comes in five minutes when many have failed', { ...held, failures: 9 }, 5 * MINUTE],
    [
      'comes no sooner than its hint when many have failed',
      { ...held, refreshHintSeconds: 1_800, failures: 1e6 },
      30 * MINUTE,
    ],
    ['comes soon where there is no bundle yet', { ...without, failures: 1 }, 10_000],
    ['comes less soon the second time', { ...without, failures: 2 }, 20_000],
    ['comes in five minutes where there is none for long', { ...without, failures: 9 }, 5 * MINUTE],
  ])('%s', (_, progress, milliseconds) => {
    expect(nextDelay(progress, PACE, 0)).toBe(milliseconds);
  });

  it('comes up to a tenth earlier, so that not all come together', () => {
    expect(nextDelay(held, PACE, 1)).toBe(108_000);
  });

  it('stays within its bounds, whatever happens', () => {
    const progress = fc.record({
      refreshHintSeconds: fc.option(fc.nat(Number.MAX_SAFE_INTEGER), { nil: undefined }),
      hasBundle: fc.boolean(),
      failures: fc.nat(),
    });
    const pace = fc
      .tuple(fc.integer({ min: 1_000, max: 86_400_000 }), fc.nat(518_400_000))
      .map(([min, more]) => ({ min, max: min + more }));
    fc.assert(
      fc.property(
        progress,
        pace,
        fc.double({ min: 0, max: 1, noNaN: true }),
        (said, at, random) => {
          const delay = nextDelay(said, at, random);
          expect(delay).toBeGreaterThanOrEqual(Math.floor(at.min * 0.9));
          expect(delay).toBeLessThanOrEqual(at.max);
        },
      ),
    );
  });
});
