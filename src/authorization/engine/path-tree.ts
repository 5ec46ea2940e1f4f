import type { PathPattern, SegmentPattern } from '../operations/index.ts';

/** The patterns of one callee as a tree of segments, while it is put together. */
export interface PathNode {
  readonly literals: Map<string, PathNode>;
  /** Segments with something literal about a parameter. */
  readonly mixed: MixedBranch[];
  parameter: PathNode | undefined;
  /** Numbers of the patterns that end here: several where they differ in case. */
  readonly ends: number[];
  /** Of those that end here with the rest of a path. */
  readonly rests: number[];
}

export interface MixedBranch {
  readonly shape: string;
  readonly segment: SegmentPattern;
  readonly node: PathNode;
}

export const newPathNode = (): PathNode => ({
  literals: new Map(),
  mixed: [],
  parameter: undefined,
  ends: [],
  rests: [],
});

/** Puts a pattern without wildcards into a tree, under its number. */
export function addPattern(root: PathNode, pattern: PathPattern, number: number): void {
  let node = root;
  for (const segment of pattern.segments) node = childOf(node, segment);
  (pattern.rest === 'none' ? node.ends : node.rests).push(number);
}

function childOf(node: PathNode, segment: SegmentPattern): PathNode {
  if (segment.kind === 'literal') {
    const known = node.literals.get(segment.folded);
    if (known) return known;
    const child = newPathNode();
    node.literals.set(segment.folded, child);
    return child;
  }
  if (segment.kind === 'mixed') {
    const shape = segment.folded.join('/');
    const known = node.mixed.find((branch) => branch.shape === shape);
    if (known) return known.node;
    const branch = { shape, segment, node: newPathNode() };
    node.mixed.push(branch);
    return branch.node;
  }
  node.parameter ??= newPathNode();
  return node.parameter;
}
