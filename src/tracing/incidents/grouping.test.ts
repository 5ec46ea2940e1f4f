import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { belongsTo, type Way } from './grouping.ts';
import { at } from './testing/alerts.ts';

const WINDOW = 60_000;
const first: Way = {
  path: ['*', 'web', 'orders'],
  traceIds: ['t1'],
  time: at(0),
  lastTime: at(10),
};
const other: Way = { path: ['reviews', 'stock'], traceIds: ['t2'], time: at(20), lastTime: at(30) };

describe('two alerts', () => {
  it.each<[boolean, string, Partial<Way>]>([
    [false, 'have nothing in common', {}],
    [true, 'share a trace', { traceIds: ['t3', 't1'] }],
    [true, 'share a step', { path: ['*', 'web', 'orders', 'stock'] }],
    [true, 'follow each other', { path: ['orders', 'stock'] }],
    [false, 'share only a service that both go through', { path: ['reviews', 'orders', 'stock'] }],
    [false, 'share only where they end', { path: ['reviews', 'orders'] }],
    [false, 'go a step in the other direction', { path: ['orders2', 'web'] }],
    [false, 'both come from outside', { path: ['*', 'stock'] }],
    [false, 'share a trace, but too late', { traceIds: ['t1'], time: at(71), lastTime: at(80) }],
    [true, 'share a trace just in time', { traceIds: ['t1'], time: at(70), lastTime: at(80) }],
  ])('are one incident: %s, where they %s', (isOne, _, change) => {
    expect(belongsTo({ ...other, ...change }, first, WINDOW)).toBe(isOne);
  });

  it('are not one where the later is told first and the earlier began where it ended', () => {
    const earlier = { ...other, path: ['orders', 'stock'], time: at(-20), lastTime: at(-10) };
    expect(belongsTo(earlier, first, WINDOW)).toBe(false);
  });

  it('are not one because one has come outside, from where everybody begins', () => {
    const inward = { ...other, path: ['*', 'stock'] };
    expect(belongsTo(inward, { ...first, path: ['web', '*'] }, WINDOW)).toBe(false);
  });

  it('belong together in whichever order they are asked', () => {
    const service = fc.constantFrom('*', 'a', 'b', 'c', 'd');
    const way = fc.record({
      path: fc.uniqueArray(service, { minLength: 1, maxLength: 4 }),
      traceIds: fc.array(fc.constantFrom('t1', 't2', 't3'), { maxLength: 2 }),
      start: fc.integer({ min: 0, max: 200 }),
      lasts: fc.integer({ min: 0, max: 50 }),
    });
    const wayOf = ({
      path,
      traceIds,
      start,
      lasts,
    }: typeof way extends fc.Arbitrary<infer T> ? T : never): Way => ({
      ...{ path, traceIds, time: at(start), lastTime: at(start + lasts) },
    });
    fc.assert(
      fc.property(way, way, (a, b) => {
        expect(belongsTo(wayOf(a), wayOf(b), WINDOW)).toBe(belongsTo(wayOf(b), wayOf(a), WINDOW));
      }),
    );
  });
});
