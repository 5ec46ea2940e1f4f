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

  it('takes a flow collection that is closed at the indentation of its key', () => {
    const { documents, problems } = parseYaml(
      'a:\n  b: [\n    x,\n    y\n  ]\n  c: {\n    d: 1\n  }\n',
    );
    expect(problems).toEqual([]);
    expect(documents[0]?.value).toEqual({ a: { b: ['x', 'y'], c: { d: 1 } } });
    expect(documents[0]?.at(['a', 'c', 'd'])).toEqual({ line: 7, column: 5 });
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

  it.each([
    ['a block mapping', 'a: 1\nb: 2\na: 3\n', { a: 3, b: 2 }, { line: 3, column: 1 }],
    ['a flow mapping', 'x: {a: 1, a: 3}\n', { x: { a: 3 } }, { line: 1, column: 11 }],
    ['a mapping beside anchors', 'x: &y 1\na: 2\na: *y\n', { x: 1, a: 1 }, { line: 3, column: 1 }],
    ['JSON', '{"a": 1,\n "b": 2, "\\u0061": 3}', { a: 3, b: 2 }, { line: 2, column: 10 }],
  ])('lets the last of equal keys in %s count, and warns of it', (_, text, value, place) => {
    const { documents, problems } = parseYaml(text);
    expect(documents.map((document) => document.value)).toEqual([value]);
    expect(problems).toEqual([
      expect.objectContaining({ severity: 'warning', code: 'data/duplicate-key', ...place }),
    ]);
  });

  it('finds the same places whichever way a text is read', () => {
    const paths = [
      ['a'],
      ['a', 'b c', 0],
      ['a', 'b c', 1, 'd'],
      ['a', '200'],
      ['e', 'f', 1],
      ['g'],
      ['h', 'x', 'y'],
      ['nowhere', 'at all'],
    ] as const;
    const text = `a:
  "b c":
    - 1
    - d: 2
  200: text
e: {f: [1, 2], "g":3}
g: |
  text
h:
- x
`;
    const plain = parseYaml(text).documents[0];
    const complete = parseYaml(`${text}i: &anchor 1\n`).documents[0];
    for (const path of paths) {
      expect([path, plain?.at(path), plain?.valueAt(path)]).toEqual([
        path,
        complete?.at(path),
        complete?.valueAt(path),
      ]);
    }
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

  it('says where keys with escapes stand, and values of every kind', () => {
    const text = '{"a\\"\\\\": {"b": [true, -1.5e3, "]", {}]},\n"c": null}';
    const document = parseJson(text).documents[0];
    expect(document?.value).toEqual({ 'a"\\': { b: [true, -1500, ']', {}] }, c: null });
    expect(document?.at(['a"\\']).column).toBe(2);
    expect(document?.valueAt(['a"\\', 'b', 2]).column).toBe(text.indexOf('"]"') + 1);
    expect(document?.valueAt(['a"\\', 'b', 3]).column).toBe(text.indexOf('{}') + 1);
    expect(document?.at(['c'])).toEqual({ line: 2, column: 1 });
  });

  it('finds every part of any value', () => {
    fc.assert(
      fc.property(fc.json(), fc.nat(3), (json, indent) => {
        const text = JSON.stringify(JSON.parse(json), null, indent);
        const { documents, problems } = parseJson(text);
        expect(problems).toEqual([]);
        const [document] = documents;
        const value = document?.value;
        expect(value).toEqual(JSON.parse(json));
        if (typeof value !== 'object' || value === null) return;
        for (const [key, member] of Object.entries(value)) {
          const { line, column } = document?.valueAt([
            Array.isArray(value) ? Number(key) : key,
          ]) ?? { line: 0, column: 0 };
          const rest = text
            .split('\n')
            .slice(line - 1)
            .join('\n')
            .slice(column - 1);
          expect(rest.startsWith(JSON.stringify(member).slice(0, 1))).toBe(true);
        }
      }),
    );
  });

  it('refuses more nodes than the limit', () => {
    const limits = { maxDepth: 100, maxAliases: 10, maxNodes: 10 };
    expect(parseJson('[1,2,3,4,5,6,7,8,9,10]', limits).problems[0]?.message).toMatch(/11 nodes/);
    expect(parseYaml('a: [1,2,3,4,5,6,7,8,9,10]\n', limits).problems[0]?.message).toMatch(
      /12 nodes/,
    );
  });

  it('says where a broken text breaks', () => {
    expect(parseJson('{\n  "a": tru\n}').problems[0]).toMatchObject({ line: 2 });
  });
});
