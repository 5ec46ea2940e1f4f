import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StringTable } from './string-table.ts';

/** Alike at either end, in length or in their low bytes; beyond ASCII and Latin-1, halves of characters, and too long. */
const ALIKE = [
  '',
  'a',
  'aa',
  'a\0',
  '\0',
  'abcd',
  'abce',
  'abcde',
  'bcde',
  'š',
  'a\u0161',
  'é',
  'Ã©',
];
const ODD = [
  '\ud800',
  '\udc00',
  '😀',
  '\ufffd',
  'x'.repeat(2_048),
  'x'.repeat(2_049),
  'š'.repeat(2_048),
];
const text = fc.oneof(
  fc.constantFrom(...ALIKE, ...ODD),
  fc.string({ unit: 'binary', maxLength: 12 }),
);

describe('the numbers of texts', () => {
  it('are those of a Map, of any texts and whatever was asked before', () => {
    fc.assert(
      fc.property(fc.uniqueArray(text), fc.array(text), (texts, others) => {
        const table = new StringTable(texts);
        const map = new Map(texts.map((one, number) => [one, number]));
        for (const asked of [...others, ...texts, ...others]) {
          expect(table.numberOf(asked)).toBe(map.get(asked) ?? -1);
        }
      }),
    );
  });

  it('may be given, and be the same for several', () => {
    const table = new StringTable(['a', 'é', 'c'], [7, 9, 7]);
    expect(['a', 'é', 'c', 'd'].map((one) => table.numberOf(one))).toEqual([7, 9, 7, -1]);
  });

  it('tell texts apart by every character, however often they are asked for', () => {
    const texts = Array.from(
      { length: 5_000 },
      (_, number) => `team-${number % 7}/service-${number}`,
    );
    const table = new StringTable(texts);
    const asked = texts.flatMap((one) => [one, one.replace('e', '\u0165'), one.replace('e', 'é')]);
    const wanted = texts.flatMap((_, number) => [number, -1, -1]);
    expect(asked.map((one) => table.numberOf(Buffer.from(one).toString()))).toEqual(wanted);
  });
});
