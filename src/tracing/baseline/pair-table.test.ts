import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PairTable } from './pair-table.ts';

const pair = fc.tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 1, max: 6 }));

describe('a table of pairs', () => {
  it('has what was put in and not taken out, whatever the order', () => {
    const steps = fc.array(fc.tuple(fc.boolean(), pair), { maxLength: 400, size: 'max' });
    fc.assert(
      fc.property(steps, (all) => {
        const table = new PairTable(2);
        const model = new Map<string, number>();
        for (const [isPut, [a, b]] of all) {
          const key = `${a} ${b}`;
          const row = model.get(key);
          expect(table.find(a, b)).toBe(row ?? 0);
          if (isPut && row === undefined) model.set(key, table.add(a, b));
          if (!isPut && row !== undefined) {
            table.remove(row);
            model.delete(key);
          }
        }
        expect(table.size).toBe(model.size);
        for (const [key, row] of model) {
          const [a = 0, b = 0] = key.split(' ').map(Number);
          expect(table.find(a, b)).toBe(row);
        }
      }),
    );
  });

  it('uses the rows again of what was taken out', () => {
    const table = new PairTable(2);
    for (let round = 0; round < 1_000; round++) table.remove(table.add(round, 1));
    expect(table.top).toBe(1);
  });
});
