import { OUTCOME } from '../../hop.ts';
import type { Detection } from '../detection.ts';
import { inContext } from '../surroundings.ts';
import { UNUSUAL } from '../unusual.ts';
import { count } from '../words.ts';

/** More than what is usually told, and less than what is an alert by itself: teams forget to declare things, too. */
const NATS = 3;

/** Somebody outside is answered by what no specification has, and nobody asked for: what was left behind at the front is a
 *  way in. */
export const shadowEntry: Detection = {
  kind: 'shadow-entry',
  technique: 'T1190',
  title: 'A shadow endpoint is called from outside for the first time',
  when: UNUSUAL.newEntry,
  scope: ['to', 'operation'],
  look(subject) {
    const { usual, hop, to, endpoint, operation } = subject;
    if (endpoint?.status !== 'shadow' || to.known?.exposure !== 'internet') return undefined;
    if (!hop.isEntry || usual.isEndpointEdgeKnown || hop.outcome === OUTCOME.denied)
      return undefined;
    return inContext(subject, {
      score: NATS,
      reason: `somebody outside called ${operation} of ${to.name} for the first time in ${count(usual.calleeDays, 'day')}, which no specification has`,
      evidence: { daysOfTarget: usual.calleeDays, status: hop.status },
    });
  },
};
