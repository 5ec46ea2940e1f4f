import type { PathNode, TypedValues } from '../counts/index.ts';
import { suffixOf } from '../paths/index.ts';
import { type Answered, answeredBy } from './answered.ts';
import type { Place } from './place.ts';

/** What learning sees of a place in the tree of paths: names and counts of what was answered. Values of
 *  one mask are one view. It is made anew for each learning; the passes of learning note in it what they
 *  believe. */
export interface View {
  /** The name, or the mask of values. */
  readonly token: string;
  readonly isTyped: boolean;
  /** What a parameter here would be: `{}`, or with the literal part about it, `{}.json`. */
  readonly frame: string;
  /** In order of tokens. */
  readonly below: readonly View[];
  /** Requests that ended here, by method. */
  readonly ends: ReadonlyMap<string, number>;
  /** Requests at and below. */
  readonly requests: number;
  /** The only value, where typed values have had just one. */
  readonly only: string | undefined;
  /** How probably this is a value, as believed by the last pass. */
  belief: number;
  /** The frame where it is believed to be a value, else the token. */
  word: string;
  /** The place that the last pass put it in. */
  place: Place | undefined;
}

/** Typed values that a prior or a correction names as literals: they are looked at one by one. */
export type NamedValues = ReadonlySet<string>;

/** The view of nodes that are one place. Undefined where nothing was answered at or below. */
export function viewOf(
  nodes: readonly PathNode[],
  answered: Answered,
  named: NamedValues,
  token = '',
  isTyped = false,
  only?: string,
): View | undefined {
  const ends = endsOf(nodes, answered);
  const below: View[] = [];
  let requests = 0;
  for (const count of ends.values()) requests += count;
  const add = (view: View | undefined): void => {
    if (view === undefined) return;
    below.push(view);
    requests += view.requests;
  };
  for (const [name, group] of namesOf(nodes)) add(viewOf(group, answered, named, name));
  for (const [mask, values] of valuesOf(nodes)) {
    const summed: PathNode[] = [];
    let distinct = 0;
    let last = '';
    for (const { all, sample, isKept } of values) {
      summed.push(all);
      if (!isKept || isUsed(all)) distinct = Number.POSITIVE_INFINITY;
      for (const [value, node] of sample) {
        if (named.has(value)) {
          add(viewOf([node], answered, named, value, true, value));
          continue;
        }
        summed.push(node);
        if (value !== last) distinct++;
        last = value;
      }
    }
    add(viewOf(summed, answered, named, mask, true, distinct === 1 ? last : undefined));
  }
  const rest = nodes.flatMap((node) => node.rest ?? []);
  if (rest.length > 0) add(viewOf(rest, answered, named, '{any}', true));
  if (below.length === 0 && ends.size === 0) return undefined;
  below.sort((a, b) => (a.token < b.token ? -1 : 1));
  const frame = frameOf(token);
  const belief = isTyped ? 1 : 0;
  const word = isTyped ? frame : token;
  return { token, isTyped, frame, below, ends, requests, only, belief, word, place: undefined };
}

/** What a parameter is that takes the values of a mask, or a name. */
export function frameOf(token: string): string {
  return token.includes('{') ? token.replace(/\{\w*\}/g, '{}') : `{}${suffixOf(token)}`;
}

function isUsed(node: PathNode): boolean {
  return (
    node.counted !== undefined ||
    node.named !== undefined ||
    node.typed !== undefined ||
    node.rest !== undefined
  );
}

function endsOf(nodes: readonly PathNode[], answered: Answered): Map<string, number> {
  const ends = new Map<string, number>();
  for (const { counted } of nodes) {
    for (let at = counted; at !== undefined; at = at.next) {
      if (!answeredBy(at.tally, answered)) continue;
      ends.set(at.method, (ends.get(at.method) ?? 0) + Math.max(1, at.tally.requests));
    }
  }
  return ends;
}

function namesOf(nodes: readonly PathNode[]): Map<string, PathNode[]> {
  const names = new Map<string, PathNode[]>();
  for (const { named } of nodes) {
    for (const [name, child] of named ?? []) {
      const group = names.get(name);
      if (group) group.push(child);
      else names.set(name, [child]);
    }
  }
  return names;
}

function valuesOf(nodes: readonly PathNode[]): Map<string, TypedValues[]> {
  const masks = new Map<string, TypedValues[]>();
  for (const { typed } of nodes) {
    for (const [mask, values] of typed ?? []) {
      const group = masks.get(mask);
      if (group) group.push(values);
      else masks.set(mask, [values]);
    }
  }
  return masks;
}
