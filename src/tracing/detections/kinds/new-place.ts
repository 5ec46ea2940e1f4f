import type { Detection, Saw } from '../detection.ts';
import type { Subject } from '../subject.ts';
import { inContext } from '../surroundings.ts';
import { UNUSUAL } from '../unusual.ts';
import { WEIGHT } from '../weights.ts';
import { ago } from '../words.ts';

/** In nats: that the other was seen there just now, which fades by the minute; what says less is told only if the other is
 *  seen there again. */
const JUST_NOW = 5;
const LEAST = 2.5;

/** An identity is used from where another service is known to run. Addresses are given to others in time: so it says the
 *  more, the longer the other has been there and the shorter ago it was seen. */
export const newPlace: Detection = {
  kind: 'new-place',
  technique: 'T1550',
  title: "An identity is used from another service's address",
  when: UNUSUAL.place,
  scope: ['from', 'principal', 'address'],
  look(subject) {
    const { usual, hop, place, isPassedOn } = subject;
    if (hop.caller === 0 && hop.principal === 0) return undefined;
    if (hop.proved === 0 && isPassedOn) return undefined;
    if (!place || place.number === hop.caller || usual.isAddressShared) return undefined;
    if (usual.isAddressKnownForCaller || usual.isAddressKnownForPrincipal) return undefined;
    const recent = JUST_NOW - Math.log1p(usual.addressOwnerQuietMs / 60_000);
    const settled = Math.min(2, Math.log(1 + usual.addressOwnerSinceMs / 3_600_000) / 2);
    const score = recent + settled + (usual.isAddressOwnerProved ? 1 : 0);
    if (score < LEAST) return undefined;
    const isPassing =
      hop.proved === 0 && hop.intended !== hop.callee && usual.isPlaceCalledByCaller;
    const reason = `${used(subject)}, where ${place.name} runs (seen there ${ago(usual.addressOwnerQuietMs)} before)`;
    const saw = {
      ...{ score: score + (isPassing ? WEIGHT.passedOn : 0), reason },
      evidence: evidenceOf(subject),
      origin: place.number,
    };
    return inContext(subject, saw, 'callers');
  },
};

/** The same of an address where nobody is known to be just now: its score is what the surroundings add to what is shown
 *  later, if it is. */
export function visited(subject: Subject): Saw {
  const saw = { score: 0, reason: used(subject), evidence: evidenceOf(subject) };
  return inContext(subject, saw, 'nobodys');
}

function used({ principal, from, to, operation, address }: Subject): string {
  return `${principal === '' ? from.name : principal} called ${operation} of ${to.name} from ${address}`;
}

function evidenceOf({ address, place, principal }: Subject) {
  return { address, runsThere: place?.id ?? '', principal };
}
