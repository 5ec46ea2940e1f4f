import { describe, expect, it } from 'vitest';
import { Hop, RANK } from '../hop.ts';
import { Looks } from './looks.ts';

const START = Date.UTC(2026, 0, 5);
const MINUTE = 60_000;

function hopOf(change: Partial<Hop> = {}): Hop {
  const told = { at: START, caller: 1, callee: 2, rank: RANK.asserted };
  return Object.assign(new Hop(), told, change);
}

/** How many of ten hops are looked at, of three that may be. */
function looked(looks: Looks, change?: Partial<Hop>): number {
  return Array.from({ length: 10 }, () => looks.take(hopOf(change))).filter(Boolean).length;
}

describe('looks at what is unusual', () => {
  it('are so many a minute for one caller, and what is left out is counted', () => {
    const looks = new Looks(3);
    expect([looked(looks), looks.leftOut]).toEqual([3, 7]);
    expect(looked(looks, { at: START + MINUTE })).toBe(3);
  });

  it.each<[string, Partial<Hop>]>([
    ['another caller', { caller: 900 }],
    ['the caller once it is proved', { rank: RANK.authenticated }],
    ['what came in from outside', { caller: 0, callee: 1 }],
  ])('are not taken away from %s', (_, other) => {
    const looks = new Looks(3);
    looked(looks);
    expect(looked(looks, other)).toBe(3);
  });

  it('are no more for what says that it was earlier', () => {
    const looks = new Looks(3);
    looked(looks);
    expect(looked(looks, { at: START - MINUTE })).toBe(0);
    expect(looked(looks, { at: Number.NaN })).toBe(0);
  });

  it('are there again though something came from far in the future', () => {
    const looks = new Looks(3);
    looks.tick(START);
    looked(looks, { at: START + 10_000 * MINUTE });
    looks.tick(START + 11 * MINUTE);
    expect(looked(looks, { at: START + 11 * MINUTE })).toBe(3);
  });

  it('tell whether they showed anything, for their minute', () => {
    const looks = new Looks(3);
    expect(looks.hasTold(hopOf())).toBe(false);
    looks.note(hopOf());
    expect(looks.hasTold(hopOf())).toBe(true);
    expect(looks.hasTold(hopOf({ caller: 7 }))).toBe(false);
    expect(looks.hasTold(hopOf({ at: START + MINUTE }))).toBe(false);
  });
});
