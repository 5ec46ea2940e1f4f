import { addTo } from '../../../base/group-by.ts';
import { type PathNode, sampleOf } from '../counts/index.ts';
import type { Width } from '../limits.ts';
import { suffixOf } from '../paths/index.ts';
import { type Answered, answeredBy } from './answered.ts';
import type { Place } from './place.ts';
import { areVersions, mayBeVersions } from './versions.ts';

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
  /** The name occurs at several places of the tree, as most literals do. */
  isCommon: boolean;
  /** How probably this is a value, as believed by the last pass. */
  belief: number;
  /** The frame where it is believed to be a value, else the token. */
  word: string;
  /** The place that the last pass put it in. */
  place: Place | undefined;
}

/** Under what views are made. */
export interface Sight {
  readonly answered: Answered;
  /** Typed values that a prior or a correction names as literals: they are looked at one by one. */
  readonly literalValues: ReadonlySet<string>;
  readonly width: Width;
}

/** The view of a tree; undefined where nothing was answered. */
export function viewOf(root: PathNode, sight: Sight): View | undefined {
  const view = viewOfAll([root], sight, { token: '', isTyped: false, only: undefined });
  if (view !== undefined) markCommon(view);
  return view;
}

function markCommon(root: View): void {
  const byToken = new Map<string, View[]>();
  const collect = (view: View): void => {
    for (const below of view.below) {
      const same = byToken.get(below.token);
      if (same) same.push(below);
      else byToken.set(below.token, [below]);
      collect(below);
    }
  };
  collect(root);
  for (const same of byToken.values()) {
    if (same.length > 1) for (const view of same) view.isCommon = true;
  }
}

/** The view of nodes that are one place. */
function viewOfAll(
  nodes: readonly PathNode[],
  sight: Sight,
  { token, isTyped, only }: Pick<View, 'token' | 'isTyped' | 'only'>,
): View | undefined {
  const ends = endsOf(nodes, sight.answered);
  const below = [...namedBelow(nodes, sight), ...typedBelow(nodes, sight, token)];
  if (below.length === 0 && ends.size === 0) return undefined;
  below.sort((a, b) => (a.token < b.token ? -1 : 1));
  let requests = 0;
  for (const count of ends.values()) requests += count;
  for (const view of below) requests += view.requests;
  const frame = frameOf(token);
  const belief = isTyped ? 1 : 0;
  const word = isTyped ? frame : token;
  const notes = { isCommon: false, belief, word, place: undefined };
  return { token, isTyped, frame, below, ends, requests, only, ...notes };
}

function namedBelow(nodes: readonly PathNode[], sight: Sight): View[] {
  const names = new Map<string, PathNode[]>();
  for (const node of nodes) {
    for (const [name, child] of sampleOf(node, sight.width).named) addTo(names, name, child);
  }
  return [...names].flatMap(
    ([token, group]) => viewOfAll(group, sight, { token, isTyped: false, only: undefined }) ?? [],
  );
}

function typedBelow(nodes: readonly PathNode[], sight: Sight, parent: string): View[] {
  const masks = new Map<string, Masked>();
  const literals = new Map<string, PathNode[]>();
  const maskedAs = (mask: string): Masked => {
    const masked = masks.get(mask) ?? { nodes: [], values: new Map(), hasOthers: false };
    masks.set(mask, masked);
    return masked;
  };
  for (const node of nodes) {
    for (const [mask, { all, sample }] of node.typed ?? []) {
      const masked = maskedAs(mask);
      masked.nodes.push(all);
      if (isUsed(all)) masked.hasOthers = true;
      for (const [value, child] of sample) {
        if (sight.literalValues.has(value)) addTo(literals, value, child);
        else {
          masked.nodes.push(child);
          addTo(masked.values, value, child);
        }
      }
    }
    for (const [mask, summed] of sampleOf(node, sight.width).summed) {
      maskedAs(mask).nodes.push(...summed);
    }
  }
  const views = [...masks].flatMap(([token, { nodes: group, values, hasOthers }]) => {
    const [first] = values.keys();
    const only = values.size === 1 && !hasOthers ? first : undefined;
    if (!hasOthers && mayBeVersions([...values.keys()], parent)) {
      const each = [...values].flatMap(
        ([value, own]) =>
          viewOfAll(own, sight, { token: value, isTyped: false, only: undefined }) ?? [],
      );
      if (areVersions(each)) return each;
    }
    return viewOfAll(group, sight, { token, isTyped: true, only });
  });
  const ofLiterals = [...literals].map(([token, group]) =>
    viewOfAll(group, sight, { token, isTyped: true, only: token }),
  );
  return [...views, ...ofLiterals].filter((view) => view !== undefined);
}

/** Values of one mask in several nodes. */
interface Masked {
  readonly nodes: PathNode[];
  readonly values: Map<string, PathNode[]>;
  hasOthers: boolean;
}

/** What a parameter is that takes the values of a mask, or a name. */
export function frameOf(token: string): string {
  return token.includes('{') ? token.replace(/\{\w*\}/g, '{}') : `{}${suffixOf(token)}`;
}

function isUsed({ counted, named, typed }: PathNode): boolean {
  return counted !== undefined || named !== undefined || typed !== undefined;
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
