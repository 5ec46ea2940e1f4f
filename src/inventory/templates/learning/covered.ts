import { type PriorNode, steps, templateAt } from '../knowledge/index.ts';
import type { Candidate } from './candidate.ts';
import type { View } from './view.ts';

/** Whether some path at or below the views falls under a template that is known beforehand. */
export function isCovered(views: readonly View[], priors: readonly PriorNode[]): boolean {
  if (priors.length === 0) return false;
  return views.some(({ ends, below }) => {
    for (const method of ends.keys()) if (templateAt(priors, method)) return true;
    return below.some((view) => {
      const { literal, parameter } = steps(priors, view.token);
      return isCovered([view], [...literal, ...parameter]);
    });
  });
}

/** Whether a name that is covered may be an endpoint of its own all the same. It may not where a
 *  correction covers it, or a template that takes all or goes on below the name. */
export function mayStandApart({ views, asValue }: Candidate): boolean {
  return (
    !asValue.some(({ takesAll }) => takesAll) && !views.some((view) => isSettled(view, asValue))
  );
}

function isSettled({ ends, below }: View, asValue: readonly PriorNode[]): boolean {
  return (
    ends.keys().some((method) => templateAt(asValue, method)?.isCorrection === true) ||
    below.some((view) => {
      const { literal, parameter } = steps(asValue, view.token);
      return isCovered([view], [...literal, ...parameter]);
    })
  );
}
