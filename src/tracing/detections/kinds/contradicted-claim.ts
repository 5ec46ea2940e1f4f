import type { Detection } from '../detection.ts';
import { UNUSUAL } from '../unusual.ts';
import { WEIGHT } from '../weights.ts';
import { list } from '../words.ts';

/** By whose the identity is: another service's; one's of several; one's that nobody has seen, which may be new. */
function strength(proved: number, isKnown: boolean): number {
  if (proved !== 0) return 7;
  return isKnown ? 4 : 1.5;
}

/** Whoever called says that he is one service, and has proved to be another, whose account the first never used. */
export const contradictedClaim: Detection = {
  kind: 'contradicted-claim',
  technique: 'T1036',
  title: 'A caller claims to be a service that its identity is not of',
  when: UNUSUAL.claim,
  scope: ['claimed', 'principal'],
  look({ usual, hop, from, to, claimed, isPassedOn, principal, operation, sensitivity }) {
    if (!claimed || hop.principal === 0 || hop.claimed === hop.proved) return undefined;
    if (usual.isPrincipalKnownForClaimed || isPassedOn) return undefined;
    const sensitive = sensitivity.length > 0;
    return {
      score:
        strength(hop.proved, usual.isPrincipalKnown) +
        (usual.isProvedCalledByClaimed ? WEIGHT.passedOn : 0),
      reason: `a request for ${operation} of ${to.name} said that ${claimed.name} sent it, with the identity ${principal}${
        hop.proved === 0 ? '' : ` of ${from.name}`
      }, which ${claimed.name} never used${sensitive ? `; ${to.name} holds ${list(sensitivity)}` : ''}`,
      evidence: { claimed: claimed.id, principal, servicesOfIdentity: usual.principalServices },
    };
  },
};
