import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fold, toWirePath } from '../operations/index.ts';
import { beginningsOf, formsOf, spellingsOf } from './spellings.ts';

describe('spellings', () => {
  it.each<readonly [string, readonly string[]]>([
    ['me', ['me', 'mE', 'Me', 'ME']],
    ['1.a', ['1.a', '1.A']],
    ['!', ['!', '%21']],
    ['k', ['k', 'K', '%E2%84%AA', '%E2%84%Aa', '%E2%84%aA', '%E2%84%aa']],
    ['%', ['%25']],
  ])('of %s', (folded, want) => {
    expect(spellingsOf(folded, 64)).toEqual(expect.arrayContaining([...want]));
    if (folded !== 'k') expect(spellingsOf(folded, 64)).toHaveLength(want.length);
  });

  it('are undefined where they are too many', () => {
    expect(spellingsOf('export', 63)).toBeUndefined();
    expect(spellingsOf('export', 64)).toHaveLength(64);
  });

  it('of beginnings are those of the longest that keeps to the limit', () => {
    expect(beginningsOf('export', 4)).toEqual(['ex', 'eX', 'Ex', 'EX']);
    expect(beginningsOf('e', 1)).toEqual(['']);
  });

  it('are all that a path may have for the text, and nothing else', () => {
    const texts = fc.string({ unit: 'binary', minLength: 1, maxLength: 2 });
    fc.assert(
      fc.property(texts, (text) => {
        const path = toWirePath(`/${encodeURIComponent(text.toWellFormed())}`);
        if (typeof path !== 'string' || path === '/') return;
        const folded = fold(path).slice(1);
        const canonical = [...folded].map((character) => formsOf(character));
        expect(canonical.every((forms) => forms.length > 0)).toBe(true);
        for (const spelling of spellingsOf(folded, 512) ?? []) {
          const wire = toWirePath(`/${spelling}`);
          if (typeof wire === 'string') expect(fold(wire)).toBe(fold(path));
        }
        const all = spellingsOf(folded, 512);
        if (all && !path.includes('.')) expect(all).toContain(path.slice(1));
      }),
    );
  });
});
