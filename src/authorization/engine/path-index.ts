import {
  fold,
  MAX_PATH_BYTES,
  MAX_PATH_SEGMENTS,
  matchesSegmentLoosely,
} from '../operations/index.ts';
import { EMPTY_HASH, hashStep } from './hash.ts';
import {
  CELLS_OF_LITERAL,
  COUNT,
  ENDS,
  LITERALS,
  MIXED,
  PARAMETER,
  type PathNodes,
  RESTS,
} from './path-nodes.ts';

/** Literals of a node from which on they are searched rather than gone through. */
const MANY_LITERALS = 16;

const SLASH = 0x2f;

/** Follows paths through trees of patterns: that reads a few neighbouring cells, and makes no strings. A path is compared
 *  loosely: folded, and each segment by a hash and then by its characters. */
export class PathIndex {
  /** What `search` found: the numbers of the patterns. Valid until the next search. */
  found = new Int32Array(16);
  /** Whether the path that was searched is folded as it stands, so that what matches it loosely matches exactly where
   *  its literals are. */
  isFolded = true;
  readonly #trees: PathNodes;
  /** The cells of all trees that there are when a search begins. */
  #nodes: Int32Array;
  #characters: Int32Array;
  #count = 0;
  /** The path that is searched: its characters, and of each segment its hash, and where it begins and ends. */
  #path = '';
  readonly #folded = new Uint16Array(MAX_PATH_BYTES + 1);
  #segments = 0;
  readonly #hashes = new Int32Array(MAX_PATH_SEGMENTS + 1);
  readonly #starts = new Int32Array(MAX_PATH_SEGMENTS + 1);
  readonly #ends = new Int32Array(MAX_PATH_SEGMENTS + 1);

  constructor(trees: PathNodes) {
    this.#trees = trees;
    this.#nodes = trees.nodes.numbers;
    this.#characters = trees.characters.numbers;
  }

  /** Finds the patterns of a tree that a canonical path matches loosely; gives how many. */
  search(tree: number, path: string): number {
    this.#nodes = this.#trees.nodes.numbers;
    this.#characters = this.#trees.characters.numbers;
    this.#count = 0;
    this.#read(path);
    this.#visit(tree, 0);
    return this.#count;
  }

  /** Cuts a path into segments, in one go over its characters. */
  #read(path: string): void {
    const isEncoded = path.includes('%');
    const text = isEncoded ? fold(path) : path;
    const folded = this.#folded;
    const length = text.length;
    let isFolded = !isEncoded;
    let segment = 0;
    let hash = EMPTY_HASH;
    this.#path = path;
    this.#starts[0] = 1;
    for (let at = 1; at < length; at++) {
      let code = text.charCodeAt(at);
      if (code === SLASH) {
        this.#ends[segment] = at;
        this.#hashes[segment++] = hash;
        this.#starts[segment] = at + 1;
        hash = EMPTY_HASH;
        continue;
      }
      if (code >= 0x41 && code <= 0x5a) {
        code |= 0x20;
        isFolded = false;
      }
      folded[at] = code;
      hash = hashStep(hash, code);
    }
    this.#ends[segment] = length;
    this.#hashes[segment] = hash;
    this.#segments = length > 1 ? segment + 1 : 0;
    this.isFolded = isFolded;
  }

  /** Each node stands at one depth, so none is visited twice for one path. */
  #visit(node: number, depth: number): void {
    const nodes = this.#nodes;
    if (depth === this.#segments) {
      this.#collect(nodes[node + ENDS] ?? 0);
      return;
    }
    this.#collect(nodes[node + RESTS] ?? 0);
    const literal = this.#literalChild(node, depth);
    if (literal !== 0) this.#visit(literal, depth + 1);
    const mixed = nodes[node + MIXED] ?? 0;
    if (mixed !== 0) this.#visitMixed(mixed, depth);
    const parameter = nodes[node + PARAMETER] ?? 0;
    if (parameter !== 0) this.#visit(parameter, depth + 1);
  }

  #visitMixed(mixed: number, depth: number): void {
    const text = fold(this.#path).slice(this.#starts[depth], this.#ends[depth]);
    for (const { segment, node } of this.#trees.mixed[mixed] ?? []) {
      if (matchesSegmentLoosely(segment, text)) this.#visit(node, depth + 1);
    }
  }

  #collect(numbers: number): void {
    if (numbers > 0) this.#push(numbers - 1);
    else if (numbers < 0)
      for (const number of this.#trees.lists[-numbers] ?? []) this.#push(number);
  }

  #push(number: number): void {
    if (this.#count === this.found.length) {
      const wider = new Int32Array(this.found.length * 2);
      wider.set(this.found);
      this.found = wider;
    }
    this.found[this.#count++] = number;
  }

  #literalChild(node: number, depth: number): number {
    const nodes = this.#nodes;
    const hash = this.#hashes[depth] ?? 0;
    const count = nodes[node + COUNT] ?? 0;
    const first = node + LITERALS;
    const end = first + count * CELLS_OF_LITERAL;
    let at = count > MANY_LITERALS ? this.#lowestOf(first, count, hash) : first;
    for (; at < end; at += CELLS_OF_LITERAL) {
      const other = nodes[at] ?? 0;
      if (other > hash) return 0;
      if (other === hash && this.#isSegment(depth, nodes[at + 1] ?? 0, nodes[at + 2] ?? 0)) {
        return nodes[at + 3] ?? 0;
      }
    }
    return 0;
  }

  /** The first of sorted literals whose hash is not less. */
  #lowestOf(first: number, count: number, hash: number): number {
    let low = 0;
    let high = count;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#nodes[first + middle * CELLS_OF_LITERAL] ?? 0) < hash) low = middle + 1;
      else high = middle;
    }
    return first + low * CELLS_OF_LITERAL;
  }

  #isSegment(depth: number, text: number, length: number): boolean {
    const start = this.#starts[depth] ?? 0;
    if ((this.#ends[depth] ?? 0) - start !== length) return false;
    for (let index = 0; index < length; index++) {
      if (this.#folded[start + index] !== this.#characters[text + index]) return false;
    }
    return true;
  }
}
