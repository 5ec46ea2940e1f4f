import { MAX_KINDS, type Width } from '../limits.ts';
import { hashOf } from '../paths/index.ts';
import {
  isUnanswered,
  type PathNode,
  requestsOf,
  restMask,
  type TypedValues,
  typedValues,
} from './node.ts';

/** Under what the tree is kept small. */
export interface Bounds {
  readonly width: Width;
  /** Typed values that stay in the sample. */
  readonly pinned: ReadonlySet<string>;
}

/** A frequent name among values is kept: asked this often, and by this share of the place's requests,
 *  so that there are never more of them than the share allows. */
const FREQUENT_REQUESTS = 8;
const FREQUENT_SHARE = 1 / 256;
/** A place that was thinned out takes at least so many new names before it is again. */
const MIN_WINDOW = 16;
const ONCE_SLOTS = 512;

/** Adds what one node and all below it counted to another. The one taken in must not be used any
 *  more. Returns how many nodes there are fewer. */
export function absorb(into: PathNode, from: PathNode, bounds: Bounds): number {
  let gone = 1;
  for (let at = from.counted; at !== undefined; at = at.next) {
    into.tallyOf(at.method).merge(at.tally);
  }
  for (const [mask, values] of from.typed ?? []) gone += absorbValues(into, mask, values, bounds);
  for (const [name, child] of from.named ?? []) {
    into.named ??= new Map();
    const known = into.named.get(name);
    if (known) gone += absorb(known, child, bounds);
    else into.named.set(name, child);
  }
  if (from.unanswered) {
    if (into.unanswered) gone += absorb(into.unanswered, from.unanswered, bounds);
    else into.unanswered = from.unanswered;
  }
  if (from.thinning?.isWide && !into.thinning?.isWide) into.thinning = from.thinning;
  const names = into.named?.size ?? 0;
  return names > (into.thinning?.at ?? bounds.width.wide) ? gone + thin(into, bounds) : gone;
}

function absorbValues(into: PathNode, mask: string, values: TypedValues, bounds: Bounds): number {
  into.typed ??= new Map();
  const known = into.typed.get(mask);
  if (known === undefined) {
    into.typed.set(mask, values);
    return 0;
  }
  let gone = absorb(known.all, values.all, bounds);
  known.ceiling = Math.min(known.ceiling, values.ceiling);
  for (const [value, child] of values.sample) {
    const same = known.sample.get(value);
    if (same) gone += absorb(same, child, bounds);
    else known.sample.set(value, child);
  }
  return gone + trimSample(known, bounds);
}

/** Takes values of the highest hash out of a sample that is too large; what is not in the sample of
 *  one part must not be in that of the whole, whose count would be too low. Returns how many nodes
 *  there are fewer. */
export function trimSample(values: TypedValues, bounds: Bounds): number {
  const { sample, all } = values;
  const free = [...sample.keys()]
    .filter((value) => !bounds.pinned.has(value))
    .map((value) => ({ value, hash: hashOf(value) }))
    .sort((a, b) => a.hash - b.hash || (a.value < b.value ? -1 : 1));
  const highest = free[bounds.width.values];
  if (highest) values.ceiling = Math.min(values.ceiling, highest.hash);
  let gone = 0;
  for (const { value, hash } of free) {
    const node = sample.get(value);
    if (hash < values.ceiling || node === undefined) continue;
    sample.delete(value);
    gone += absorb(all, node, bounds);
  }
  return gone;
}

interface Name {
  readonly name: string;
  readonly node: PathNode;
  readonly hash: number;
}

/** Takes names out of a place that has too many: those that only ever answered 404 first, then, where
 *  it still has too many, all but those of lowest hash and the most frequent. Returns how many nodes
 *  there are fewer. */
