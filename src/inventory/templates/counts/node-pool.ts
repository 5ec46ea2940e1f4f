/** A tree whose nodes count against a pool. */
export interface Pooled {
  readonly size: number;
  /** Gives up nodes where it can. */
  narrow(maxNodes: number): void;
}

/** A tree that has too much of a pool gets by with this share of its nodes. */
const REMAINDER = 0.5;

/** How many nodes the trees of all services may have together. When they are too many, the largest of
 *  them is narrowed: a service with wild paths costs itself, not the others. */
export class NodePool {
  readonly maxNodes: number;
  readonly #trees = new Set<Pooled>();
  #total = 0;
  /** The total that narrowing could not bring down. */
  #stuckAt: number | undefined;

  constructor(maxNodes: number) {
    this.maxNodes = maxNodes;
  }

  get total(): number {
    return this.#total;
  }

  join(tree: Pooled): void {
    this.#trees.add(tree);
    this.#total += tree.size;
  }

  /** A tree has so many nodes more, or fewer. */
  changed(nodes: number): void {
    this.#total += nodes;
  }

  get isFull(): boolean {
    return this.#total >= this.maxNodes;
  }

  /** Narrows the largest tree, unless that was of no use the last time. */
  makeRoom(): void {
    if (!this.isFull || this.#total === this.#stuckAt) return;
    let largest: Pooled | undefined;
    for (const tree of this.#trees) if (tree.size > (largest?.size ?? 0)) largest = tree;
    largest?.narrow(largest.size * REMAINDER);
    this.#stuckAt = this.isFull ? this.#total : undefined;
  }
}
