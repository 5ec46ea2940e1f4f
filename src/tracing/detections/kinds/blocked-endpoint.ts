import { OUTCOME } from '../../hop.ts';
import type { Detection } from '../detection.ts';
import { UNUSUAL } from '../unusual.ts';

/** Somebody calls an endpoint that was blocked. */
export const blockedEndpoint: Detection = {
  kind: 'blocked-endpoint',
  technique: 'T1210',
  title: 'An endpoint is called that was blocked',
  when: UNUSUAL.edge | UNUSUAL.endpoint | UNUSUAL.policy | UNUSUAL.entry | UNUSUAL.malicious,
  scope: ['from', 'to', 'operation'],
  look({ usual, endpoint, hop, from, to, operation }) {
    if (endpoint?.isBlocked !== true) return undefined;
    const answered = hop.outcome !== OUTCOME.denied && hop.status !== 404;
    return {
      score: (usual.isEndpointEdgeUsual ? 1 : 3) + (answered ? 2 : 0),
      reason: `${from.id === '*' ? 'somebody outside' : from.name} called ${operation} of ${to.name}, which is blocked${
        answered ? ', and it was answered' : ''
      }`,
      evidence: { answered: answered ? 'yes' : 'no', status: hop.status },
    };
  },
};
