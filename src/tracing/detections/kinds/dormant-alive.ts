import type { Detection } from '../detection.ts';
import { inContext } from '../surroundings.ts';
import { UNUSUAL } from '../unusual.ts';
import { ago } from '../words.ts';

const DAY = 86_400_000;

/** An identity or a service that had been silent for long calls again. */
export const dormantAlive: Detection = {
  kind: 'dormant-alive',
  technique: 'T1078',
  title: 'An identity that was dormant is used again',
  when: UNUSUAL.dormant,
  scope: ['from', 'principal'],
  look(subject) {
    const { usual, from, to, operation, principal, hop } = subject;
    const quiet = hop.principal === 0 ? usual.callerDormantMs : usual.principalDormantMs;
    if (!Number.isFinite(quiet)) return undefined;
    const who = hop.principal === 0 ? from.name : principal;
    return inContext(subject, {
      score: Math.min(4, 1 + Math.log(quiet / DAY / 7)),
      reason: `${who} had not been seen for ${ago(quiet)} when it called ${operation} of ${to.name}`,
      evidence: { principal, quietDays: Math.floor(quiet / DAY) },
    });
  },
};
