import { describe, expect, it } from 'vitest';
import { discsOf } from './discs.ts';
import { groupsOf } from './groups.ts';

/** Forty namespaces, of 1 to 90 services. */
const GROUPS = groupsOf(
  Array.from({ length: 40 }, (_, group) =>
    Array.from(
      { length: 1 + ((group * 37) % 90) },
      (_unused, place) => `test/ns${group}/s${place}`,
    ),
  ).flat(),
);
const CALLS = GROUPS.map((_, from) => ({ from, to: (from + 1) % GROUPS.length, weight: 1 }));

describe('discs of namespaces', () => {
  const discs = discsOf(GROUPS, CALLS);

  it('are as large as there are services, and touch without lying on each other', () => {
    for (const [place, a] of discs.entries()) {
      expect(Math.PI * a.radius ** 2).toBeGreaterThan(GROUPS[place]?.members.length ?? Infinity);
      for (const b of discs.slice(place + 1)) {
        const away = Math.hypot(a.x - b.x, a.y - b.y);
        expect(away).toBeGreaterThan(0.95 * (a.radius + b.radius));
      }
    }
  });

  it('lie close together, wider than high', () => {
    const ends = (axis: 'x' | 'y') => {
      const least = Math.min(...discs.map((disc) => disc[axis] - disc.radius));
      return Math.max(...discs.map((disc) => disc[axis] + disc.radius)) - least;
    };
    const used = discs.reduce((sum, { radius }) => sum + Math.PI * radius ** 2, 0);
    expect(used / (ends('x') * ends('y'))).toBeGreaterThan(0.4);
    expect(ends('x')).toBeGreaterThan(ends('y'));
  });
});
