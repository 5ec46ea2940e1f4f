import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toTable } from './table.ts';

interface Row {
  readonly path: string;
  readonly text: string;
  readonly kind: string | null;
}
const COLUMNS = [
  { title: 'kind', value: ({ kind }: Row) => kind },
  { title: 'path', value: ({ path }: Row) => path, shrinks: 'path' as const },
  { title: 'text', value: ({ text }: Row) => text, shrinks: 'text' as const },
];

describe('a table', () => {
  it('lines up its columns, and shows what is missing', () => {
    expect(toTable([{ path: 'a/b', text: 'yes', kind: null }], COLUMNS)).toBe(
      'kind  path  text\n-     a/b   yes',
    );
  });
  it('cuts paths at their beginning and text at its end', () => {
    const row = { path: 'production/shop/orders', text: 'is declared nowhere', kind: 'x' };
    expect(toTable([row], COLUMNS, 30).split('\n')[1]).toBe('x     …hop/orders  is declare…');
  });
  it('keeps within its width and lets no control character through', () => {
    const row = fc.record({
      path: fc.string({ unit: 'binary' }),
      text: fc.string(),
      kind: fc.constant('k'),
    });
    fc.assert(
      fc.property(fc.array(row), (rows) => {
        const lines = toTable(rows, COLUMNS, 40).split('\n');
        expect(lines).toHaveLength(rows.length + 1);
        for (const line of lines) expect(line.length).toBeLessThanOrEqual(40);
      }),
    );
  });
});
