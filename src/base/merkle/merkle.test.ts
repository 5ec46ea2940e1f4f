import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  EMPTY_ROOT,
  Frontier,
  leafHash,
  nodeHash,
  proveConsistency,
  proveInclusion,
  type ReadHashes,
  rootAt,
  subtreesOf,
  TILE_WIDTH,
  verifyConsistency,
  verifyInclusion,
} from './index.ts';

/** Leaves and roots of certificate-transparency-go's testdata: trees of one to eight entries. */
const ENTRIES = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
].map((hex) => Buffer.from(hex, 'hex'));
const ROOTS = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

/** RFC 6962 §2.1, word by word. */
function rootOf(leaves: readonly Buffer[]): Buffer {
  const [first] = leaves;
  if (!first) return EMPTY_ROOT;
  if (leaves.length === 1) return first;
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  return nodeHash(rootOf(leaves.slice(0, split)), rootOf(leaves.slice(split)));
}

const leavesOf = (count: number) => Array.from({ length: count }, (_, at) => leafHash(`${at}`));

/** A log of leaves, as something keeps it. */
function logOf(leaves: readonly Buffer[]): ReadHashes {
  const kept = new Map<string, Buffer>();
  const frontier = Frontier.empty();
  leaves.forEach((leaf, at) => {
    kept.set(`0 ${at}`, leaf);
    frontier.append(leaf, (level, position, hash) => {
      if (level % 8 === 0) kept.set(`${level / 8} ${position}`, hash);
    });
  });
  return async (level, first, count) =>
    Array.from({ length: count }, (_, at) => kept.get(`${level} ${first + at}`) as Buffer);
}

const LARGE = TILE_WIDTH * 3 + 77;
const large = leavesOf(LARGE);
const readLarge = logOf(large);

describe('a Merkle tree', () => {
  it('has the roots of certificate transparency', () => {
    const frontier = Frontier.empty();
    const roots = ENTRIES.map((entry) => {
      frontier.append(leafHash(entry));
      return frontier.root().toString('hex');
    });
    expect(roots).toEqual(ROOTS);
    expect(EMPTY_ROOT.toString('hex')).toMatch(/^e3b0c44298fc1c14/);
  });

  it('grows from its right edge alone', () => {
    let text = '';
    for (const [size, leaf] of large.entries()) {
      const frontier = Frontier.fromText(size, text);
      frontier.append(leaf);
      text = frontier.toText();
    }
    expect(Frontier.fromText(LARGE, text).root()).toEqual(rootOf(large));
    expect(() => Frontier.fromText(LARGE - 1, text)).toThrow(RangeError);
    expect(() => Frontier.fromText(-1, '')).toThrow(RangeError);
  });

  it('has the same root read from tiles, at every size that it had', async () => {
    for (const size of [0, 1, 2, 255, 256, 257, 511, 512, 640, LARGE]) {
      const root = await rootAt(size, subtreesOf(readLarge, size));
      expect(root).toEqual(rootOf(large.slice(0, size)));
    }
  });
});

const sizes = fc
  .integer({ min: 1, max: LARGE })
  .chain((size) => fc.record({ size: fc.constant(size), below: fc.nat({ max: size - 1 }) }));

describe('a proof', () => {
  it('shows that a leaf is in a tree, and no other leaf, place or tree', async () => {
    await fc.assert(
      fc.asyncProperty(sizes, fc.nat(), async ({ size, below: index }, seed) => {
        const read = subtreesOf(readLarge, size);
        const root = await rootAt(size, read);
        const proof = await proveInclusion(index, size, read);
        const leaf = large[index] as Buffer;
        expect(verifyInclusion({ index, size, root }, leaf, proof)).toBe(true);
        const other = leafHash(`other ${seed}`);
        expect(verifyInclusion({ index, size, root }, other, proof)).toBe(false);
        expect(verifyInclusion({ index: index + 1, size, root }, leaf, proof)).toBe(false);
        expect(verifyInclusion({ index, size, root: other }, leaf, proof)).toBe(false);
        expect(verifyInclusion({ index, size, root }, leaf, [...proof, other])).toBe(false);
        expect(verifyInclusion({ index, size, root }, leaf, proof.slice(1))).toBe(
          proof.length === 0,
        );
      }),
    );
  });

  it('shows that a tree has grown out of another one', async () => {
    await fc.assert(
      fc.asyncProperty(sizes, async ({ size, below }) => {
        const earlier = below + 1;
        const read = subtreesOf(readLarge, size);
        const proof = await proveConsistency(earlier, size, read);
        const [before, after] = [
          { size: earlier, root: rootOf(large.slice(0, earlier)) },
          { size, root: await rootAt(size, read) },
        ];
        expect(verifyConsistency(before, after, proof)).toBe(true);
        const changed = { ...before, root: leafHash('another') };
        expect(verifyConsistency(changed, after, proof)).toBe(false);
        expect(verifyConsistency(before, { ...after, root: leafHash('another') }, proof)).toBe(
          false,
        );
        if (earlier < size) expect(verifyConsistency(after, before, proof)).toBe(false);
        if (proof.length > 0) expect(verifyConsistency(before, after, proof.slice(1))).toBe(false);
        expect(verifyConsistency(before, after, [...proof, leafHash('')])).toBe(false);
      }),
    );
  });

  it('of arbitrary hashes and numbers is refused, and never throws', () => {
    const hash = fc.constantFrom(...large.slice(0, 3), EMPTY_ROOT);
    const number = fc.oneof(fc.integer({ min: -2, max: 9 }), fc.double());
    fc.assert(
      fc.property(number, number, fc.array(hash, { maxLength: 5 }), (a, b, proof) => {
        const root = leafHash('a root that nothing has');
        expect(verifyInclusion({ index: a, size: b, root }, root, [root, ...proof])).toBe(false);
        const isGrowth = verifyConsistency({ size: a, root: EMPTY_ROOT }, { size: b, root }, proof);
        expect(isGrowth).toBe(a === 0 && b > 0 && Number.isSafeInteger(b) && proof.length === 0);
      }),
    );
  });

  it('is not made of what is not there', async () => {
    const read = subtreesOf(readLarge, 10);
    await expect(proveInclusion(10, 10, read)).rejects.toThrow(RangeError);
    await expect(proveConsistency(0, 10, read)).rejects.toThrow(RangeError);
    await expect(proveConsistency(11, 10, read)).rejects.toThrow(RangeError);
    await expect(subtreesOf(readLarge, 10)(3, 1)).rejects.toThrow(RangeError);
  });
});
