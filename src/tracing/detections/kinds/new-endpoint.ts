import type { Detection } from '../detection.ts';
import type { Subject } from '../subject.ts';
import { asNew } from '../surroundings.ts';
import { UNUSUAL } from '../unusual.ts';
import { newness, WEIGHT } from '../weights.ts';
import { count } from '../words.ts';

const NATS = 0.8;
/** More than what the same adds elsewhere: a service that knows another has what it needs of it, and seldom asks for data
 *  that somebody would come for, or for what no specification has where such data is. */
const SENSITIVE = 1.8;
const UNKNOWN = 2.4;

/** A service asks one that it knows for something that it never asked for. Where nobody ever asked for it, that says a
 *  little more. */
export const newEndpoint: Detection = {
  kind: 'new-endpoint',
  technique: 'T1078',
  title: 'A service uses an operation that it never used, of a service that it knows',
  when: UNUSUAL.endpoint | UNUSUAL.malicious,
  scope: ['from', 'to', 'operation'],
  look(subject) {
    const { usual, from, to, hop, operation } = subject;
    if (hop.caller === 0 || hop.endpoint === 0 || !usual.isEdgeKnown) return undefined;
    if (usual.isEndpointEdgeKnown && !usual.isEndpointEdgeMalicious) return undefined;
    const marked = usual.isEndpointEdgeMalicious ? WEIGHT.malicious : 0;
    const callers = usual.endpointCallers;
    const others = callers > 0 ? `, which ${count(callers, 'other')} used` : ', as nobody had';
    return asNew(subject, {
      score: newness(subject, NATS, usual.callerNewEndpointDays) + marked + worthOf(subject),
      reason: `${from.name} called ${operation} of ${to.name} for the first time${others}; it asked for something new on ${count(usual.callerNewEndpointDays, 'day')} of the last ${usual.callerSettledDays}`,
      evidence: {
        daysWithNew: usual.callerNewEndpointDays,
        days: usual.callerSettledDays,
        callersOfOperation: callers,
        daysOfEdge: usual.edgeDays,
        policy: subject.policy,
      },
    });
  },
};

function worthOf({ endpoint, sensitivity }: Subject): number {
  if (sensitivity.length === 0) return 0;
  if (endpoint === undefined) return UNKNOWN;
  return endpoint.sensitivity.length > 0 ? SENSITIVE : 0;
}
