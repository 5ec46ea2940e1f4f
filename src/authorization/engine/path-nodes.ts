import type { SegmentPattern } from '../operations/index.ts';
import { hashOf } from './hash.ts';
import { IntList } from './int-list.ts';
import type { PathNode } from './path-tree.ts';

/** How trees of path patterns lie in memory, one a callee.
 *
 *  A node is `ends, rests, parameter, mixed, count` and then `hash, start, length, node` of each literal. `ends` and
 *  `rests` are 0 for none, a number + 1, or, negated, where in `lists` several stand; `mixed` likewise is 0 or where in
 *  `mixed`. */
export const [ENDS, RESTS, PARAMETER, MIXED, COUNT, LITERALS] = [0, 1, 2, 3, 4, 5] as const;
export const CELLS_OF_LITERAL = 4;

/** Trees as they lie in memory, to which others may be added. */
export class PathNodes {
  readonly nodes = new IntList();
  readonly characters = new IntList();
  readonly lists: (readonly number[])[] = [[]];
  readonly mixed: (readonly Branch[])[] = [[]];

  constructor() {
    // No node begins at 0, which stands for none.
    this.nodes.push(0);
  }

  /** Lays out one more tree. Gives where it begins. */
  add(tree: PathNode): number {
    const at = this.nodes.length;
    const literals = literalsOf(tree);
    for (const cell of [this.#listOf(tree.ends), this.#listOf(tree.rests), 0, 0]) {
      this.nodes.push(cell);
    }
    this.nodes.push(literals.length);
    for (const { text, hash } of literals) {
      this.nodes.push(hash);
      this.nodes.push(this.characters.length);
      this.nodes.push(text.length);
      this.nodes.push(0);
      for (let index = 0; index < text.length; index++)
        this.characters.push(text.charCodeAt(index));
    }
    literals.forEach(({ node }, index) => {
      this.nodes.set(at + LITERALS + index * CELLS_OF_LITERAL + 3, this.add(node));
    });
    if (tree.parameter) this.nodes.set(at + PARAMETER, this.add(tree.parameter));
    if (tree.mixed) {
      const branches = tree.mixed.map(({ segment, node }) => ({ segment, node: this.add(node) }));
      this.nodes.set(at + MIXED, this.mixed.push(branches) - 1);
    }
    return at;
  }

  #listOf(numbers: readonly number[] | undefined): number {
    if (!numbers) return 0;
    if (numbers.length === 1) return (numbers[0] ?? -1) + 1;
    return -(this.lists.push(numbers) - 1);
  }
}

interface Literal {
  readonly text: string;
  readonly node: PathNode;
  readonly hash: number;
}

const NO_LITERALS: readonly Literal[] = [];

/** By hash. */
function literalsOf({ literals }: PathNode): readonly Literal[] {
  if (!literals) return NO_LITERALS;
  return Array.from(literals, ([text, node]) => ({ text, node, hash: hashOf(text) })).sort(
    (a, b) => a.hash - b.hash,
  );
}

/** Where a segment with something literal about a parameter leads. */
export interface Branch {
  readonly segment: SegmentPattern;
  readonly node: number;
}
