import { OUTCOME } from '../../hop.ts';
import type { Detection } from '../detection.ts';
import { UNUSUAL } from '../unusual.ts';
import { list } from '../words.ts';

/** Policy forbids a call, and yet it was made. Where it is made every day, nobody enforces the policy; that is a finding,
 *  and no attack. */
export const forbiddenCall: Detection = {
  kind: 'forbidden-call',
  technique: 'T1548',
  title: 'A call was made that policy forbids',
  when: UNUSUAL.edge | UNUSUAL.endpoint | UNUSUAL.policy | UNUSUAL.malicious,
  scope: ['from', 'to', 'operation'],
  look({ usual, policy, from, to, hop, operation, sensitivity }) {
    if (policy !== 'forbidden') return undefined;
    const isUsual = usual.isEndpointEdgeUsual || (hop.endpoint === 0 && usual.isEdgeUsual);
    const answered = hop.outcome !== OUTCOME.denied;
    return {
      score: (isUsual ? 0.5 : 3) + (answered ? 1 : 0) + (sensitivity.length > 0 ? 1 : 0),
      reason: `${from.name} called ${operation} of ${to.name}, which policy forbids, ${
        answered ? 'and it was answered' : 'and it was denied'
      }${sensitivity.length > 0 ? `; ${to.name} holds ${list(sensitivity)}` : ''}`,
      evidence: { policy, answered: answered ? 'yes' : 'no', daysOfCall: usual.endpointEdgeDays },
    };
  },
};
