import type { Tally } from '../../traffic/tally.ts';
import { MAX_KINDS, type TemplateLimits, WIDTHS, type Width } from '../limits.ts';
import { cleanSegment, hashOf, isClean, maskOf, ownText } from '../paths/index.ts';
import { absorb, type Bounds, thin, trimSample } from './bounding.ts';
import { PathNode, restMask, type TypedValues, typedValues } from './node.ts';
import type { Pooled } from './node-pool.ts';

const SLASH = 0x2f;
/** Values that people and specifications name. */
const MAX_PINNED = 10_000;
const NARROWEST = WIDTHS.length - 1;
/** After it was narrowed, the tree is this much smaller than its limit. */
const HEADROOM = 0.75;
/** Slots of names that came once. */
const ONCE_MASK = 511;

/** Raw counts of one service's paths: a tree of their segments. As long as no place has too many names
 *  and all are not too many nodes, it holds every name with its exact counts. Beyond that it is a
 *  sample: of a place's names it keeps those of lowest hash and the most frequent, and the sum of the
 *  others; sums stay exact. */
export class PathCounts implements Bounds, Pooled {
  readonly root: PathNode;
  readonly limits: TemplateLimits;
  /** Typed values that are kept whatever their hash: a person has named them. */
  readonly pinned: Set<string>;
  /** How narrow places must be by now: index in `WIDTHS`. */
  level: number;
  #size = 0;
  /** Changes when a node comes or goes. */
  structure = 0;

  constructor(
    limits: TemplateLimits,
    root = new PathNode(),
    { size = 1, level = 0, pinned = [] as Iterable<string> } = {},
  ) {
    this.limits = limits;
    this.root = root;
    this.#size = size;
    limits.pool?.join(this);
    this.level = level;
    this.pinned = new Set(pinned);
  }

  get size(): number {
    return this.#size;
  }
  set size(size: number) {
    this.limits.pool?.changed(size - this.#size);
    this.#size = size;
  }

  get width(): Width {
    // The level is always an index of the table.
    return WIDTHS[this.level] as Width;
  }

  tallyOf(method: string, path: string): Tally {
    if (this.#isFull()) this.#makeRoom();
    const { length } = path;
    let node = this.root;
    let start = path.charCodeAt(0) === SLASH ? 1 : 0;
    for (let depth = 0; start < length && depth < this.limits.maxDepth; depth++) {
      let end = path.indexOf('/', start);
      if (end < 0) end = length;
      if (end > start) {
        const segment = path.slice(start, end);
        node = node.named?.get(segment) ?? this.#enter(node, segment);
      }
      start = end + 1;
    }
    return node.tallyOf(method);
  }

  /** The child for a segment that is no known name as it stands. */
  #enter(node: PathNode, segment: string): PathNode {
    const name = isClean(segment) ? segment : cleanSegment(segment);
    if (name === '') return node;
    const known = name === segment ? undefined : node.named?.get(name);
    if (known) return known;
    const mask = maskOf(name);
    return mask === undefined ? this.#name(node, name) : this.#value(node, mask, name);
  }

  #value(node: PathNode, mask: string, value: string): PathNode {
    const values = node.typed?.get(mask) ?? (this.#isFull() ? undefined : this.#kind(node, mask));
    if (values === undefined) return node;
    const known = values.sample.get(value);
    if (known) return known;
    if (!values.isKept || this.#isFull()) return values.all;
    const hash = hashOf(value);
    if (hash >= values.ceiling && !this.pinned.has(value)) return values.all;
    const child = this.#created();
    values.sample.set(ownText(value), child);
    this.size -= trimSample(values, this);
    return values.sample.get(value) ?? values.all;
  }

  #kind(node: PathNode, mask: string): TypedValues {
    node.typed ??= new Map();
    const isKnown = node.typed.size < MAX_KINDS;
    const key = isKnown ? mask : '{text}';
    const values = node.typed.get(key) ?? typedValues(key);
    if (!node.typed.has(key)) {
      node.typed.set(key, values);
      this.size++;
      this.structure++;
    }
    return values;
  }

  #name(node: PathNode, name: string): PathNode {
    const { thinning } = node;
    if (thinning?.isWide && thinning.once) {
      const hash = hashOf(name) | 0;
      const slot = hash & ONCE_MASK;
      if (thinning.once[slot] !== hash) {
        thinning.once[slot] = hash;
        return this.#rest(node, name);
      }
    }
    if (this.#isFull()) return this.#rest(node, name);
    node.named ??= new Map();
    if (node.named.size >= (thinning?.at ?? this.width.wide)) {
      this.size -= thin(node, this);
      this.structure++;
    }
    const child = this.#created();
    node.named.set(ownText(name), child);
    return child;
  }

  /** Where there is no room for one more node, the path ends at what there is. */
  #rest(node: PathNode, name: string): PathNode {
    const mask = restMask(name);
    const known = node.typed?.get(mask);
    if (known) return known.all;
    return this.#isFull() ? node : this.#kind(node, mask).all;
  }

  #created(): PathNode {
    this.size++;
    this.structure++;
    return new PathNode();
  }

  #isFull(): boolean {
    const { maxNodes, pool } = this.limits;
    return this.#size >= maxNodes || pool?.isFull === true;
  }

  /** Between paths only: what is narrowed may be where a path just is. */
  #makeRoom(): void {
    const { maxNodes, pool } = this.limits;
    if (this.#size >= maxNodes) this.narrow(maxNodes * HEADROOM);
    pool?.makeRoom();
  }

  /** From now on a typed value is kept by itself, wherever it occurs. */
  pin(value: string): void {
    if (this.pinned.size < MAX_PINNED) this.pinned.add(value);
  }

  /** Brings the tree below a number of nodes, if narrowing can. */
  narrow(maxNodes: number): void {
    while (this.#size > maxNodes && this.level < NARROWEST) {
      this.level++;
      this.size -= this.#thinBelow(this.root);
      this.structure++;
    }
  }

  /** Thins a node and all below it; returns how many nodes went. */
  #thinBelow(node: PathNode): number {
    let gone = thin(node, this);
    for (const values of node.typed?.values() ?? []) gone += trimSample(values, this);
    for (const child of node.children()) gone += this.#thinBelow(child);
    return gone;
  }

  /** Takes in the counts of another tree, which must not be used any more. */
  absorb(other: PathCounts): void {
    for (const value of other.pinned) this.pinned.add(value);
    this.size += other.size;
    this.level = Math.max(this.level, other.level);
    this.size -= absorb(this.root, other.root, this);
    this.structure++;
    if (this.#size >= this.limits.maxNodes) this.narrow(this.limits.maxNodes * HEADROOM);
  }
}
