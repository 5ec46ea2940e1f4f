import { describe, expect, it } from 'vitest';
import type { WaterfallRow } from '../model.ts';
import { callerWords, noteWords, wholeWords } from './words.ts';

const ROW: WaterfallRow = {
  ...{ parent: null, depth: 0, from: 'test/shop/a', to: 'test/shop/b', operation: 'GET /x' },
  ...{ offsetMs: 0, durationMs: 5, waitedMs: null, status: 200, outcome: 'ok' },
  ...{ evidence: 'none', principal: null, claimed: null, contradicts: false },
  ...{ policy: 'unknown', isVirtual: false, isHalf: false, notes: [], shiftedMs: 0, count: 1 },
  spanIds: ['a'],
};

describe('a row of a waterfall', () => {
  it.each([
    ['nobody says who', {}],
    ['says to be shop/a', { claimed: 'test/shop/a' }],
    ['proved spiffe://x/a', { principal: 'spiffe://x/a', claimed: 'test/shop/a' }],
    [
      'proved spiffe://x/b, but says to be shop/a',
      { principal: 'spiffe://x/b', claimed: 'test/shop/a', contradicts: true },
    ],
  ])('says of its caller: %s', (words, change) => {
    expect(callerWords({ ...ROW, ...change })).toBe(words);
  });

  it('says what is to be known before it is believed', () => {
    expect(noteWords(ROW)).toEqual([]);
    const odd: WaterfallRow = { ...ROW, notes: ['clock shifted'], shiftedMs: 1_500, count: 12 };
    expect(noteWords(odd)).toEqual([
      'the clock of its host is behind: shown 1.50 s later',
      'stands for 12 requests',
    ]);
  });
});

it('a waterfall says how much of it there is, and how much is not there', () => {
  const whole = { traceId: '', reasons: [], time: '', durationMs: 12, services: ['a'] };
  expect(wholeWords({ ...whole, rows: [ROW], cut: 0, duplicates: 0 })).toBe(
    '1 request, 1 service, 12 ms',
  );
  expect(wholeWords({ ...whole, rows: [ROW], cut: 2_000, duplicates: 1 })).toContain(
    '2,000 further spans are not shown',
  );
});
