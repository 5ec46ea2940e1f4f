import { describe, expect, it } from 'vitest';
import { labelsOf, namespacesOf } from './namespaces.ts';

const COLOURS = { isDark: false, dim: 'rgba(90, 90, 90, 1)' };
const SAME = { toPixels: (x: number, y: number) => ({ x, y }), width: 500, height: 200 };

describe('namespaces on the map', () => {
  it('are circles about their services, as sigma has them: y leads up', () => {
    const ids = ['test/shop/a', 'test/shop/b', 'test/pay/c'];
    const spots = Float32Array.of(0, 0, 10, 0, 50, 20);
    const [pay, shop] = namespacesOf(ids, spots, COLOURS);
    expect(shop).toMatchObject({ name: 'shop', x: 5, y: -0 });
    expect(shop?.radius).toBeGreaterThan(5);
    expect(pay).toMatchObject({ name: 'pay', x: 50, y: -20 });
  });

  it('are named where there is room, the largest first', () => {
    const at = (name: string, x: number, radius: number) => ({
      ...{ name, colour: 'rgba(0, 0, 0, 1)', x, y: radius, radius },
    });
    const labels = labelsOf(
      [at('small', 5, 10), at('large', 0, 80), at('aside', 400, 10), at('gone', 600, 90)],
      SAME,
    );
    expect(labels.map(({ name }) => name)).toEqual(['large', 'aside']);
    expect(labels[0]?.size).toBeGreaterThan(labels[1]?.size ?? 0);
  });

  it('keep their names on the canvas while it shows any of them', () => {
    const namespace = { name: 'shop', colour: 'rgba(0, 0, 0, 1)', x: 250, y: 100, radius: 900 };
    const [label] = labelsOf([namespace], SAME);
    expect(label?.y).toBeGreaterThan(0);
    expect(label?.y).toBeLessThan(30);
    expect(labelsOf([{ ...namespace, y: 2_000 }], SAME)).toEqual([]);
  });
});
