import { Tally } from '../../traffic/tally.ts';
import { PathNode, type TypedValues } from './node.ts';
import { PathCounts } from './path-counts.ts';

/** A tree of its own with the same counts, of no pool: it is about to be taken in by another. */
export function copyOf(counts: PathCounts): PathCounts {
  const { pool: _, ...limits } = counts.limits;
  return new PathCounts(limits, copyNode(counts.root), counts);
}

function copyNode(node: PathNode): PathNode {
  const copy = new PathNode();
  for (let at = node.counted; at !== undefined; at = at.next) {
    const tally = new Tally();
    tally.merge(at.tally);
    copy.counted = { method: at.method, tally, next: copy.counted };
  }
  if (node.named) copy.named = copyNamed(node.named);
  if (node.typed) {
    copy.typed = new Map([...node.typed].map(([mask, values]) => [mask, copyValues(values)]));
  }
  if (node.unanswered) copy.unanswered = copyNode(node.unanswered);
  if (node.thinning) {
    const { at, isWide, once } = node.thinning;
    copy.thinning = { at, isWide, once: once?.slice() };
  }
  return copy;
}

function copyValues({ all, sample, ceiling, isKept }: TypedValues): TypedValues {
  return { all: copyNode(all), sample: copyNamed(sample), ceiling, isKept };
}

function copyNamed(named: ReadonlyMap<string, PathNode>): Map<string, PathNode> {
  return new Map([...named].map(([name, child]) => [name, copyNode(child)]));
}
