import type { AlertHop } from '../model.ts';

/** The way of an incident as a tree: each service below the one that it was reached from. */

/** Equal requests, told once. */
export interface Step {
  readonly hop: AlertHop;
  /** By time, from 1. */
  readonly number: number;
  readonly count: number;
  /** Of the last one. */
  readonly lastTime: string;
}

export interface PathRow {
  readonly service: string;
  /** How it was reached; null: the way begins here. */
  readonly step: Step | null;
  /** The row of whoever called. */
  readonly parent: number | null;
  readonly depth: number;
  /** It stands higher up already. */
  readonly isAgain: boolean;
}

export interface Path {
  readonly rows: readonly PathRow[];
  /** Steps that there was no room for. */
  readonly leftOut: number;
  /** The number of the step that the hop at this place of the incident is part of. */
  numberOf(hop: number): number | undefined;
}

interface Node {
  readonly service: string;
  readonly step: Step | null;
  readonly isAgain: boolean;
  readonly children: Node[];
}

export const MAX_STEPS = 40;

/** @param hops of an incident, in any order */
export function pathOf(hops: readonly AlertHop[]): Path {
  const numbers = new Map<string, number>();
  const steps = stepsOf(hops, numbers);
  const shown = wanted(steps);
  return {
    rows: rowsOf(rootsOf(shown)),
    leftOut: steps.length - shown.length,
    numberOf: (place) => {
      const hop = hops[place];
      return hop && numbers.get(keyOf(hop));
    },
  };
}

const keyOf = ({ from, to, operation, evidence, policy, outcome, signs }: AlertHop): string =>
  JSON.stringify([from, to, operation, evidence, policy, outcome, signs]);

function stepsOf(hops: readonly AlertHop[], numbers: Map<string, number>): Step[] {
  const groups = Map.groupBy(
    hops.toSorted((a, b) => Date.parse(a.time) - Date.parse(b.time)),
    keyOf,
  );
  return [...groups].flatMap(([key, group], place) => {
    const [hop] = group;
    if (hop === undefined) return [];
    numbers.set(key, place + 1);
    const lastTime = group.at(-1)?.time ?? hop.time;
    return { hop, number: place + 1, count: group.length, lastTime };
  });
}

/** Where there are too many, those that show something. */
function wanted(steps: readonly Step[]): Step[] {
  if (steps.length <= MAX_STEPS) return [...steps];
  const showsMore = (step: Step): number => (step.hop.signs.length > 0 ? 0 : 1);
  return steps
    .toSorted((a, b) => showsMore(a) - showsMore(b) || a.number - b.number)
    .slice(0, MAX_STEPS)
    .sort((a, b) => a.number - b.number);
}

function rootsOf(steps: readonly Step[]): Node[] {
  const first = new Map<string, Node>();
  const roots: Node[] = [];
  for (const step of steps) {
    const { from, to } = step.hop;
    let caller = first.get(from);
    if (caller === undefined) {
      caller = { service: from, step: null, isAgain: false, children: [] };
      first.set(from, caller);
      roots.push(caller);
    }
    const called = { service: to, step, isAgain: first.has(to), children: [] };
    caller.children.push(called);
    if (!called.isAgain) first.set(to, called);
  }
  return roots;
}

/** Each below its caller, in the order of time. */
function rowsOf(roots: readonly Node[]): PathRow[] {
  const rows: PathRow[] = [];
  const waiting = roots
    .toReversed()
    .map((node) => ({ node, parent: null as number | null, depth: 0 }));
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { node, parent, depth } = next;
    const { service, step, isAgain, children } = node;
    rows.push({ service, step, parent, depth, isAgain });
    const row = rows.length - 1;
    for (const child of children.toReversed()) {
      waiting.push({ node: child, parent: row, depth: depth + 1 });
    }
  }
  return rows;
}

/** The same in a sentence, for who does not see the picture. */
export function pathSentence(path: readonly string[], most = 8): string {
  const names = path.slice(0, most);
  const more = path.length - names.length;
  return `${names.join(', then ')}${more > 0 ? ` and ${more} more` : ''}`;
}
