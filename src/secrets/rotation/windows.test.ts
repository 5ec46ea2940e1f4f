import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Window } from '../model/index.ts';
import { LONGEST_CLOSED, nextOpening } from './windows.ts';

const at = (text: string) => Date.parse(`2026-01-${text}Z`);
const all: Window['days'] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

describe('the next opening of a window', () => {
  // 2026-01-05 is a Monday
  it.each<[string, Window[], string, string]>([
    ['is now where there is none', [], '05T12:00', '05T12:00'],
    ['is now within it', [{ days: ['mon'], from: '10:00', to: '14:00' }], '05T12:00', '05T12:00'],
    ['is its beginning', [{ days: ['mon'], from: '13:00', to: '14:00' }], '05T12:00', '05T13:00'],
    [
      'is now at its beginning',
      [{ days: ['mon'], from: '12:00', to: '14:00' }],
      '05T12:00',
      '05T12:00',
    ],
    [
      'is no longer at its end',
      [{ days: ['mon'], from: '10:00', to: '12:00' }],
      '05T12:00',
      '12T10:00',
    ],
    ['is on another day', [{ days: ['sun'], from: '01:00', to: '02:00' }], '05T12:00', '11T01:00'],
    ['is a week away', [{ days: ['mon'], from: '11:00', to: '12:00' }], '05T12:00', '12T11:00'],
    [
      'is now after midnight',
      [{ days: ['mon'], from: '22:00', to: '03:00' }],
      '06T02:59',
      '06T02:59',
    ],
    ['is over after that', [{ days: ['mon'], from: '22:00', to: '03:00' }], '06T03:00', '12T22:00'],
    [
      'is not before its day',
      [{ days: ['tue'], from: '22:00', to: '03:00' }],
      '06T02:00',
      '06T22:00',
    ],
    [
      'is now in a whole day',
      [{ days: ['mon'], from: '00:00', to: '00:00' }],
      '05T23:59',
      '05T23:59',
    ],
    [
      'is the first of several',
      [
        { days: ['thu'], from: '10:00', to: '11:00' },
        { days: ['wed', 'fri'], from: '10:00', to: '11:00' },
      ],
      '06T12:00',
      '07T10:00',
    ],
  ])('%s', (_, windows, now, expected) => {
    expect(new Date(nextOpening(windows, at(now))).toISOString()).toBe(
      new Date(at(expected)).toISOString(),
    );
  });

  const time = fc.integer({ min: 0, max: 1_439 }).map((minutes) => {
    const two = (number: number) => String(number).padStart(2, '0');
    return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
  });
  const window = fc.record({
    days: fc.subarray(all, { minLength: 1 }),
    from: time,
    to: time,
  });

  it('is within a week, from then on open, and the same for every time that is not', () => {
    const now = fc.integer({ min: 0, max: 4e12 });
    fc.assert(
      fc.property(fc.array(window, { minLength: 1, maxLength: 4 }), now, (windows, time) => {
        const opens = nextOpening(windows, time);
        expect(opens).toBeGreaterThanOrEqual(time);
        expect(opens - time).toBeLessThanOrEqual(LONGEST_CLOSED);
        expect(nextOpening(windows, opens)).toBe(opens);
        const between = time + Math.floor((opens - time) / 2);
        expect(nextOpening(windows, between)).toBe(opens);
      }),
    );
  });
});
