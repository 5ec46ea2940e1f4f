import { PARAMETER } from './segments.ts';

/** Paths by segment, with how many requests went through each. */
export interface Node {
  readonly children: Map<string, Node>;
  requests: number;
}

export function emptyNode(): Node {
  return { children: new Map(), requests: 0 };
}

export function insert(root: Node, segments: readonly string[]): void {
  let node = root;
  for (const segment of segments) {
    const child = node.children.get(segment) ?? emptyNode();
    node.children.set(segment, child);
    child.requests++;
    node = child;
  }
}

/** Where a child of a node goes: under its own name, or into the parameter. */
export type Route = ReadonlyMap<string, boolean>;

/** Decides from the root on which children of each node are values; values are merged before their
 *  own children are looked at. */
export function decide(
  root: Node,
  valuesOf: (children: ReadonlyMap<string, Node>) => Set<string>,
): Node {
  const decided = emptyNode();
  decided.requests = root.requests;
  const values = valuesOf(root.children);
  const merged = emptyNode();
  for (const [segment, child] of root.children) {
    if (values.has(segment)) mergeInto(merged, child);
    else decided.children.set(segment, decide(child, valuesOf));
  }
  if (values.size > 0) decided.children.set(PARAMETER, decide(merged, valuesOf));
  return decided;
}

/** A path's template: literals where the tree has them, else parameters. */
export function follow(root: Node, segments: readonly string[]): string[] {
  let node: Node | undefined = root;
  return segments.map((segment) => {
    const literal: Node | undefined = node?.children.get(segment);
    node = literal ?? node?.children.get(PARAMETER);
    return literal || !node ? segment : PARAMETER;
  });
}

function mergeInto(target: Node, source: Node): void {
  target.requests += source.requests;
  for (const [segment, child] of source.children) {
    const known = target.children.get(segment) ?? emptyNode();
    target.children.set(segment, known);
    mergeInto(known, child);
  }
}
