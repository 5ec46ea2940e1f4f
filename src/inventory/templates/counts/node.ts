import { Tally } from '../../traffic/tally.ts';
import { MAX_METHODS } from '../limits.ts';
import { suffixOf, UNKEPT } from '../paths/index.ts';

/** What one method was counted at one path; a path has few, so they are a chain. */
export interface Counted {
  readonly method: string;
  readonly tally: Tally;
  next: Counted | undefined;
}

/** Values of one kind at one place. */
export interface TypedValues {
  /** All that are not in the sample, in sum. */
  readonly all: PathNode;
  /** The values of lowest hash, each by itself: for examples, and for a later split. */
  readonly sample: Map<string, PathNode>;
  /** Values of this hash or above are not sampled any more. */
  ceiling: number;
  /** Whether values may be kept at all. */
  readonly isKept: boolean;
}

/** What is remembered of a place that had too many names. */
export interface Thinning {
  /** Thinned out again when it has this many names. */
  at: number;
  /** Its names are values: it had too many that answered. */
  isWide: boolean;
  /** Hashes of names that came once: only a name that comes again soon is kept by itself. */
  once: Int32Array | undefined;
}

/** A place in the tree of paths, with raw counts: nothing here depends on what was learnt. */
export class PathNode {
  counted: Counted | undefined = undefined;
  /** What may be a literal, by name. */
  named: Map<string, PathNode> | undefined = undefined;
  /** What is certainly a value, by mask; the sum of names that were too many is that of `restMask`. */
  typed: Map<string, TypedValues> | undefined = undefined;
  /** The sum of names that only ever answered 404 and were too many. */
  unanswered: PathNode | undefined = undefined;
  thinning: Thinning | undefined = undefined;

  /** Methods beyond the limit are counted as `OTHER`. */
  tallyOf(method: string): Tally {
    let methods = 0;
    for (let at = this.counted; at !== undefined; at = at.next) {
      if (at.method === method) return at.tally;
      methods++;
    }
    if (methods >= MAX_METHODS && method !== 'OTHER') return this.tallyOf('OTHER');
    const tally = new Tally();
    this.counted = { method, tally, next: this.counted };
    return tally;
  }

  /** Every node directly below. */
  *children(): Generator<PathNode> {
    if (this.named) yield* this.named.values();
    for (const { all, sample } of this.typed?.values() ?? []) {
      yield all;
      yield* sample.values();
    }
    if (this.unanswered) yield this.unanswered;
  }
}

/** Whether nothing at or below a node was ever answered but with 404. */
export function isUnanswered(node: PathNode): boolean {
  for (let at = node.counted; at !== undefined; at = at.next) {
    if (isAnswered(at.tally)) return false;
  }
  for (const child of node.children()) if (!isUnanswered(child)) return false;
  return true;
}

/** A tally that counts no request says that somebody asked, which is more than a 404. */
function isAnswered({ requests, statuses }: Tally): boolean {
  if (requests === 0) return true;
  for (const status of statuses.keys()) if (status !== 404) return true;
  return false;
}

export function requestsOf(node: PathNode): number {
  let sum = 0;
  for (let at = node.counted; at !== undefined; at = at.next) sum += at.tally.requests;
  for (const child of node.children()) sum += requestsOf(child);
  return sum;
}

export function sizeOf(node: PathNode): number {
  let sum = 1;
  for (const child of node.children()) sum += sizeOf(child);
  return sum;
}

const NO_CEILING = 2 ** 32;
const REST = /^\{any\}(?:[.:]\w+)?$/;

/** Under which mask a name is counted when there are too many: its suffix is still told apart. */
export function restMask(name: string): string {
  return `{any}${suffixOf(name)}`;
}

/** What is kept of values of one mask: no value where one of its kinds may be secret. */
export function typedValues(mask: string): TypedValues {
  const kinds = mask.match(/[a-z]+(?=\})/g) ?? [];
  const isKept = !kinds.some((kind) => UNKEPT.has(kind)) && !REST.test(mask);
  return { all: new PathNode(), sample: new Map(), ceiling: NO_CEILING, isKept };
}
