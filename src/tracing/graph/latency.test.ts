import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addLatency, LATENCY_WORDS, latencyBucket, latencyQuantile } from './latency.ts';

const AT = 3;

/** Words of a row with these times, and the words around them. */
function wordsOf(times: readonly number[], count = 1): Uint32Array {
  const words = new Uint32Array(AT + LATENCY_WORDS + 2);
  for (const time of times) addLatency(words, AT, latencyBucket(time), count);
  return words;
}
const quantile = (times: readonly number[], share: number, count = 1): number =>
  latencyQuantile(wordsOf(times, count), AT, share);

describe('a quantile of times', () => {
  it('is 0 where nothing was counted', () => {
    expect(quantile([], 0.99)).toBe(0);
  });

  it.each([0.05, 0.3, 1, 42, 96, 131, 999, 59_000])('is within 10 % of a constant: %d ms', (ms) => {
    const told = quantile([ms * 0.99, ms, ms * 1.01], 0.99);
    expect(Math.abs(told - Math.max(ms, 0.225)) / Math.max(ms, 0.225)).toBeLessThan(0.125);
  });

  it('is that of the request of its rank, within 10 %, from 0.25 milliseconds to a minute', () => {
    const time = fc.double({ min: 0.25, max: 60_000, noNaN: true });
    const share = fc.constantFrom(0.5, 0.9, 0.99);
    fc.assert(
      fc.property(fc.array(time, { minLength: 1, maxLength: 300 }), share, (times, of) => {
        const sorted = times.toSorted((a, b) => a - b);
        const exact = sorted[Math.ceil(sorted.length * of) - 1] ?? 0;
        // told to three digits
        expect(Math.abs(quantile(times, of) - exact) / exact).toBeLessThan(0.106);
      }),
    );
  });

  it('stays what it is however often it is counted', () => {
    const words = wordsOf([]);
    for (let request = 0; request < 300_000; request++) {
      addLatency(words, AT, latencyBucket(request % 50 === 0 ? 800 : 20), 1);
    }
    expect(latencyQuantile(words, AT, 0.5)).toBeCloseTo(20, -1);
    expect(Math.abs(latencyQuantile(words, AT, 0.99) - 800)).toBeLessThan(80);
  });

  it('counts what no row has room for, and touches no other words', () => {
    const all = [0, -1, Number.NaN, 1e-9, 20, 1e12, Infinity].flatMap((time) => [time, time]);
    const words = wordsOf(all, 1e12);
    expect([...words.subarray(0, AT), ...words.subarray(-2)]).toEqual([0, 0, 0, 0, 0]);
    expect(latencyQuantile(words, AT, 1)).toBeGreaterThan(50_000);
  });
});
