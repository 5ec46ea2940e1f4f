import type { Detection } from '../detection.ts';
import { inContext } from '../surroundings.ts';
import { UNUSUAL } from '../unusual.ts';

const LEAST_DEVIATIONS = 3;

/** A service calls another out of all proportion: what takes data away does. */
export const volume: Detection = {
  kind: 'volume',
  technique: 'T1119',
  title: 'Calls are out of proportion to what is usual',
  when: UNUSUAL.volume,
  scope: ['from', 'to'],
  look(subject) {
    const { usual, from, to, operation } = subject;
    const deviation = Math.max(usual.edgeVolumeDeviation, usual.endpointEdgeVolumeDeviation);
    if (deviation < LEAST_DEVIATIONS) return undefined;
    const requests = Math.max(usual.edgeVolumeNow, usual.endpointEdgeVolumeNow);
    return inContext(subject, {
      score: Math.min(3, Math.log(deviation)),
      reason: `${from.name} called ${operation} of ${to.name} ${Math.round(requests)} times in this hour, ${deviation.toFixed(0)} deviations over what is usual`,
      evidence: { requests, deviations: deviation },
    });
  },
};
