import type { Transport } from '../../estate/index.ts';
import { type NetworkPort, type NetworkPortMatch, TRANSPORTS } from '../../estate/index.ts';

/** Ports by transport. Equal sets of one `PortSets` are one object. */
export interface PortSet {
  readonly id: number;
  /** For each of `TRANSPORTS`, first and last ports of disjoint intervals in order: `[80, 80, 8000, 8100]`. */
  readonly intervals: readonly (readonly number[])[];
}

export const MAX_PORT = 65_535;
type Operation = (a: readonly number[], b: readonly number[]) => readonly number[];

/** Makes sets of ports. Every set and every combination of two is made once, so that a million pairs cost a few
 *  hundred sets. */
export class PortSets {
  readonly #sets = new Map<string, PortSet>();
  readonly #unions = new Map<number, PortSet>();
  readonly #intersections = new Map<number, PortSet>();
  readonly #differences = new Map<number, PortSet>();
  readonly none: PortSet;
  readonly all: PortSet;

  /** Ports beyond `MAX_PORT` stand for those that are known by name only. */
  constructor(maxPort: number = MAX_PORT) {
    this.none = this.#intern(TRANSPORTS.map(() => []));
    this.all = this.#intern(TRANSPORTS.map(() => [1, maxPort]));
  }

  /** The ports of one interval. */
  range(transport: Transport, first: number, last: number): PortSet {
    return this.#intern(TRANSPORTS.map((one) => (one === transport ? [first, last] : [])));
  }

  /** What the ports of a rule come to at a pod with these ports. */
  resolve(
    matches: readonly NetworkPortMatch[] | undefined,
    ports: readonly NetworkPort[],
  ): PortSet {
    if (!matches) return this.all;
    return matches.reduce(
      (sum, match) => this.union(sum, this.#resolveOne(match, ports)),
      this.none,
    );
  }

  #resolveOne(match: NetworkPortMatch, ports: readonly NetworkPort[]): PortSet {
    if (match.kind === 'numbers') return this.range(match.transport, match.first, match.last);
    return ports
      .filter(({ name }) => name === match.name)
      .filter(({ transport }) => match.transport === undefined || match.transport === transport)
      .reduce(
        (sum, { transport, number }) => this.union(sum, this.range(transport, number, number)),
        this.none,
      );
  }

  union(a: PortSet, b: PortSet): PortSet {
    if (a === b || b === this.none) return a;
    if (a === this.none) return b;
    return this.#combined(this.#unions, a, b, unite);
  }

  intersect(a: PortSet, b: PortSet): PortSet {
    if (a === b || a === this.none) return a;
    if (b === this.none) return b;
    return this.#combined(this.#intersections, a, b, overlap);
  }

  /** What is in `a` and not in `b`. */
  subtract(a: PortSet, b: PortSet): PortSet {
    if (a === this.none || b === this.none) return a;
    if (a === b) return this.none;
    return this.#combined(this.#differences, a, b, without);
  }

  /** The part of a set that one transport has. */
  only(set: PortSet, transport: Transport): PortSet {
    return this.#intern(
      TRANSPORTS.map((one, index) => (one === transport ? (set.intervals[index] ?? []) : [])),
    );
  }

  #combined(made: Map<number, PortSet>, a: PortSet, b: PortSet, operation: Operation): PortSet {
    // Ids are far below 2^26, so that two of them fit a whole number.
    const key = a.id * 2 ** 26 + b.id;
    let set = made.get(key);
    if (!set) {
      set = this.#intern(
        a.intervals.map((intervals, index) => operation(intervals, b.intervals[index] ?? [])),
      );
      made.set(key, set);
    }
    return set;
  }

  #intern(intervals: readonly (readonly number[])[]): PortSet {
    const key = intervals.map((one) => one.join()).join('/');
    let set = this.#sets.get(key);
    if (!set) {
      set = { id: this.#sets.size, intervals };
      this.#sets.set(key, set);
    }
    return set;
  }
}

/** Intervals that touch become one. */
function unite(a: readonly number[], b: readonly number[]): readonly number[] {
  const sorted = pairsOf([...a, ...b]).sort(([x], [y]) => x - y);
  const united: number[] = [];
  for (const [first, last] of sorted) {
    const end = united.at(-1);
    if (end !== undefined && first <= end + 1) united[united.length - 1] = Math.max(end, last);
    else united.push(first, last);
  }
  return united;
}

function overlap(a: readonly number[], b: readonly number[]): readonly number[] {
  const right = pairsOf(b);
  return pairsOf(a).flatMap(([first, last]) =>
    right.flatMap(([from, to]) => {
      const start = Math.max(first, from);
      const end = Math.min(last, to);
      return start <= end ? [start, end] : [];
    }),
  );
}

function without(a: readonly number[], b: readonly number[]): readonly number[] {
  return pairsOf(b).reduce<readonly number[]>(
    (rest, [from, to]) =>
      pairsOf(rest).flatMap(([first, last]) => [
        ...(first < from ? [first, Math.min(last, from - 1)] : []),
        ...(last > to ? [Math.max(first, to + 1), last] : []),
      ]),
    a,
  );
}

function pairsOf(intervals: readonly number[]): [number, number][] {
  const pairs: [number, number][] = [];
  for (let at = 0; at < intervals.length; at += 2) {
    pairs.push([intervals[at] ?? 0, intervals[at + 1] ?? 0]);
  }
  return pairs;
}

/** `80,443,8000-8100` of one transport; '' where it has none. */
export function portsText(set: PortSet, transport: Transport): string {
  return pairsOf(set.intervals[TRANSPORTS.indexOf(transport)] ?? [])
    .map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`))
    .join(',');
}

/** `TCP 80,443 and UDP 53`, `everything`, `nothing`. */
export function portSetText(set: PortSet, all: PortSet): string {
  if (set === all) return 'everything';
  const parts = TRANSPORTS.flatMap((transport) => {
    const text = portsText(set, transport);
    return text === '' ? [] : [`${transport} ${text}`];
  });
  return parts.join(' and ') || 'nothing';
}
