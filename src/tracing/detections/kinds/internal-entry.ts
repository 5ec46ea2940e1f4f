import type { Detection } from '../detection.ts';
import { inContext } from '../surroundings.ts';
import { UNUSUAL } from '../unusual.ts';
import { rarity } from '../weights.ts';
import { count } from '../words.ts';

const NATS = 0.5;
const WITHOUT_CONTEXT = 2;
const KNOWN_DAYS = 7;

/** What only services of the estate call is called by nobody of them. A request whose trace was lost looks the same: so
 *  it says less where that has happened, and where people enter something new now and then. */
export const internalEntry: Detection = {
  kind: 'internal-entry',
  technique: 'T1133',
  title: 'An internal service is called as if it were an entry',
  when: UNUSUAL.entry,
  scope: ['to', 'operation'],
  cause: ['address'],
  look(subject) {
    const { usual, hop, to, operation, address } = subject;
    if (!hop.isEntry || to.known?.exposure === 'internet' || usual.calleeCallers === 0)
      return undefined;
    const known = Math.min(1, usual.calleeDays / KNOWN_DAYS);
    return inContext(subject, {
      score:
        known *
        (NATS +
          (hop.hasContext ? 0 : WITHOUT_CONTEXT) -
          0.4 * Math.log(0.2 + usual.edgeDays) +
          0.35 * rarity(usual.callerNewEndpointDays, usual.callerSettledDays)),
      reason: `${operation} of ${to.name} was called by nobody of the estate${
        address === '' ? '' : ` from ${address}`
      }, as on ${count(usual.endpointEdgeDays, 'day')} before`,
      evidence: { entryShare: usual.entryShare, daysOfEntries: usual.edgeDays, address },
    });
  },
};
