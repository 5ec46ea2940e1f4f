import { EMPTY_ROOT, HASH_BYTES, nodeHash } from './hash.ts';

/** Hears of each perfect subtree of more than one leaf when its last one is there: 2^`level` leaves, the `position`th of
 *  its level. */
export type OnPerfect = (level: number, position: number, hash: Buffer) => void;

/** The right edge of a tree: the roots of the largest perfect subtrees that its leaves make up, from the left. It is all
 *  that is needed to add leaves, and to say the root. */
export class Frontier {
  #size: number;
  readonly #roots: Buffer[];

  private constructor(size: number, roots: Buffer[]) {
    this.#size = size;
    this.#roots = roots;
  }

  static empty(): Frontier {
    return new Frontier(0, []);
  }

  /** @param text what `toText` gave
   *  @throws {RangeError} where that cannot be so */
  static fromText(size: number, text: string): Frontier {
    const bytes = Buffer.from(text, 'base64');
    if (!Number.isSafeInteger(size) || size < 0 || bytes.length !== onesOf(size) * HASH_BYTES) {
      throw new RangeError(`this is not the right edge of a tree of ${size} leaves`);
    }
    const roots = Array.from({ length: onesOf(size) }, (_, at) =>
      bytes.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES),
    );
    return new Frontier(size, roots);
  }

  get size(): number {
    return this.#size;
  }

  append(leaf: Buffer, onPerfect: OnPerfect = () => {}): void {
    let hash = leaf;
    let position = this.#size++;
    for (let level = 1; position % 2 === 1; level++) {
      const left = this.#roots.pop();
      if (left) hash = nodeHash(left, hash);
      position = (position - 1) / 2;
      onPerfect(level, position, hash);
    }
    this.#roots.push(hash);
  }

  root(): Buffer {
    return (
      this.#roots.reduceRight<Buffer | undefined>(
        (right, left) => (right ? nodeHash(left, right) : left),
        undefined,
      ) ?? EMPTY_ROOT
    );
  }

  toText(): string {
    return Buffer.concat(this.#roots).toString('base64');
  }
}

const onesOf = (size: number): number => size.toString(2).replaceAll('0', '').length;
