import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJson, parseYaml } from './data.ts';

describe('parseYaml', () => {
  it('says where keys and items stand, in every document of the file', () => {
    const { documents } = parseYaml('# head\na:\n  - b: 1\n  - c: "x"\n---\nd: {e: 2}\n');
    expect(documents.map((document) => document.value)).toEqual([
      { a: [{ b: 1 }, { c: 'x' }] },
      { d: { e: 2 } },
    ]);
    expect(documents[0]?.at(['a', 1, 'c'])).toEqual({ line: 4, column: 5 });
    expect(documents[0]?.valueAt(['a', 1, 'c']).line).toBe(4);
    expect(documents[1]?.at(['d', 'e'])).toEqual({ line: 6, column: 5 });
  });

  it('points at the nearest ancestor of a path that leads nowhere', () => {
    expect(parseYaml('a:\n  b: 1\n').documents[0]?.at(['a', 'z', 'y'])).toEqual({
      line: 1,
      column: 1,
    });
  });

  it('follows aliases to the place of what they name', () => {
    const { documents } = parseYaml('base: &x\n  port: 80\nweb: *x\n');
    expect(documents[0]?.at(['web', 'port'])).toEqual({ line: 2, column: 3 });
  });

  it('reads the other documents of a file that has a broken one', () => {
    const { documents, problems } = parseYaml('a: 1\n---\nb: [1\n---\nc: 3\n');
    expect(documents.map((document) => document.value)).toEqual([{ a: 1 }, { c: 3 }]);
    expect(problems).toHaveLength(1);
    expect(problems[0]?.line).toBeGreaterThanOrEqual(3);
  });

  it('keeps the values of local tags', () => {
    expect(parseYaml('a: !Ref thing\n').documents[0]?.value).toEqual({ a: 'thing' });
  });

  it('refuses an alias bomb', () => {
    let bomb = 'a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n';
    for (let level = 1; level < 12; level++) {
      bomb += `a${level}: &a${level} [${Array(10)
        .fill(`*a${level - 1}`)
        .join(', ')}]\n`;
    }
    const { documents, problems } = parseYaml(bomb);
    expect(documents).toEqual([]);
    expect(problems[0]?.message).toMatch(/nodes once its aliases are expanded/);
  });

  it('refuses nesting beyond the limit', () => {
    expect(parseYaml('['.repeat(5000)).problems).toHaveLength(1);
    expect(parseJson('['.repeat(5000) + ']'.repeat(5000)).problems).toHaveLength(1);
  });

  it('gives values or problems for any text, and never throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        for (const parsed of [parseYaml(text), parseJson(text)]) {
          for (const document of parsed.documents) document.at(['a', 0]);
        }
      }),
    );
  });
});

describe('parseJson', () => {
  it('says where keys stand', () => {
    const { documents } = parseJson('{\n  "a": [\n    {"b": 1}\n  ]\n}');
    expect(documents[0]?.at(['a', 0, 'b'])).toEqual({ line: 3, column: 6 });
  });

  it('says where a broken text breaks', () => {
    expect(parseJson('{\n  "a": tru\n}').problems[0]).toMatchObject({ line: 2 });
  });
});
