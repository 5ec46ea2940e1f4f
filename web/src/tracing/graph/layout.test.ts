import { describe, expect, it } from 'vitest';
import { type Layout, layoutOf, lineOf, NODE } from './layout.ts';

const links = (...pairs: readonly string[]) =>
  pairs.map((pair) => {
    const [from = '', to = ''] = pair.split('>');
    return { from, to };
  });

function layersOf({ spots }: Layout, ...nodes: readonly string[]): number[] {
  return nodes.map((node) => spots.get(node)?.layer ?? -1);
}

function overlaps({ spots }: Layout): number {
  const all = [...spots.values()];
  return all.filter((a, place) =>
    all.some(
      (b, other) =>
        other > place && Math.abs(a.x - b.x) < NODE.width && Math.abs(a.y - b.y) < NODE.height,
    ),
  ).length;
}

describe('a call graph is laid out', () => {
  it('with callers before whom they call', () => {
    const layout = layoutOf(['c', 'b', 'a'], links('a>b', 'b>c'));
    expect(layersOf(layout, 'a', 'b', 'c')).toEqual([0, 1, 2]);
  });

  it('whole, where requests lead in circles or nowhere', () => {
    const layout = layoutOf(['a', 'b', 'c', 'alone'], links('a>b', 'b>c', 'c>a', 'a>a'));
    expect(layersOf(layout, 'a', 'b', 'c', 'alone')).toEqual([0, 1, 2, 0]);
    expect(overlaps(layout)).toBe(0);
  });

  it('with lines that do not cross where they need not', () => {
    const { spots } = layoutOf(['a', 'b', 'x', 'y'], links('a>y', 'b>x'));
    const y = (node: string) => spots.get(node)?.y ?? 0;
    expect(y('a') < y('b')).toBe(y('y') < y('x'));
  });

  it('the same each time', () => {
    const nodes = Array.from({ length: 40 }, (_, index) => `n${index}`);
    const all = nodes.flatMap((from, index) =>
      nodes.filter((_, other) => (index * 7 + other * 3) % 11 === 0).map((to) => ({ from, to })),
    );
    expect([...layoutOf(nodes, all).spots]).toEqual([...layoutOf(nodes, all).spots]);
  });

  it.each([
    ['a star', (index: number) => ({ from: 'n0', to: `n${index}` })],
    ['a chain', (index: number) => ({ from: `n${Math.max(0, index - 1)}`, to: `n${index}` })],
    ['no line at all', () => ({ from: 'n0', to: 'n0' })],
  ])('without overlaps, and within bounds, as %s of 300', (_, link) => {
    const nodes = Array.from({ length: 300 }, (_unused, index) => `n${index}`);
    const layout = layoutOf(
      nodes,
      nodes.map((_unused, index) => link(index)),
    );
    expect(layout.spots.size).toBe(300);
    expect(overlaps(layout)).toBe(0);
    expect(layout.width).toBeLessThan(12_000);
    expect(layout.height).toBeLessThan(1_200);
    for (const { x, y } of layout.spots.values()) {
      expect(x + NODE.width).toBeLessThanOrEqual(layout.width);
      expect(y + NODE.height).toBeLessThanOrEqual(layout.height);
    }
  });

  it('passes over lines to what is not shown, and is there without anything', () => {
    expect(layoutOf(['a'], links('a>gone')).spots.size).toBe(1);
    expect(layoutOf([], []).width).toBeGreaterThan(0);
  });
});

describe('the line of a call', () => {
  const spotsOf = (...pairs: readonly string[]) => {
    const { spots, height } = layoutOf(
      [...new Set(pairs.flatMap((pair) => pair.split('>')))],
      links(...pairs),
    );
    const at = (node: string) => {
      const spot = spots.get(node);
      if (!spot) throw new Error('it is there');
      return spot;
    };
    return { at, height };
  };

  it('leads ahead between the two, and back below them', () => {
    const { at, height } = spotsOf('a>b');
    const [a, b] = [at('a'), at('b')];
    expect(lineOf(a, b).middle.x).toBeGreaterThan(a.x + NODE.width);
    expect(lineOf(a, b).middle.x).toBeLessThan(b.x);
    expect(lineOf(b, a).middle.y).toBeGreaterThan(a.y + NODE.height);
    expect(lineOf(b, a).middle.y).toBeLessThan(height);
  });

  it('leads around beside services of one layer', () => {
    const { at } = spotsOf('a>b', 'a>c', 'b>c');
    expect(lineOf(at('b'), at('c')).middle.x).toBeGreaterThan(at('b').x + NODE.width);
  });
});
