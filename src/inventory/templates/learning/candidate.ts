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
  const byToken = Map.groupBy(
    views.flatMap(({ below }) => below),
    ({ token }) => token,
  );
  const candidates = [...byToken].map(([token, group]): Candidate => {
    const [first] = group;
    const { literal, parameter } = steps(priors, token);
    return {
      token,
      spelling: group.every(({ only }) => only === first?.only) ? (first?.only ?? token) : token,
      isTyped: first?.isTyped === true,
      frame: first?.frame ?? '{}',
      views: group,
      requests: group.reduce((sum, { requests }) => sum + requests, 0),
      asLiteral: literal,
      asValue: parameter,
    };
  });
  candidates.sort((a, b) => (a.token < b.token ? -1 : 1));
  return Map.groupBy(candidates, ({ frame }) => frame);
}
