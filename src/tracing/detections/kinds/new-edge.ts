import type { Detection } from '../detection.ts';
import { asNew } from '../surroundings.ts';
import { UNUSUAL } from '../unusual.ts';
import { newness, WEIGHT } from '../weights.ts';
import { ago, count } from '../words.ts';

const NATS = 1.4;

/** A service calls another for the first time: the less often it calls somebody new, the more that says. */
export const newEdge: Detection = {
  kind: 'new-edge',
  technique: 'T1021',
  title: 'A service calls another that it never called',
  when: UNUSUAL.edge | UNUSUAL.malicious,
  scope: ['from', 'to'],
  look(subject) {
    const { usual, from, to, hop, operation } = subject;
    if (hop.caller === 0 || (usual.isEdgeKnown && !usual.isEdgeMalicious)) return undefined;
    const first = usual.isEdgeMalicious
      ? `${from.name} called ${operation} of ${to.name}, which was called malicious before`
      : `${from.name} called ${operation} of ${to.name} for the first time`;
    return asNew(subject, {
      score:
        newness(subject, NATS, usual.callerNewEdgeDays) +
        (usual.isEdgeMalicious ? WEIGHT.malicious : 0),
      reason: `${first}; in ${ago(usual.callerAgeMs)} it called ${count(usual.callerCallees, 'service')}, and somebody new on ${count(usual.callerNewEdgeDays, 'day')} of the last ${usual.callerSettledDays}`,
      evidence: {
        callees: usual.callerCallees,
        callersOfTarget: usual.calleeCallers,
        daysWithNew: usual.callerNewEdgeDays,
        days: usual.callerSettledDays,
        policy: subject.policy,
      },
    });
  },
};
