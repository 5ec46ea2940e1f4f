import fc from 'fast-check';
import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { commented, declaredIn, toCommentedYaml } from './comments.ts';

describe('comments', () => {
  it('stand above what they are about', () => {
    const value = {
      rules: [commented('a: b', { name: 'x', to: [commented("it's", { y: [1] })] })],
    };
    expect(toCommentedYaml(value)).toBe(
      "rules:\n  # a: b\n  - name: x\n    to:\n      # it's\n      - 'y':\n          - 1\n",
    );
  });

  it('never become anything else, whatever is in them and beside them', () => {
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom("- '#': x\n  y: z", '\n- a: b', "'#': x", '# x', '\u2028- a: b', '"\\n'),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(texts, texts)), (pairs) => {
        const of = (make: typeof commented) => ({
          list: pairs.map(([comment, text]) => make(comment, { text, list: [text] })),
        });
        const read = load(toCommentedYaml(of(commented)));
        expect(read).toEqual(load(toCommentedYaml(of((_, value) => ({ ...value })))));
      }),
    );
  });

  it('name places once, in their order', () => {
    const source = (file: string, line?: number) => ({
      reader: 'declarations',
      how: 'declared' as const,
      file,
      ...(line !== undefined && { line }),
    });
    expect(declaredIn([source('b', 2), source('a'), source('b', 2)])).toBe('a, b:2');
  });
});
