import type { Usual } from '../../baseline/index.ts';
import type { Detection } from '../detection.ts';
import { inContext } from '../surroundings.ts';
import { UNUSUAL } from '../unusual.ts';
import { rarity } from '../weights.ts';
import { count } from '../words.ts';

const NATS = -2.75;
const KNOWN_DAYS = 4;
/** Nats of a share of one in so many, as far as that can be known. */
const MOST_SELDOM = Math.log(1e5);
/** Requests of this hour with a context, after which no deployment is why one has none. */
const LEAST_NOW = 3;

/** A request without the trace context that such requests always come with: whoever calls with a stolen identity by
 *  hand sends none. Libraries that lose it lose it anywhere, so that one caller's losses have one cause. */
export const missingContext: Detection = {
  kind: 'missing-context',
  technique: 'T1562.006',
  title: 'A request comes without the trace context that its callers always send',
  when: UNUSUAL.context,
  scope: ['from', 'to'],
  cause: ['from'],
  look(subject) {
    const { usual, hop, from, to, operation } = subject;
    if (hop.hasContext || hop.isEntry) return undefined;
    const sent = usual.edgeContextShare;
    const saw = {
      score: rarityOf(usual),
      reason: `${from.name} called ${operation} of ${to.name} without a trace context, which ${(sent * 100).toFixed(1)} % of these requests have; where it always sends one, it sent none on ${count(usual.callerLostContextDays, 'day')} of the last ${usual.callerSettledDays}`,
      evidence: {
        contextShare: sent,
        daysWithout: usual.callerLostContextDays,
        days: usual.callerSettledDays,
        withoutNow: usual.callerLostContextNow + 1,
      },
    };
    const isStillSent = usual.edgeVolumeNow >= LEAST_NOW && usual.edgeContextShareNow > 0.5;
    return inContext(subject, saw, isStillSent ? 'nobodys' : 'any');
  },
};

/** By the days on which the caller lost some where it always sent one, and by how seldom it loses any at all. */
function rarityOf(usual: Readonly<Usual>): number {
  const days = rarity(usual.callerLostContextDays, usual.callerSettledDays);
  const share = Math.min(MOST_SELDOM, -Math.log(Math.max(1e-9, 1 - usual.callerContextShare)));
  return Math.min(1, usual.callerSettledDays / KNOWN_DAYS) * (NATS + 0.75 * days + 0.5 * share);
}
