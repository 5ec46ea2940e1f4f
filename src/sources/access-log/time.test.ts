import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseTime } from './time.ts';
import { UtcTimes } from './utc-times.ts';

const AT = Date.UTC(2026, 10, 22, 3, 25, 12);

describe('the time of a line', () => {
  it.each([
    ['2026-11-22T03:25:12Z', AT],
    ['2026-11-22T03:25:12.123456789Z', AT + 123],
    ['2026-11-22 03:25:12,5', AT + 500],
    ['2026-11-22T04:55:12+01:30', AT],
    ['2026-11-21T19:25:12-0800', AT],
    ['2026-11-22 03:25:12 UTC', AT],
    ['2026-11-22T03:25', AT - 12_000],
    ['22/Nov/2026:03:25:12 +0000', AT],
    ['21/nov/2026:19:25:12 -0800', AT],
    ['Sun, 22 Nov 2026 03:25:12 GMT', AT],
    ['1795317912', 1_795_317_912_000],
    ['1795317912.25', 1_795_317_912_250],
    [1_795_317_912, 1_795_317_912_000],
    [1_795_317_912.25, 1_795_317_912_250],
    [1_795_317_912_345, 1_795_317_912_345],
    [1_795_317_912_345_678, 1_795_317_912_346],
    ['1795317912345678901', 1_795_317_912_346],
    ['2026-13-22T03:25:12Z', undefined],
    ['2026-11-22T25:25:12Z', undefined],
    ['22/Foo/2026:03:25:12 +0000', undefined],
    ['yesterday', undefined],
    ['', undefined],
    [0, undefined],
    [Number.NaN, undefined],
    [-5, undefined],
    [1e300, undefined],
    [true, undefined],
    ['9'.repeat(100), undefined],
  ])('%j is %j', (text, want) => {
    expect(parseTime(text)).toBe(want);
  });

  it('is the same read from bytes, where that knows the spelling', () => {
    const times = new UtcTimes();
    fc.assert(
      fc.property(
        fc.date({ min: new Date(0), max: new Date('9999-12-31'), noInvalidDate: true }),
        fc.integer({ min: 0, max: 6 }),
        (date, digits) => {
          const [seconds = '', fraction = ''] = date.toISOString().slice(0, -1).split('.');
          const text =
            digits === 0
              ? `${seconds}Z`
              : `${seconds}.${fraction.padEnd(6, '7').slice(0, digits)}Z`;
          expect(times.parse(Buffer.from(`--${text}--`), 2, 2 + text.length)).toBe(parseTime(text));
        },
      ),
    );
  });

  it.each([
    '2026-11-22T03:25:12+00:00',
    '2026-11-22 03:25:12Z',
    '2026-11-22T24:25:12Z',
    '2026-00-22T03:25:12Z',
    '2026-11-22T03:25:12.Z',
    '2026-11-22T03:25:1xZ',
    '1795317912',
  ])('%s is left to the other reader', (text) => {
    expect(new UtcTimes().parse(Buffer.from(text), 0, text.length)).toBeNaN();
  });
});
