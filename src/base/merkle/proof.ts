import { EMPTY_ROOT, nodeHash } from './hash.ts';
import type { ReadSubtree } from './tiles.ts';

/** What has to be known beside the leaf to get to the root of a tree of `size` leaves, from the bottom.
 *  @throws {RangeError} for a leaf that is not in it
 *  @see RFC 6962 §2.1.1 */
export async function proveInclusion(
  index: number,
  size: number,
  read: ReadSubtree,
): Promise<Buffer[]> {
  if (!(index >= 0 && index < size)) throw new RangeError(`a tree of ${size} has no leaf ${index}`);
  return pathOf(index, 0, size, read);
}

async function pathOf(
  index: number,
  start: number,
  end: number,
  read: ReadSubtree,
): Promise<Buffer[]> {
  if (end - start === 1) return [];
  const middle = start + splitOf(end - start);
  return index < middle
    ? [...(await pathOf(index, start, middle, read)), await rangeRoot(middle, end, read)]
    : [...(await pathOf(index, middle, end, read)), await rangeRoot(start, middle, read)];
}

/** What shows that the tree of `size` leaves begins with that of `earlier` ones.
 *  @throws {RangeError} where the earlier one is larger, or empty
 *  @see RFC 6962 §2.1.2 */
export async function proveConsistency(
  earlier: number,
  size: number,
  read: ReadSubtree,
): Promise<Buffer[]> {
  if (!(earlier > 0 && earlier <= size)) {
    throw new RangeError(`a tree of ${size} cannot have grown out of one of ${earlier}`);
  }
  return growthOf(earlier, 0, size, true, read);
}

async function growthOf(
  earlier: number,
  start: number,
  end: number,
  isWhole: boolean,
  read: ReadSubtree,
): Promise<Buffer[]> {
  if (earlier === end) return isWhole ? [] : [await rangeRoot(start, end, read)];
  const middle = start + splitOf(end - start);
  return earlier <= middle
    ? [
        ...(await growthOf(earlier, start, middle, isWhole, read)),
        await rangeRoot(middle, end, read),
      ]
    : [
        ...(await growthOf(earlier, middle, end, false, read)),
        await rangeRoot(start, middle, read),
      ];
}

/** The root of the tree of `size` leaves. */
export async function rootAt(size: number, read: ReadSubtree): Promise<Buffer> {
  return size === 0 ? EMPTY_ROOT : rangeRoot(0, size, read);
}

/** The root of some leaves in a row, as the recursion of RFC 6962 §2.1 cuts them. */
async function rangeRoot(start: number, end: number, read: ReadSubtree): Promise<Buffer> {
  const count = end - start;
  const level = Math.log2(count);
  if (Number.isInteger(level)) return read(level, start / count);
  const middle = start + splitOf(count);
  return nodeHash(await rangeRoot(start, middle, read), await rangeRoot(middle, end, read));
}

/** The largest power of two below a number over 1. */
const splitOf = (count: number): number => 2 ** Math.ceil(Math.log2(count) - 1);

/** Whether a leaf is the `index`th of the tree of this size and root.
 *  @see RFC 9162 §2.1.3.2 */
export function verifyInclusion(
  { index, size, root }: { readonly index: number; readonly size: number; readonly root: Buffer },
  leaf: Buffer,
  proof: readonly Buffer[],
): boolean {
  if (![index, size].every(Number.isSafeInteger) || index < 0 || index >= size) return false;
  let hash = leaf;
  let [node, last] = [index, size - 1];
  for (const sibling of proof) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      hash = nodeHash(sibling, hash);
      [node, last] = toLeftTurn(node, last);
    } else hash = nodeHash(hash, sibling);
    [node, last] = [Math.floor(node / 2), Math.floor(last / 2)];
  }
  return last === 0 && hash.equals(root);
}

/** Upwards until the node is a right child, or the leftmost one. */
function toLeftTurn(node: number, last: number): [number, number] {
  let [at, edge] = [node, last];
  while (at % 2 === 0 && at !== 0) [at, edge] = [at / 2, Math.floor(edge / 2)];
  return [at, edge];
}

interface Tree {
  readonly size: number;
  readonly root: Buffer;
}

/** Whether the second tree begins with the first one.
 *  @see RFC 9162 §2.1.4.2 */
export function verifyConsistency(earlier: Tree, later: Tree, proof: readonly Buffer[]): boolean {
  if (![earlier.size, later.size].every((size) => Number.isSafeInteger(size) && size >= 0)) {
    return false;
  }
  if (earlier.size > later.size) return false;
  if (earlier.size === later.size) return proof.length === 0 && earlier.root.equals(later.root);
  // everything begins with nothing
  if (earlier.size === 0) return proof.length === 0 && earlier.root.equals(EMPTY_ROOT);
  const isPowerOfTwo = Number.isInteger(Math.log2(earlier.size));
  const [first, ...rest] = isPowerOfTwo ? [earlier.root, ...proof] : proof;
  if (!first) return false;
  let [node, last] = [earlier.size - 1, later.size - 1];
  while (node % 2 === 1) [node, last] = [(node - 1) / 2, Math.floor(last / 2)];
  let [before, after] = [first, first];
  for (const sibling of rest) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      before = nodeHash(sibling, before);
      after = nodeHash(sibling, after);
      [node, last] = toLeftTurn(node, last);
    } else after = nodeHash(after, sibling);
    [node, last] = [Math.floor(node / 2), Math.floor(last / 2)];
  }
  return last === 0 && before.equals(earlier.root) && after.equals(later.root);
}
