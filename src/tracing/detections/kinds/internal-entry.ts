import type { Usual } from '../../baseline/index.ts';
import type { Detection } from '../detection.ts';
import { inContext } from '../surroundings.ts';
import { UNUSUAL } from '../unusual.ts';
import { rarity } from '../weights.ts';
import { count } from '../words.ts';

/** Of days on which it was entered somewhere, those on which it would have been entered here. */
const ELSEWHERE = 0.3;

/** What only services of the estate call is called by nobody of them. A request whose trace was lost looks the same: so
 *  its rarity is that of the callee, with a few more for what is not seen yet. */
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
    const isKnown = usual.isEndpointEdgeKnown;
    const elsewhere = hop.endpoint === 0 ? usual.edgeDays : usual.edgeDays * ELSEWHERE;
    const days = isKnown ? usual.endpointEdgeDays : elsewhere;
    return inContext(subject, {
      score: rarity(days, usual.calleeDays) - Math.log1p(newsADay(usual)),
      reason: `${operation} of ${to.name} was called by nobody of the estate${
        address === '' ? '' : ` from ${address}`
      }, as on ${count(usual.endpointEdgeDays, 'day')} before`,
      evidence: { entryShare: usual.entryShare, daysOfEntries: usual.edgeDays, address },
    });
  },
};

/** How often a day something is entered anywhere that never was before, by the days on which nothing was: where that
 *  happens all the time, it says little. */
function newsADay({ callerNewEndpointDays, callerSettledDays }: Readonly<Usual>): number {
  return -Math.log(1 - callerNewEndpointDays / (callerSettledDays + 1));
}
