import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arrange, type Calls, type Spots } from './arrange.ts';
import { groupsOf } from './groups.ts';

const callsOf = (pairs: readonly (readonly [from: number, to: number])[]): Calls => ({
  from: Uint32Array.from(pairs, ([from]) => from),
  to: Uint32Array.from(pairs, ([, to]) => to),
});

function arranged(ids: readonly string[], calls: Calls): { spots: Spots; shares: number[] } {
  const spots = new Float32Array(2 * ids.length).fill(Number.NaN);
  return { spots, shares: [...arrange(ids, calls, spots)] };
}

/** So many namespaces of so many services, each service calling the next ones. */
function estate(namespaces: number, each: number) {
  const ids = Array.from(
    { length: namespaces * each },
    (_, place) => `test/ns${Math.floor(place / each)}/s${place}`,
  );
  const pairs = ids.flatMap((_, place) =>
    [1, 3, each + 1].map((step) => [place, (place + step) % ids.length] as const),
  );
  return { ids, calls: callsOf(pairs) };
}

/** The least circle about the middle of the spots of some services. */
function circleOf(members: readonly number[], spots: Spots) {
  const all = members.map((member) => [spots[2 * member] ?? 0, spots[2 * member + 1] ?? 0]);
  const middle = (axis: number) =>
    all.reduce((sum, spot) => sum + (spot[axis] ?? 0), 0) / all.length;
  const [x, y] = [middle(0), middle(1)];
  return { x, y, radius: Math.max(...all.map(([a = 0, b = 0]) => Math.hypot(a - x, b - y))) };
}

describe('services are arranged', () => {
  it('the same each time', () => {
    const { ids, calls } = estate(6, 20);
    expect(arranged(ids, calls).spots).toEqual(arranged(ids, calls).spots);
  });

  it('by namespace: none lies on another', () => {
    const { ids, calls } = estate(9, 30);
    const { spots } = arranged(ids, calls);
    const circles = groupsOf(ids).map(({ members }) => circleOf(members, spots));
    for (const [place, a] of circles.entries()) {
      for (const b of circles.slice(place + 1)) {
        const away = Math.hypot(a.x - b.x, a.y - b.y);
        expect(away).toBeGreaterThan(0.75 * (a.radius + b.radius));
      }
    }
  });

  it('with those close that call each other', () => {
    const ids = Array.from({ length: 40 }, (_, place) => `test/shop/s${place}`);
    // two halves of which each calls only itself
    const pairs = ids.flatMap((_, from) =>
      ids.flatMap((_unused, to) => (from % 2 === to % 2 && from < to ? [[from, to] as const] : [])),
    );
    const { spots } = arranged(ids, callsOf(pairs));
    const half = (rest: number) => [...ids.keys()].filter((place) => place % 2 === rest);
    const [a, b] = [circleOf(half(0), spots), circleOf(half(1), spots)];
    const whole = circleOf([...ids.keys()], spots);
    expect(Math.hypot(a.x - b.x, a.y - b.y)).toBeGreaterThan(whole.radius / 2);
  });

  it('with what is outside of the estate beside it', () => {
    const { ids, calls } = estate(4, 10);
    const all = [...ids, '*', 'external/api.example.com'];
    const { spots } = arranged(all, calls);
    const lefts = ids.map((_, place) => spots[2 * place] ?? 0);
    for (const place of [40, 41]) expect(spots[2 * place]).toBeLessThan(Math.min(...lefts));
  });

  it('step by step, from the first of which all have a place', () => {
    const { ids, calls } = estate(3, 40);
    const spots = new Float32Array(2 * ids.length).fill(Number.NaN);
    const steps = arrange(ids, calls, spots);
    expect(steps.next().value).toBe(0);
    expect(spots.every(Number.isFinite)).toBe(true);
    const shares = [...steps];
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect(shares.at(-1)).toBeCloseTo(1);
  });

  it('whoever they are, and whomever they call', () => {
    const name = fc.constantFrom('test/a/x', 'test/a/y', 'test/b/x', '*', 'external/h', '', 'odd');
    const given = fc.uniqueArray(name).chain((ids) =>
      fc.record({
        ids: fc.constant(ids),
        pairs: fc.array(
          fc.tuple(fc.nat(Math.max(0, ids.length - 1)), fc.nat(Math.max(0, ids.length - 1))),
          { maxLength: ids.length === 0 ? 0 : 12 },
        ),
      }),
    );
    fc.assert(
      fc.property(given, ({ ids, pairs }) => {
        expect(arranged(ids, callsOf(pairs)).spots.every(Number.isFinite)).toBe(true);
      }),
      { numRuns: 40 },
    );
  });
});
