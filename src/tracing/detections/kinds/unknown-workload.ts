import type { Detection } from '../detection.ts';
import { inContext } from '../surroundings.ts';
import { UNUSUAL } from '../unusual.ts';
import { ago } from '../words.ts';

const DAY = 86_400_000;
/** Days until most of what is in an estate has been seen: before, any name is a new one. */
const SETTLING_DAYS = 3;

/** Something calls under a name that nobody vouches for. Names that are made to be taken for another's say more. */
export const unknownWorkload: Detection = {
  kind: 'unknown-workload',
  technique: 'T1610',
  title: 'Something calls under a name that nobody vouches for',
  when: UNUSUAL.caller,
  scope: ['from'],
  look(subject) {
    const { usual, hop, from, to, operation, lookalike } = subject;
    if (hop.caller === 0 || from.known?.isVouchedFor === true) return undefined;
    if (from.known?.kind === 'external' || usual.callerDays > 1) return undefined;
    const age = Number.isFinite(usual.callerAgeMs) ? usual.callerAgeMs : 0;
    const saw = {
      score:
        ((lookalike === undefined ? 5 : 6) - Math.min(2, age / DAY)) *
        Math.min(1, usual.watchedMs / DAY / SETTLING_DAYS),
      reason: `${from.name}, which no source vouches for${
        lookalike === undefined ? '' : ` and whose name is much like that of ${lookalike}`
      }, called ${operation} of ${to.name}${age === 0 ? '' : `; it was first seen ${ago(age)} before`}`,
      evidence: { name: from.id, ...(lookalike === undefined ? {} : { like: lookalike }) },
    };
    return inContext(subject, saw, 'callers');
  },
};
