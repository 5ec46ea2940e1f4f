import type { PathPattern, SegmentPattern } from '../operations/index.ts';

/** The patterns of one callee as a tree of segments, while it is put together. Most nodes have little, and what they
 *  have not is undefined: there are hundreds of thousands of them. */
export interface PathNode {
  literals: Map<string, PathNode> | undefined;
  /** Segments with something literal about a parameter. */
  mixed: MixedBranch[] | undefined;
  parameter: PathNode | undefined;
  /** Numbers of the patterns that end here: several where they differ in case. */
  ends: number[] | undefined;
  /** Of those that end here with the rest of a path. */
  rests: number[] | undefined;
}

export interface MixedBranch {
  readonly shape: string;
  readonly segment: SegmentPattern;
  readonly node: PathNode;
}

export const newPathNode = (): PathNode => ({
  literals: undefined,
  mixed: undefined,
  parameter: undefined,
  ends: undefined,
  rests: undefined,
});

/** Puts a pattern without wildcards into a tree, under its number. */
export function addPattern(root: PathNode, pattern: PathPattern, number: number): void {
  let node = root;
  for (const segment of pattern.segments) node = childOf(node, segment);
  if (pattern.rest === 'none') {
    node.ends ??= [];
    node.ends.push(number);
  } else {
    node.rests ??= [];
    node.rests.push(number);
  }
}

function childOf(node: PathNode, segment: SegmentPattern): PathNode {
  if (segment.kind === 'literal') {
    node.literals ??= new Map();
    const known = node.literals.get(segment.folded);
    if (known) return known;
    const child = newPathNode();
    node.literals.set(segment.folded, child);
    return child;
  }
  if (segment.kind === 'mixed') {
    const shape = segment.folded.join('/');
    node.mixed ??= [];
    const known = node.mixed.find((branch) => branch.shape === shape);
    if (known) return known.node;
    const branch = { shape, segment, node: newPathNode() };
    node.mixed.push(branch);
    return branch.node;
  }
  node.parameter ??= newPathNode();
  return node.parameter;
}
