import { describe, expect, it } from 'vitest';
import type { IntakeCount } from '../../../src/estate/sighting/index.ts';
import { bySource, lostNow } from './words.ts';

const NOW = Date.parse('2026-01-01T12:00:00Z');
const EARLIER = '2026-01-01T10:00:00Z';
const JUST = '2026-01-01T11:59:30Z';

const counted = (overrides: Partial<IntakeCount>): IntakeCount => ({
  source: 'kong',
  outcome: 'taken',
  reason: '',
  count: 1,
  lastAt: EARLIER,
  ...overrides,
});

describe('what came in', () => {
  it('is told by source, what is lost now before what was lost most', () => {
    const old = counted({ outcome: 'dropped', reason: 'no service', count: 900 });
    const fresh = counted({ outcome: 'refused', reason: 'too large', count: 2, lastAt: JUST });
    const sources = bySource(
      [counted({ source: 'otlp-http', count: 5 }), counted({ count: 3, lastAt: JUST }), old, fresh],
      NOW,
    );
    expect(sources).toEqual([
      { source: 'kong', taken: 3, lastTaken: JUST, lost: [fresh, old] },
      { source: 'otlp-http', taken: 5, lastTaken: EARLIER, lost: [] },
    ]);
  });

  it('is lost now only where it was lost in the last two minutes', () => {
    const old = counted({ outcome: 'dropped', count: 9 });
    const fresh = counted({ outcome: 'dropped', count: 1, lastAt: JUST });
    const never = counted({ outcome: 'dropped', count: 0, lastAt: JUST });
    expect(lostNow([old, fresh, never, counted({ lastAt: JUST })], NOW)).toEqual([fresh]);
  });

  it('loses nothing where what was left out is of no use', () => {
    const span = counted({ outcome: 'dropped', reason: 'not a call', lastAt: JUST });
    const path = counted({ outcome: 'dropped', reason: 'unusable path', lastAt: JUST });
    expect(lostNow([span, path], NOW)).toEqual([path]);
  });

  it('has no last time where nothing was taken', () => {
    const [kong] = bySource([counted({ outcome: 'refused', reason: 'no token' })], NOW);
    expect(kong).toMatchObject({ taken: 0, lastTaken: null });
  });
});
