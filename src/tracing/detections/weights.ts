import { RANK } from '../hop.ts';
import type { PolicyWord } from '../ports.ts';
import type { Subject } from './subject.ts';

/** What the surroundings of something unusual add to it, in nats: how much more often they are seen in attacks than in
 *  changes that people make. Few, round, and the same for all detections. They are a logistic regression's over what is
 *  new in generated estates (`bench/tracing-weights.ts`). */
export const WEIGHT = {
  /** Data that somebody would come for; and what no specification has, of a service that holds such data. */
  sensitiveEndpoint: 2.25,
  sensitiveUnknown: 1,
  /** Most changes are rolled out before they are seen, and few attacks follow a rollout: in the first hours, and the first
   *  day. */
  justDeployed: -1.75,
  deployed: -0.5,
  calleeDeployed: -1,
  /** What is new is called by others for the first time, too. */
  calleeNew: -2.25,
  /** Who takes from a queue reaches nothing that its sender did not put there. */
  message: -4,
  /** Most services of an estate only answer: no change of theirs has them call somebody. */
  onlyAnswers: 3.25,
  /** Who has no instrumentation sends on what it was called with, as if its caller had sent it. */
  passedOn: -4,
  /** What is deployed is allowed, and so what is new is; what is tried often is not. */
  newDenied: 3,
  denied: 0.75,
  failed: 0.25,
  /** Where attackers come in. */
  exposedCaller: 0.75,
  malicious: 4,
} as const;

export const POLICY_WEIGHT: Readonly<Record<PolicyWord, number>> = {
  declared: -4,
  unknown: 0,
  undeclared: 1.75,
  /** Counted by a detection of its own. */
  forbidden: 1,
};

/** By the rank of the evidence for who called: names in traces are easily wrong. */
export const RANK_WEIGHT: readonly number[] = Object.assign([0, 0, 0], {
  [RANK.none]: -1,
  [RANK.asserted]: -0.25,
  [RANK.authenticated]: 0,
});

/** Days after which it is known what a caller does, and what each nat of rarity says of something new beside all else that is
 *  known of it. */
const KNOWN_DAYS = 4;
const FOR_A_NAT = 0.3;

/** How much it says that something is new, in nats. Where nobody declares what he calls, how rare it is is all that there
 *  is to go by.
 *  @param base once the caller is known */
export function newness({ isDeclared, usual }: Subject, base: number, days: number): number {
  const rare = rarity(days, usual.callerSettledDays);
  if (!isDeclared) return rare;
  return base * Math.min(1, usual.callerSettledDays / KNOWN_DAYS) + FOR_A_NAT * rare;
}

/** Days on which it would have happened before anybody saw it happen: what a few services do, others may do. */
const PRIOR_DAYS = 0.2;

/** How rare it is that something happens on a day, in nats, where it did on some days of many. What is counted by days is
 *  not made usual by doing it often on one. */
export function rarity(days: number, ofDays: number): number {
  return Math.max(0, -Math.log((days + PRIOR_DAYS) / (ofDays + PRIOR_DAYS)));
}
