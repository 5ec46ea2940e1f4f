/** How much of the estate lies behind a service. */
export interface Gate {
  /** Services that are reached only through it. */
  readonly behind: number;
  /** Services that are reached from outside at all. */
  readonly reached: number;
}

export interface CallGraph {
  readonly services: readonly { readonly id: string; readonly isEntry: boolean }[];
  readonly calls: readonly { readonly from: string; readonly to: string }[];
}

/** For each service that is reached from where calls enter, how many others are reached only through
 *  it: the size of its part of the dominator tree. Calls enter where the internet does; where no
 *  service is on the internet, at those that nobody calls.
 *  @see Cooper, Harvey, Kennedy: A Simple, Fast Dominance Algorithm (2001) */
export function gatesOf({ services, calls }: CallGraph): ReadonlyMap<string, Gate> {
  const numbers = new Map(services.map(({ id }, index) => [id, index + 1]));
  const next: number[][] = Array.from({ length: services.length + 1 }, () => []);
  const isCalled = new Set<number>();
  for (const { from, to } of calls) {
    const [a, b] = [numbers.get(from), numbers.get(to)];
    if (a === undefined || b === undefined || a === b) continue;
    next[a]?.push(b);
    isCalled.add(b);
  }
  next[OUTSIDE] = entriesOf(services, isCalled);
  const order = postorder(next);
  const sizes = subtreeSizes(dominators(next, order), order);
  const reached = order.length - 1;
  return new Map(
    services.flatMap(({ id }, index) => {
      const size = sizes[index + 1] ?? 0;
      return size === 0 ? [] : [[id, { behind: size - 1, reached }]];
    }),
  );
}

/** The node from which all calls enter. */
const OUTSIDE = 0;

function entriesOf(services: CallGraph['services'], isCalled: ReadonlySet<number>): number[] {
  const all = services.map((service, index) => ({ ...service, number: index + 1 }));
  const onInternet = all.filter(({ isEntry }) => isEntry);
  const entries =
    onInternet.length > 0 ? onInternet : all.filter((one) => !isCalled.has(one.number));
  return entries.map(({ number }) => number);
}

/** Nodes that are reached from outside, each after all that it leads to; without recursion, because
 *  chains of calls may be long. */
function postorder(next: readonly (readonly number[])[]): number[] {
  const order: number[] = [];
  const seen = new Uint8Array(next.length);
  const path: { node: number; at: number }[] = [{ node: OUTSIDE, at: 0 }];
  seen[OUTSIDE] = 1;
  for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
    const target = next[top.node]?.[top.at++];
    if (target === undefined) {
      order.push(top.node);
      path.pop();
    } else if (seen[target] === 0) {
      seen[target] = 1;
      path.push({ node: target, at: 0 });
    }
  }
  return order;
}

const NONE = -1;

/** The immediate dominator of each node that is reached. */
function dominators(next: readonly (readonly number[])[], order: readonly number[]): Int32Array {
  const rank = new Int32Array(next.length).fill(NONE);
  for (const [index, node] of order.entries()) rank[node] = index;
  const previous: number[][] = next.map(() => []);
  for (const node of order) for (const target of next[node] ?? []) previous[target]?.push(node);
  const above = new Int32Array(next.length).fill(NONE);
  above[OUTSIDE] = OUTSIDE;
  const meet = (a: number, b: number): number => {
    let [left, right] = [a, b];
    while (left !== right) {
      if ((rank[left] ?? 0) < (rank[right] ?? 0)) left = above[left] ?? OUTSIDE;
      else right = above[right] ?? OUTSIDE;
    }
    return left;
  };
  for (let isChanged = true; isChanged; ) {
    isChanged = false;
    for (let index = order.length - 2; index >= 0; index--) {
      const node = order[index] ?? OUTSIDE;
      let best = NONE;
      for (const from of previous[node] ?? []) {
        if (above[from] !== NONE) best = best === NONE ? from : meet(best, from);
      }
      if (above[node] === best) continue;
      above[node] = best;
      isChanged = true;
    }
  }
  return above;
}

/** How many nodes each dominates, itself among them; nothing for those that are not reached. */
function subtreeSizes(above: Int32Array, order: readonly number[]): Int32Array {
  const sizes = new Int32Array(above.length);
  for (const node of order) {
    sizes[node] = (sizes[node] ?? 0) + 1;
    const parent = above[node] ?? NONE;
    if (node !== OUTSIDE && parent !== NONE)
      sizes[parent] = (sizes[parent] ?? 0) + (sizes[node] ?? 0);
  }
  return sizes;
}
