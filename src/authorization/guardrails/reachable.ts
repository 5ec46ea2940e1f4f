/** What can be reached in a graph whose nodes are numbers, by any number of edges. */
export interface Reachability {
  /** Whether one leads to another; to itself only in a circle. */
  leadsTo(from: number, to: number): boolean;
  /** A shortest circle of each set of nodes that lead to each other. */
  readonly circles: readonly (readonly number[])[];
}

/** Warshall's closure, a row of bits a node: no graph of as many nodes takes longer than another. */
export function reachable(edges: readonly (readonly number[])[]): Reachability {
  const words = Math.ceil(edges.length / 32);
  const rows = edges.map((targets) => {
    const row = new Uint32Array(words);
    for (const target of targets)
      row[target >>> 5] = (row[target >>> 5] ?? 0) | (1 << (target & 31));
    return row;
  });
  const leadsTo = (from: number, to: number) =>
    (((rows[from]?.[to >>> 5] ?? 0) >>> (to & 31)) & 1) === 1;
  for (const [middle, beyond] of rows.entries()) {
    for (const [from, row] of rows.entries()) if (leadsTo(from, middle)) addAll(row, beyond);
  }
  return { leadsTo, circles: circlesOf(edges, leadsTo) };
}

function addAll(row: Uint32Array, others: Uint32Array): void {
  for (let word = 0; word < row.length; word++) row[word] = (row[word] ?? 0) | (others[word] ?? 0);
}

function circlesOf(
  edges: readonly (readonly number[])[],
  leadsTo: Reachability['leadsTo'],
): number[][] {
  const circles: number[][] = [];
  const told = new Set<number>();
  for (const start of edges.keys()) {
    if (told.has(start) || !leadsTo(start, start)) continue;
    for (const other of edges.keys()) {
      if (leadsTo(start, other) && leadsTo(other, start)) told.add(other);
    }
    circles.push(circleFrom(start, edges));
  }
  return circles;
}

/** A shortest way from a node back to it. */
function circleFrom(start: number, edges: readonly (readonly number[])[]): number[] {
  const cameFrom = new Map<number, number>();
  const queue = [start];
  for (const node of queue) {
    for (const target of edges[node] ?? []) {
      if (target === start) return wayTo(node, start, cameFrom);
      if (cameFrom.has(target)) continue;
      cameFrom.set(target, node);
      queue.push(target);
    }
  }
  return [start];
}

function wayTo(end: number, start: number, cameFrom: ReadonlyMap<number, number>): number[] {
  const way = [end];
  for (let node = end; node !== start; ) {
    node = cameFrom.get(node) ?? start;
    way.push(node);
  }
  return way.reverse();
}
