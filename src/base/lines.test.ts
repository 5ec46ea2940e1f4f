import fc from 'fast-check';
import { expect, it } from 'vitest';
import { linesOf } from './lines.ts';

const tooLong = (line: number): never => {
  throw new RangeError(`line ${line}`);
};

async function cut(text: string, sizes: readonly number[], maxBytes = 1_000): Promise<string[]> {
  const bytes = Buffer.from(text);
  async function* chunks() {
    let at = 0;
    for (const size of sizes) {
      yield bytes.subarray(at, at + size);
      at += size;
    }
    yield bytes.subarray(at);
  }
  const lines: string[] = [];
  for await (const line of linesOf(chunks(), maxBytes, tooLong)) lines.push(line);
  return lines;
}

it('cuts text into lines wherever its chunks end', async () => {
  const text = fc.array(fc.constantFrom('a', 'ü', '\n', '😀', '{}')).map((parts) => parts.join(''));
  await fc.assert(
    fc.asyncProperty(text, fc.array(fc.integer({ min: 1, max: 5 })), async (all, sizes) => {
      const lines = all.split('\n');
      if (lines.at(-1) === '') lines.pop();
      expect(await cut(all, sizes)).toEqual(lines);
    }),
  );
});

it('holds no more than a line may be long', async () => {
  expect(await cut('abc\nabc\n', [2], 3)).toEqual(['abc', 'abc']);
  await expect(cut('abc\nabcd\nx', [], 3)).rejects.toThrow('line 2');
  await expect(cut(`abc\n${'x'.repeat(9)}`, [4, 2, 2], 3)).rejects.toThrow('line 2');
});
