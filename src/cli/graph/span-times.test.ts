import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SpanTimes } from './span-times.ts';

function rangeOf(times: Iterable<number>) {
  const seen = new SpanTimes();
  for (const time of times) seen.add(time);
  return seen.range();
}

describe('the times of spans', () => {
  it('are from the first to the last, whatever their order', () => {
    fc.assert(
      fc.property(fc.array(fc.integer(), { minLength: 1, maxLength: 500 }), (times) => {
        expect(rangeOf(times)).toEqual({ from: Math.min(...times), to: Math.max(...times) });
      }),
    );
    expect(rangeOf([])).toBeUndefined();
  });

  it('do not go by a few clocks that are wrong', () => {
    const times = Array.from({ length: 5_000 }, (_, index) => 1_000_000 + index);
    const range = rangeOf([...times, 0, 9e12]);
    expect(range?.from).toBeGreaterThanOrEqual(1_000_000);
    expect(range?.to).toBeLessThan(1_005_000);
  });

  it('are remembered in bounded memory, and on the whole', () => {
    function* many() {
      for (let index = 0; index < 2_300_000; index++) yield index;
    }
    const range = rangeOf(many());
    expect(range?.from).toBeLessThan(10_000);
    expect(range?.to).toBeGreaterThan(2_290_000);
  });
});
