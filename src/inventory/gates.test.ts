import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gatesOf } from './gates.ts';

/** `web->api` and `api` alone; entries are in capitals. */
function behind(...lines: string[]): Record<string, number> {
  const calls = lines.flatMap((line) => {
    const [from, to] = line.split('->');
    return from && to ? [{ from, to }] : [];
  });
  const ids = [...new Set(lines.flatMap((line) => line.split('->')))];
  const services = ids.map((id) => ({ id, isEntry: id === id.toUpperCase() }));
  return Object.fromEntries(
    [...gatesOf({ services, calls })].map(([id, gate]) => [id, gate.behind]),
  );
}

describe('what is reached only through a service', () => {
  const cases: [sentence: string, lines: string[], want: Record<string, number>][] = [
    ['is the rest of a chain', ['WEB->a', 'a->b', 'b->c'], { WEB: 3, a: 2, b: 1, c: 0 }],
    [
      'is not what another leads to as well',
      ['WEB->a', 'WEB->b', 'a->c', 'b->c'],
      { WEB: 3, a: 0, b: 0, c: 0 },
    ],
    [
      'is less where calls enter elsewhere too',
      ['WEB->a', 'API->a', 'a->b'],
      { WEB: 0, API: 0, a: 1, b: 0 },
    ],
    [
      'is the same with calls that lead back',
      ['WEB->a', 'a->b', 'b->a', 'b->b'],
      { WEB: 2, a: 1, b: 0 },
    ],
    ['is nothing of what nobody reaches', ['WEB->a', 'x->y'], { WEB: 1, a: 0 }],
    [
      'begins at those that nobody calls, where none is on the internet',
      ['web->a', 'a->b'],
      { web: 2, a: 1, b: 0 },
    ],
    ['is nothing where all call each other', ['a->b', 'b->a'], {}],
    ['is nothing of nothing', [], {}],
  ];
  it.each(cases)('%s', (_, lines, want) => {
    expect(behind(...lines)).toEqual(want);
  });

  it('is what cannot be reached once it is gone', () => {
    const node = fc.constantFrom('A', 'b', 'c', 'd', 'e', 'f');
    const edges = fc.array(fc.tuple(node, node), { maxLength: 20 });
    fc.assert(
      fc.property(edges, (pairs) => {
        const lines = ['A', ...pairs.map(([from, to]) => `${from}->${to}`)];
        const all = reached(pairs, undefined);
        for (const [id, count] of Object.entries(behind(...lines))) {
          const without = reached(pairs, id);
          expect(count).toBe(all.size - without.size - 1);
        }
      }),
      { numRuns: 2_000 }, // graphs whose loops have two entrances are rare
    );
  });

  it('is found in a long chain', () => {
    const lines = Array.from({ length: 20_000 }, (_, index) => `${index}x->${index + 1}x`);
    expect(behind(...lines)['0x']).toBe(20_000);
  });
});

function reached(pairs: readonly [string, string][], without: string | undefined): Set<string> {
  const found = new Set<string>(without === 'A' ? [] : ['A']);
  for (const id of found) {
    for (const [from, to] of pairs) if (from === id && to !== without) found.add(to);
  }
  return found;
}
