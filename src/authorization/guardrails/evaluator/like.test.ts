import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isLike } from './like.ts';

describe('a text is like', () => {
  it.each([
    ['', [''], true],
    ['a', [''], false],
    ['a', ['a'], true],
    ['ab', ['a', 'b'], true],
    ['a', ['a', 'a'], false],
    ['aa', ['a', 'a'], true],
    ['axbxc', ['a', 'b', 'c'], true],
    ['axcxb', ['a', 'b', 'c'], false],
    ['', ['', ''], true],
    ['abc', ['', 'b', ''], true],
  ])('%j by %j: %s', (text, pieces, wanted) => {
    expect(isLike(text, pieces)).toBe(wanted);
  });

  it('what an expression of the same meaning matches', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 6 });
    const pieces = fc.array(fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 2 }), {
      minLength: 1,
      maxLength: 4,
    });
    fc.assert(
      fc.property(letters, pieces, (text, all) => {
        expect(isLike(text, all)).toBe(new RegExp(`^${all.join('.*')}$`, 's').test(text));
      }),
    );
  });
});
