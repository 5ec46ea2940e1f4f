import { RANK } from '../hop.ts';
import type { PolicyWord } from '../ports.ts';

/** What the surroundings of something unusual add to it, in nats: how much more often they are seen in attacks than in
 *  changes that people make. Few, round, and the same for all detections. */
export const WEIGHT = {
  /** Data that somebody would come for. */
  sensitiveEndpoint: 2.5,
  sensitiveService: 0.25,
  critical: 0.25,
  /** Most changes are rolled out before they are seen, and few attacks follow a rollout. */
  version: -1.5,
  rollout: -1.5,
  calleeDeployed: -0.75,
  /** What is new is called by others for the first time, too. */
  calleeNew: -1.5,
  /** Who takes from a queue reaches nothing that its sender did not put there. */
  message: -2,
  /** Most services of an estate only answer: no change of theirs has them call somebody. */
  onlyAnswers: 1.5,
  /** Rare requests of users look like rare requests. */
  frontDoor: -0.5,
  /** Who has no instrumentation sends on what it was called with, as if its caller had sent it. */
  passedOn: -4,
  /** What is deployed is allowed; what is tried often is not. */
  denied: 0.75,
  failed: 0.25,
  /** Where attackers come in. */
  exposedCaller: 0.5,
  malicious: 4,
} as const;

export const POLICY_WEIGHT: Readonly<Record<PolicyWord, number>> = {
  declared: -4,
  unknown: 0,
  undeclared: 0.75,
  /** Counted by a detection of its own. */
  forbidden: 0.5,
};

/** By the rank of the evidence for who called: names in traces are easily wrong. */
export const RANK_WEIGHT: readonly number[] = Object.assign([0, 0, 0], {
  [RANK.none]: -1,
  [RANK.asserted]: -0.5,
  [RANK.authenticated]: 0,
});

/** Days on which it would have happened before anybody saw it happen: what a few services do, others may do. */
const PRIOR_DAYS = 0.2;

/** How rare it is that something happens on a day, in nats, where it did on some days of many. What is counted by days is
 *  not made usual by doing it often on one. */
export function rarity(days: number, ofDays: number): number {
  return Math.max(0, -Math.log((days + PRIOR_DAYS) / (ofDays + PRIOR_DAYS)));
}