export function thin(node: PathNode, bounds: Bounds): number {
  const { named } = node;
  const { wide, keep, unanswered } = bounds.width;
  const isWide = node.thinning?.isWide === true;
  if (!named || named.size <= Math.min(isWide ? keep : wide, unanswered)) return 0;
  const names = byHash(named);
  const [probed, answered] = partition(names, (name) => isUnanswered(name.node));
  let gone = 0;
  for (const { name, node: child } of probed.slice(unanswered)) {
    named.delete(name);
    if (node.unanswered) gone += absorb(node.unanswered, child, bounds);
    else node.unanswered = child;
  }
  const spills = answered.length > (isWide ? keep : wide);
  if (spills) {
    for (const { name, node: child } of spilt(answered, keep, restRequests(node))) {
      named.delete(name);
      gone += absorbRest(node, name, child, bounds);
    }
  }
  const isNowWide = isWide || spills;
  node.thinning = {
    at: (isNowWide ? named.size : Math.min(named.size, wide)) + Math.max(wide >> 1, MIN_WINDOW),
    isWide: isNowWide,
    once: isNowWide && isMostlyAnswered(probed, answered) ? new Int32Array(ONCE_SLOTS) : undefined,
  };
  return gone;
}

/** The names that a wide place does not keep; `others` counts the requests of those that went before. */
function spilt(names: readonly Name[], keep: number, others: number): Name[] {
  const counted = names.map((name) => ({ ...name, requests: requestsOf(name.node) }));
  const total = counted.reduce((sum, { requests }) => sum + requests, others);
  const bar = Math.max(FREQUENT_REQUESTS, total * FREQUENT_SHARE);
  return counted.filter(({ requests }, rank) => rank >= keep && requests < bar);
}

/** Counts a name with the others that were too many; returns how many nodes there are fewer. */
function absorbRest(node: PathNode, name: string, child: PathNode, bounds: Bounds): number {
  node.typed ??= new Map();
  const wanted = restMask(name);
  const mask = node.typed.has(wanted) || node.typed.size < MAX_KINDS ? wanted : '{any}';
  const known = node.typed.get(mask);
  if (known) return absorb(known.all, child, bounds);
  node.typed.set(mask, { ...typedValues(mask), all: child });
  return 0;
}

function restRequests({ typed }: PathNode): number {
  let sum = 0;
  for (const [mask, { all }] of typed ?? []) if (mask.startsWith('{any}')) sum += requestsOf(all);
  return sum;
}

/** What of a place is to be looked at by name, and what in sum, by mask: at a wide place, names that came
 *  since it was thinned out are told apart no more than those that came before. */
export function sampleOf(
  node: PathNode,
  { keep }: Width,
): { named: ReadonlyMap<string, PathNode>; summed: ReadonlyMap<string, readonly PathNode[]> } {
  const named = node.named ?? NO_NAMES;
  if (node.thinning?.isWide !== true || named.size <= keep) return { named, summed: NO_SUMS };
  const answered = byHash(named).filter((name) => !isUnanswered(name.node));
  const sample = new Map(named);
  const spills = spilt(answered, keep, restRequests(node));
  for (const { name } of spills) sample.delete(name);
  const byMask = Map.groupBy(spills, ({ name }) => restMask(name));
  const summed = new Map([...byMask].map(([mask, names]) => [mask, names.map((one) => one.node)]));
  return { named: sample, summed };
}

const NO_SUMS: ReadonlyMap<string, readonly PathNode[]> = new Map();
const NO_NAMES: ReadonlyMap<string, PathNode> = new Map();

function byHash(named: ReadonlyMap<string, PathNode>): Name[] {
  return [...named]
    .map(([name, node]): Name => ({ name, node, hash: hashOf(name) }))
    .sort((a, b) => a.hash - b.hash || (a.name < b.name ? -1 : 1));
}

/** A flood of 404s must not hide which names are answered: then every name is looked at. */
function isMostlyAnswered(probed: readonly Name[], answered: readonly Name[]): boolean {
  return probed.length * 4 < answered.length;
}

function partition<Item>(
  items: readonly Item[],
  isFirst: (item: Item) => boolean,
): [first: Item[], second: Item[]] {
  const first: Item[] = [];
  const second: Item[] = [];
  for (const item of items) (isFirst(item) ? first : second).push(item);
  return [first, second];
}
