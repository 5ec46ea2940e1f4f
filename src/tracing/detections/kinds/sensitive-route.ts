import type { Detection } from '../detection.ts';
import type { Subject } from '../subject.ts';
import { asNew } from '../surroundings.ts';
import { UNUSUAL } from '../unusual.ts';
import { WEIGHT } from '../weights.ts';
import { count } from '../words.ts';

/** Usual steps in an order, or from an entry, that never led to sensitive data. Whole ways are new all the time, so this
 *  alone says little. */
export const sensitiveRoute: Detection = {
  kind: 'sensitive-route',
  technique: 'T1213',
  title: 'Sensitive data is reached by a way that never led there',
  when: UNUSUAL.route,
  scope: ['from', 'to', 'operation'],
  look(subject) {
    const { usual, sensitivity, from, to, operation } = subject;
    if (sensitivity.length === 0 || !usual.isEdgeKnown) return undefined;
    const route = usual.hasRoute && !usual.isRouteKnown;
    const order = usual.hasPredecessor && !usual.isPredecessorKnown;
    if (!route && !order) return undefined;
    const ways = route ? usual.routes : usual.predecessors;
    return asNew(subject, {
      score: Math.min(2, Math.log(ways + 2)) - weightOf(subject),
      reason: `${from.name} called ${operation} of ${to.name} ${
        route
          ? 'in a request that came in where none for it did'
          : 'after something that it never followed'
      }; ${count(ways, 'way')} to it ${ways === 1 ? 'is' : 'are'} known`,
      evidence: { waysKnown: ways },
    });
  },
};

/** That the data is sensitive is what is looked for, and counts no second time. */
function weightOf({ endpoint }: Subject): number {
  return (endpoint?.sensitivity.length ?? 0) > 0 ? WEIGHT.sensitiveEndpoint - 1 : 1;
}
