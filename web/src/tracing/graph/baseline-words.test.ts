import { describe, expect, it } from 'vitest';
import type { Baseline } from '../model.ts';
import {
  changesWords,
  entriesWords,
  fanOutWords,
  hoursWords,
  lifeWords,
  sharesWords,
} from './baseline-words.ts';

const NOTHING = { failed: 0, denied: 0, withContext: 0 };
const BASE: Baseline = {
  ...{ service: 'test/shop/a', maturity: 0.5, maturityBecause: 'seen on 3 days' },
  ...{ firstSeen: '2026-01-01T00:00:00Z', lastSeen: '2026-01-03T00:00:00Z', days: 3 },
  ...{ isDormant: false, callers: [], callees: [], operations: [], hours: Array(24).fill(0) },
  ...{ fanOut: { services: 2, operations: 1 }, asCaller: NOTHING, asCallee: NOTHING, entries: 0 },
  ...{ accounts: [], addresses: [], versions: [], deployedAt: null },
  changes: { explained: 0, unexplainedDays: 0 },
};

function hours(...busy: readonly number[]): number[] {
  return Array.from({ length: 24 }, (_, hour) => (busy.includes(hour) ? 5 : 0));
}

describe('what is usual for a service, in sentences', () => {
  it.each([
    [hours(), 'It was not seen to call anybody.'],
    [hours(...Array(24).keys()), 'It calls others at every hour.'],
    [hours(8, 9, 10), 'It calls others from 08:00 to 11:00 (UTC).'],
    [hours(23, 0, 1), 'It calls others from 23:00 to 02:00 (UTC).'],
    [hours(3, 12), 'It calls others from 03:00 to 04:00, and from 12:00 to 13:00 (UTC).'],
  ])('has its hours', (at, words) => {
    expect(hoursWords(at)).toBe(words);
  });

  it('has its shares, however small', () => {
    expect(sharesWords('asks', { failed: 0.0004, denied: 0.031, withContext: 1 })).toBe(
      'Of what it asks, under 0.1 % fails and 3.1 % is denied; 100 % comes with a trace context.',
    );
  });

  it.each([
    [
      { explained: 0, unexplainedDays: 0 },
      'No change of it had to be explained. Nothing else was new lately.',
    ],
    [
      { explained: 1, unexplainedDays: 2 },
      '1 new relationship or operation of it was explained by a declaration or a deployment. On 2 recent days there was something new that nothing explains.',
    ],
  ])('tells what is explained from what is not', (changes, words) => {
    expect(changesWords({ ...BASE, changes })).toBe(words);
  });

  it('says who sleeps, whom nobody calls, and how many it calls', () => {
    expect(lifeWords({ ...BASE, isDormant: true })).toContain('it sleeps');
    expect(entriesWords(BASE)).toBe('Nobody calls it.');
    expect(fanOutWords(BASE)).toBe('In 10 minutes it calls up to 2 services, with 1 operation.');
  });
});
