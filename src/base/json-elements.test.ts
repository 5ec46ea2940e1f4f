import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JsonElements } from './json-elements.ts';

function elementsOf(
  text: string | Buffer,
  {
    path = ['log', 'entries'],
    max = 1_000,
    cut = 7,
  }: { path?: string[]; max?: number; cut?: number } = {},
) {
  const found: [string, number][] = [];
  const tooLarge: number[] = [];
  const elements = new JsonElements(path, max, {
    element: (bytes, line) => void found.push([bytes.toString(), line]),
    tooLarge: (line) => void tooLarge.push(line),
  });
  const bytes = Buffer.from(text);
  // One chunk's memory serves for the next, as it does when files are read.
  const chunk = Buffer.alloc(cut);
  for (let at = 0; at < bytes.length; at += cut) {
    elements.push(chunk.subarray(0, bytes.copy(chunk, 0, at, at + cut)));
    chunk.fill('!');
  }
  return { found, tooLarge, problem: elements.end() };
}

describe('the items of a list in a JSON document', () => {
  it('are given each for itself, with their lines', () => {
    const text =
      '{"log":{"version":"1.2",\n"entries":[\n{"a":[1,{"b":"]}"}]},\n {"c":"\\"]"} , 7, [1]\n]}}';
    expect(elementsOf(text)).toEqual({
      found: [
        ['{"a":[1,{"b":"]}"}]}', 3],
        ['{"c":"\\"]"}', 4],
        ['[1]', 4],
      ],
      tooLarge: [],
      problem: undefined,
    });
  });

  it.each([
    [
      'a list of another place',
      '{"other":{"entries":[{"a":1}]},"entries":[{"b":1}],"log":{"x":{"entries":[{}]},"entries":[{"c":1}]}}',
      ['{"c":1}'],
    ],
    [
      'a key that only looks like it as a value',
      '{"log":"entries","log":{"k":"entries","entries":[{"c":1}]}}',
      ['{"c":1}'],
    ],
    [
      'several documents',
      '{"log":{"entries":[{"a":1}]}}\n{"log":{"entries":[{"b":1}]}}',
      ['{"a":1}', '{"b":1}'],
    ],
    ['an empty list', '{"log":{"entries":[]}}', []],
  ])('%s is told apart', (_, text, want) => {
    const { found, problem } = elementsOf(text);
    expect(found.map(([element]) => element)).toEqual(want);
    expect(problem).toBeUndefined();
  });

  it('are those of the root, with an empty path', () => {
    expect(elementsOf('[{"a":1},{"b":[]}]', { path: [] }).found).toEqual([
      ['{"a":1}', 1],
      ['{"b":[]}', 1],
    ]);
  });

  it('are passed over where they are too large, and the next is given', () => {
    const text = `{"log":{"entries":[{"a":"${'x'.repeat(50)}"},\n{"b":1}]}}`;
    expect(elementsOf(text, { max: 20 })).toMatchObject({ found: [['{"b":1}', 2]], tooLarge: [1] });
  });

  it.each([
    ['{"log":{"entries":[{"a":1},\n{"b"', 'ends in the middle of the document', 2, 5],
    ['{"log":{}}', 'holds no list `log.entries`', 1, 1],
    ['{"log":{"entries":[]}}\n }', 'closes a bracket that was not opened', 2, 2],
  ])('of %j leave a problem with its place', (text, message, line, column) => {
    expect(elementsOf(text).problem).toEqual({ message, line, column });
  });

  it('are the same however the document is cut into chunks, and however it is spaced', () => {
    const value = fc.array(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 })), {
      maxLength: 5,
    });
    fc.assert(
      fc.property(
        value,
        fc.integer({ min: 1, max: 40 }),
        fc.constantFrom(0, 1, 2),
        (items, cut, space) => {
          const text = JSON.stringify(
            { first: [{ log: 1 }], log: { a: items, entries: items } },
            null,
            space,
          );
          const { found, problem } = elementsOf(text, { cut, max: 1e6 });
          expect(found.map(([element]) => JSON.parse(element))).toEqual(
            JSON.parse(JSON.stringify(items)),
          );
          expect(problem).toBeUndefined();
        },
      ),
    );
  });

  it('are looked for in any bytes without a throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        elementsOf(Buffer.from(bytes), { cut: 11, max: 20 });
      }),
    );
  });
});
