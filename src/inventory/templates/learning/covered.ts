import { type PriorNode, steps, templateAt } from '../knowledge/index.ts';
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
