import type { Detection } from '../detection.ts';
import { UNUSUAL } from '../unusual.ts';
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
    const { usual, sensitivity, from, to, operation, policy } = subject;
    if (sensitivity.length === 0 || !usual.isEdgeKnown || policy === 'declared') return undefined;
    const route = usual.hasRoute && !usual.isRouteKnown;
    const order = usual.hasPredecessor && !usual.isPredecessorKnown;
    if (!route && !order) return undefined;
    const ways = route ? usual.routes : usual.predecessors;
    return {
      score: Math.min(1.75, Math.log(ways + 2)),
      reason: `${from.name} called ${operation} of ${to.name} ${
        route
          ? 'in a request that came in where none for it did'
          : 'after something that it never followed'
      }; ${count(ways, 'way')} to it ${ways === 1 ? 'is' : 'are'} known`,
      evidence: { waysKnown: ways },
    };
  },
};
