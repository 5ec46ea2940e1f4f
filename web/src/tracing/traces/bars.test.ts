import { describe, expect, it } from 'vitest';
import { barOf, readTraceId } from './bars.ts';

describe('the bar of a request', () => {
  it.each([
    ['in its place', 25, 50, 100, { left: 25, width: 50 }],
    ['wide enough to be seen', 50, 0, 100, { left: 50, width: 0.4 }],
    ['within the picture, whatever its clock says', 500, 900, 100, { left: 99.6, width: 0.4 }],
    ['from the beginning, where it began before', -40, 10, 100, { left: 0, width: 10 }],
    ['where nothing is known', Number.NaN, Number.NaN, 100, { left: 0, width: 0.4 }],
    ['of a trace that took no time', 0, 0, 0, { left: 0, width: 100 }],
  ])('stands %s', (_, offsetMs, durationMs, whole, bar) => {
    const found = barOf({ offsetMs, durationMs }, { durationMs: whole });
    expect(found.left).toBeCloseTo(bar.left);
    expect(found.width).toBeCloseTo(bar.width);
  });
});

describe('a trace id', () => {
  const id = '4bf92f3577b34da6a3ce929d0e0e4736';
  it.each([
    ['as it is', id],
    ['in capital letters, with space around', `  ${id.toUpperCase()}\n`],
    ['as a UUID', '4bf92f35-77b3-4da6-a3ce-929d0e0e4736'],
    ['out of a traceparent header', `00-${id}-00f067aa0ba902b7-01`],
  ])('is read %s', (_, text) => {
    expect(readTraceId(text)).toBe(id);
  });

  it.each(['', '0'.repeat(32), id.slice(1), `${id}0`, `g${id.slice(1)}`, '<b>'])(
    'is not `%s`',
    (text) => {
      expect(readTraceId(text)).toBeUndefined();
    },
  );
});
