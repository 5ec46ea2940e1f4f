import Graph from 'graphology';
import { describe, expect, it } from 'vitest';
import { awayFrom, lineAt } from './focus.ts';
import type { Drawn } from './to-graph.ts';

const SPOTS: Readonly<Record<string, { x: number; y: number }>> = {
  ...{ a: { x: 0, y: 0 }, b: { x: 100, y: 0 }, c: { x: 0, y: 100 }, d: { x: 100, y: 100 } },
};
const place = (id: string) => SPOTS[id] ?? { x: 0, y: 0 };

describe('the relationship at a spot', () => {
  const graph: Drawn = new Graph({ type: 'directed' });
  const look = { type: 'thin', size: 1, color: '', zIndex: 0, line: 'asserted' } as const;
  for (const id of Object.keys(SPOTS)) graph.addNode(id);
  for (const [from, to] of [
    ['a', 'b'],
    ['c', 'a'],
    ['c', 'd'],
  ])
    graph.addDirectedEdge(from, to, look);

  it.each([
    [
      'is the nearest of those that are looked at',
      { service: 'a' },
      { x: 50, y: 4 },
      { from: 'a', to: 'b' },
    ],
    ['is found whichever way it leads', { service: 'a' }, { x: 3, y: 50 }, { from: 'c', to: 'a' }],
    ['is none of others', { service: 'a' }, { x: 50, y: 100 }, undefined],
    ['is none that is too far away', { service: 'a' }, { x: 50, y: 9 }, undefined],
    ['is none of who is not there', { service: 'gone' }, { x: 50, y: 0 }, undefined],
    [
      'may be the one that is looked at',
      { from: 'c', to: 'd' },
      { x: 50, y: 99 },
      { from: 'c', to: 'd' },
    ],
  ] as const)('%s', (_, focus, spot, found) => {
    expect(lineAt(graph, focus, place, spot, 6)).toEqual(found);
  });
});

it.each([
  ['beside the line', { x: 5, y: 3 }, 3],
  ['beyond its end', { x: 13, y: 4 }, 5],
])('a spot is as far from a line as from its nearest point: %s', (_, spot, away) => {
  expect(awayFrom(spot, { x: 0, y: 0 }, { x: 10, y: 0 })).toBe(away);
});
