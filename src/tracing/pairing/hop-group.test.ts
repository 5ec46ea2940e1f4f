import { describe, expect, it } from 'vitest';
import type { Hop } from '../hop.ts';
import { AHEAD } from '../near.ts';
import { HopGroup } from './hop-group.ts';

/** Hands on so many hops, of which one may make its receiver fail; what was said of them, in order. */
function handOn(hops: number, failing = -1) {
  const said: string[] = [];
  const group = new HopGroup(
    ({ id }: Hop) => {
      if (id === failing) throw new Error(`${id}`);
      said.push(`${id}`);
    },
    (some, count) => {
      const ids = some.slice(0, count).map(({ id }) => id);
      said.push(`${ids[0]}-${ids.at(-1)} next`);
    },
  );
  const attempt = (what: () => void) => {
    try {
      what();
    } catch {
      said.push('failed');
    }
  };
  for (let id = 1; id <= hops; id++) {
    group.next.id = id;
    attempt(() => group.add());
  }
  attempt(() => group.handOn());
  attempt(() => group.handOn());
  return said;
}

const range = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, place) => `${from + place}`);

describe('a group of hops', () => {
  it('hands each on once and in order, and tells of those that come before they do', () => {
    expect(handOn(AHEAD + 2)).toEqual([
      `1-${AHEAD} next`,
      ...range(1, AHEAD),
      `${AHEAD + 1}-${AHEAD + 2} next`,
      ...range(AHEAD + 1, AHEAD + 2),
    ]);
  });

  it('hands on nothing where nothing came', () => {
    expect(handOn(0)).toEqual([]);
  });

  it('goes on with the next group where one fails, and hands none on twice', () => {
    expect(handOn(AHEAD + 1, 2)).toEqual([
      `1-${AHEAD} next`,
      '1',
      'failed',
      `${AHEAD + 1}-${AHEAD + 1} next`,
      `${AHEAD + 1}`,
    ]);
  });
});
