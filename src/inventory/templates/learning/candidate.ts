import type { PriorNode } from '../knowledge/index.ts';
import { steps } from '../knowledge/index.ts';
import type { View } from './view.ts';

/** One name (or mask) below a place, in all the views that were merged into the place. */
export interface Candidate {
  readonly token: string;
  /** The name; of typed values the only one there is, else the mask. */
  readonly spelling: string;
  readonly isTyped: boolean;
  readonly frame: string;
  readonly views: readonly View[];
  readonly requests: number;
  /** Where templates known beforehand have it as a literal, and as a value. */
  readonly asLiteral: readonly PriorNode[];
  readonly asValue: readonly PriorNode[];
}

/** What is below the views of a place, by frame. */
export function candidatesOf(
  views: readonly View[],
  priors: readonly PriorNode[],
): Map<string, Candidate[]> {
  const candidates = [...grouped(views)].map(([token, group]): Candidate => {
    const [first] = group;
    const { literal, parameter } = priors.length > 0 ? steps(priors, token) : NO_STEPS;
    let requests = 0;
    for (const view of group) requests += view.requests;
    return {
      token,
      spelling: group.every(({ only }) => only === first?.only) ? (first?.only ?? token) : token,
      isTyped: first?.isTyped === true,
      frame: first?.frame ?? '{}',
      views: group,
      requests,
      asLiteral: literal,
      asValue: parameter,
    };
  });
  if (views.length > 1) candidates.sort((a, b) => (a.token < b.token ? -1 : 1));
  return Map.groupBy(candidates, ({ frame }) => frame);
}

const NO_STEPS: ReturnType<typeof steps> = { literal: [], parameter: [] };

/** Views by token; what is below one view is in order already. */
function grouped(views: readonly View[]): Map<string, View[]> {
  const byToken = new Map<string, View[]>();
  for (const { below } of views) {
    for (const view of below) {
      const group = byToken.get(view.token);
      if (group) group.push(view);
      else byToken.set(view.token, [view]);
    }
  }
  return byToken;
}
