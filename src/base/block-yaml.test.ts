import fc from 'fast-check';
import { CORE_SCHEMA, constructFromEvents, mergeTag, parseEvents } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { readPlainYaml } from './block-yaml.ts';

const SCHEMA = CORE_SCHEMA.withTags(mergeTag);

/** What the complete parser makes of a text: its documents, or nothing where it is not valid. */
function complete(text: string): unknown[] | undefined {
  try {
    return constructFromEvents(parseEvents(text, {}), { source: text, schema: SCHEMA, json: true });
  } catch {
    return undefined;
  }
}

const plain = (text: string) => readPlainYaml(text, 100);

/** Texts that the plain reader must read, since files are full of them. */
const READ: readonly (readonly [what: string, text: string])[] = [
  ['mappings in mappings', 'a:\n  b:\n    c: 1\n  d: two words\n'],
  [
    'sequences, indented and not',
    'a:\n- 1\n- 2\nb:\n  - x: 1\n    y: 2\n  -\n    z: 3\n  - - 4\n    - 5\n',
  ],
  ['empty values', 'a:\nb:\n  c:\n- '.slice(0, -2)],
  ['empty items', 'a:\n  -\n  - 1\n  -\n'],
  ['comments', '# head\na: 1 # one\n  # between\nb: # two\n  - c # three\n# end\n'],
  [
    'types',
    'a: [1, -2, +3, 0x1F, 0o17, 1.5, .5, 1e3, .inf, -.INF, true, False, null, ~, yes, 1.2.3]\nb: .nan\nc: TRUE\nd: nUll\n',
  ],
  ['typed keys', '200: a\n0x10: b\ntrue: c\n1.50: d\nnull: e\n-x: 1\n'.replace('-x: 1\n', '')],
  ['quotes', `a: "x: y # z"\nb: 'it''s'\n"c d": "\\u00e9\\n\\x41\\U0001F600"\n'e': ''\nf: ""\n`],
  ['quotes over lines', 'a: "one\n  two\n\n  three\\\n  four"\nb: \'one\n\n  two\'\n'],
  ['plain scalars over lines', 'a: one\n  two\n\n  three # end\nb:\n  four\n   five\nc: 6\n'],
  ['literal blocks', 'a: |\n  one\n\n    two\n  three\n\n\nb: |-\n  x\nc: |+\n  y\n\nd: 1\n'],
  ['folded blocks', 'a: >\n  one\n  two\n\n  three\n    four\nb: >-\n  x\n  y\n'],
  ['blocks in sequences', '- |\n  a\n- >-\n  b\n- c\n'],
  [
    'flow collections',
    'a: {}\nb: []\nc: [a, "b", {d: e, "f":1}, [1]]\nd: {x: [y, z],}\ne: [\n  1,\n  2\n  ]\n',
  ],
  [
    'addresses, paths and templates',
    '/a/{id}: {get: {}}\nb: https://x.example/y?z=1#a\nc: <d>\ne: a-b:c\n',
  ],
  ['values that begin with signs', 'a: ?x\nb: :y\nc: -z\n'],
  ['a marker before it', '--- # first\na: 1\n'],
  ['a root sequence', '- a\n- b: c\n  d: e\n'],
  ['an indented root', '  a: 1\n  b: 2\n'],
];

/** Texts that it must leave to the complete parser. */
const LEFT: readonly (readonly [what: string, text: string])[] = [
  ['anchors', 'a: &x 1\nb: *x\n'],
  ['tags', 'a: !!str 1\n'],
  ['merge keys', 'a:\n  <<: {b: 1}\n'],
  ['complex keys', '? a\n: b\n'],
  ['tabs', 'a:\tb\n'],
  ['Windows line ends', 'a: 1\r\n'],
  ['indentation indicators', 'a: |2\n    b\n'],
  ['several documents', 'a: 1\n---\nb: 2\n'],
  ['document ends', 'a: 1\n...\n'],
  ['directives', '%YAML 1.2\n---\na: 1\n'],
  ['control characters', 'a: \u0001\n'],
  ['half characters', 'a: \ud800\n'],
  ['__proto__', '__proto__: {a: 1}\n'],
  ['pairs in sequences', 'a: [b: c]\n'],
  ['wrong indentation', 'a:\n    b: 1\n  c: 2\n'],
  ['a value beside a mapping', 'a: 1\n  b: 2\n'],
  ['a second colon', 'a: b: c\n'],
  ['deep nesting', '['.repeat(5_000)],
];

describe('readPlainYaml', () => {
  it.each(READ)('reads %s as the complete parser does', (_, text) => {
    expect(complete(text)).toHaveLength(1);
    expect(plain(text)?.value).toEqual(complete(text)?.[0]);
  });

  it.each(READ)('reads %s without an end of the last line', (_, text) => {
    const cut = text.trimEnd();
    const read = plain(cut);
    if (read !== undefined) expect(read.value).toEqual(complete(cut)?.[0]);
  });

  it.each(LEFT)('leaves %s to the complete parser', (_, text) => {
    expect(plain(text)).toBeUndefined();
  });

  it('says where keys stand that stand twice', () => {
    const read = plain('a: 1\nb: {c: 1, c: 2}\na: 3\n');
    expect(read?.value).toEqual({ a: 3, b: { c: 2 } });
    expect(read?.duplicates).toEqual([15, 21]);
  });

  it('keeps many numbered keys small', () => {
    const text = 'x:\n'.concat(
      Array.from({ length: 20_000 }, () => '  - {200: a, 404: b}\n').join(''),
    );
    const before = process.memoryUsage().heapUsed;
    const read = plain(text);
    const bytes = process.memoryUsage().heapUsed - before;
    expect(read?.rows).toHaveLength(60_002);
    expect(bytes).toBeLessThan(60_000_000);
  });

  it('never gives another value than the complete parser', () => {
    const piece = fc.constantFrom(
      ...['a', 'b c', '1', 'null', ': ', ':', '- ', '-', '\n', '\n  ', '\n    ', '\n\n', ' ', '  '],
      ...['"', "'", "''", '\\n', '\\', '#', ' # ', '|', '>', '|-\n', '>+\n', '|2\n', '[', ']', '{'],
      ...[
        '}',
        ',',
        ', ',
        '?',
        '? ',
        '&a ',
        '*a',
        '!t ',
        '<<',
        '---',
        '...',
        '\t',
        '\r\n',
        '%',
        '@',
      ],
      ...[
        'k: ',
        '\nk: ',
        '\n  k: v',
        '\n- ',
        '\n  - ',
        'é',
        '\u{1F600}',
        '\u00a0',
        '\u2028',
        '"x"',
      ],
    );
    let read = 0;
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 24 }), (pieces) => {
        const text = pieces.join('');
        const value = plain(text);
        if (value === undefined) return;
        read++;
        expect(complete(text)).toEqual([value.value]);
      }),
      { numRuns: 20_000 },
    );
    expect(read).toBeGreaterThan(500);
  });
});
