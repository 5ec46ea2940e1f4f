import { describe, expect, it } from 'vitest';
import { type Colours, groupColour, multiplied, rgbOf } from './colours.ts';
import type { Columns } from './columns.ts';
import { LINES, type Line } from './lines.ts';
import { dotRange, toGraph } from './to-graph.ts';

const COLOURS: Colours = {
  ...{ isDark: false, text: 'rgba(0, 0, 0, 1)', dim: 'rgba(90, 90, 90, 1)' },
  ...{ card: 'rgba(255, 255, 255, 1)', accent: 'rgba(0, 90, 60, 1)' },
  lines: Object.fromEntries(LINES.map((line) => [line, 'rgba(100, 50, 0, 1)'])) as Record<
    Line,
    string
  >,
};

const columns = (count: number, pairs: readonly (readonly [number, number])[]): Columns => ({
  ids: Array.from({ length: count }, (_, place) => `test/ns${place % 3}/s${place}`),
  requests: Float64Array.from({ length: count }, (_, place) => 10 ** (place % 6)),
  from: Uint32Array.from(pairs, ([from]) => from),
  to: Uint32Array.from(pairs, ([, to]) => to),
  evidence: new Uint8Array(pairs.length),
  flags: new Uint8Array(pairs.length),
  lastSeen: new Float64Array(pairs.length),
  edgeCount: pairs.length,
});

const drawn = (
  count: number,
  pairs: readonly (readonly [number, number])[],
  lines: readonly Line[],
) => toGraph(columns(count, pairs), new Float32Array(2 * count), lines, COLOURS);

describe('what is drawn of a large graph', () => {
  it('is larger where more is asked, and as large as there is room', () => {
    const graph = drawn(6, [], []);
    const sizes = graph.mapNodes((_, { size }) => size);
    expect(sizes).toEqual([...sizes].sort((a, b) => a - b));
    const [smallest, largest] = dotRange(6);
    expect(sizes[0]).toBeCloseTo(smallest);
    expect(sizes[5]).toBeCloseTo(largest);
    expect(dotRange(10_000)[1]).toBeLessThan(largest);
  });

  it('has services of a namespace in one colour', () => {
    const graph = drawn(6, [], []);
    const colourOf = (place: number) =>
      graph.getNodeAttribute(`test/ns${place % 3}/s${place}`, 'color');
    expect(colourOf(0)).toBe(colourOf(3));
    expect(colourOf(0)).not.toBe(colourOf(1));
  });

  it('has what is unusual thick and above all else, and who calls himself not as a line', () => {
    const pairs = [
      [0, 1],
      [1, 2],
      [2, 2],
    ] as const;
    const graph = drawn(3, pairs, ['asserted', 'refused', 'new']);
    expect(graph.mapEdges((_, { type, line }) => [type, line])).toEqual([
      ['thin', 'asserted'],
      ['thick', 'refused'],
    ]);
    const [thin, thick] = graph.mapEdges((_, { zIndex }) => zIndex);
    expect(thick).toBeGreaterThan(thin ?? 0);
  });
});

describe('colours', () => {
  it('of a namespace are those of its name alone, and other ones in the dark', () => {
    expect(groupColour('test/shop', COLOURS)).toBe(groupColour('test/shop', { ...COLOURS }));
    expect(groupColour('test/shop', COLOURS)).not.toBe(
      groupColour('test/shop', { ...COLOURS, isDark: true }),
    );
    expect(groupColour('*', COLOURS)).toBe(COLOURS.dim);
    expect(rgbOf(groupColour('test/pay', COLOURS)).every((part) => part >= 0 && part <= 255)).toBe(
      true,
    );
  });

  it('are multiplied by their alpha, as sigma blends them', () => {
    expect(multiplied(rgbOf('rgb(200, 100, 0)'), 0.5)).toBe('rgba(100, 50, 0, 0.5)');
  });
});
