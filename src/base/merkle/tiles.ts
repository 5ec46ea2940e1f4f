import { nodeHash } from './hash.ts';

/** Levels of a tile, and its width: as tlog-tiles has them.
 *  @see https://c2sp.org/tlog-tiles */
export const TILE_LEVELS = 8;
export const TILE_WIDTH = 2 ** TILE_LEVELS;

/** Gives the roots of the perfect subtrees of 256^`level` leaves (0: the leaves themselves), from the `first`th on, as
 *  many as `count`. */
export type ReadHashes = (
  level: number,
  first: number,
  count: number,
) => Promise<readonly Buffer[]>;

/** The root of the perfect subtree of 2^`level` leaves that is the `position`th of its level. */
export type ReadSubtree = (level: number, position: number) => Promise<Buffer>;

/** Subtrees of a tree of `size` leaves, out of hashes that are read tile by tile, and each tile once. */
export function subtreesOf(read: ReadHashes, size: number): ReadSubtree {
  const tiles = new Map<string, Promise<readonly Buffer[]>>();
  const tileOf = (level: number, tile: number): Promise<readonly Buffer[]> => {
    const key = `${level} ${tile}`;
    const first = tile * TILE_WIDTH;
    const full = Math.floor(size / TILE_WIDTH ** level);
    const found = tiles.get(key) ?? read(level, first, Math.min(TILE_WIDTH, full - first));
    tiles.set(key, found);
    return found;
  };
  return async (level, position) => {
    const [tileLevel, depth] = [Math.floor(level / TILE_LEVELS), level % TILE_LEVELS];
    const first = position * 2 ** depth;
    const tile = await tileOf(tileLevel, Math.floor(first / TILE_WIDTH));
    const start = first % TILE_WIDTH;
    const hashes = tile.slice(start, start + 2 ** depth);
    if (hashes.length < 2 ** depth) {
      throw new RangeError(`the log has no subtree ${position} of level ${level}`);
    }
    return rootOf(hashes);
  };
}

/** Of a power of two of hashes, one at least. */
function rootOf(hashes: readonly Buffer[]): Buffer {
  let row = hashes;
  while (row.length > 1) {
    const below = row;
    row = Array.from({ length: below.length / 2 }, (_, at) =>
      nodeHash(below[at * 2] as Buffer, below[at * 2 + 1] as Buffer),
    );
  }
  return row[0] as Buffer;
}
