import { TYPED_SAMPLE, type Width } from '../limits.ts';
import { hashOf } from '../paths/index.ts';
import { isUnanswered, type PathNode, requestsOf, type TypedValues } from './node.ts';

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
const MIN_WINDOW = 64;
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
  if (from.rest) {
    if (into.rest) gone += absorb(into.rest, from.rest, bounds);
    else into.rest = from.rest;
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
  const highest = free[TYPED_SAMPLE];
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
  const names = [...named]
    .map(([name, child]): Name => ({ name, node: child, hash: hashOf(name) }))
    .sort((a, b) => a.hash - b.hash || (a.name < b.name ? -1 : 1));
  const [probed, answered] = partition(names, (name) => isUnanswered(name.node));
  let gone = 0;
  for (const { name, node: child } of probed.slice(unanswered)) {
    named.delete(name);
    if (node.unanswered) gone += absorb(node.unanswered, child, bounds);
    else node.unanswered = child;
  }
  const spills = answered.length > (isWide ? keep : wide);
  if (spills) {
    for (const { name, node: child } of spilt(
      answered,
      keep,
      node.rest ? requestsOf(node.rest) : 0,
    )) {
      named.delete(name);
      if (node.rest) gone += absorb(node.rest, child, bounds);
      else node.rest = child;
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
