import { REASONS, type Reason } from '../../model/index.ts';

/** Why a question of a proxy is denied before anything can be decided. */
export const CHECK_PROBLEMS = [
  /** It is no CheckRequest. */
  'check-malformed',
  /** It is about no HTTP request. */
  'check-not-http',
  /** More headers that no caller may send than are taken away. */
  'headers-reserved',
  /** Nothing says which service is called. */
  'callee-unsaid',
  /** Several services have the identity of the proxy, and nothing says which is called. */
  'callee-ambiguous',
  /** The proxy asks for another service than it is. */
  'callee-contradicted',
  /** A defect: what decides has thrown. */
  'decision-failed',
] as const;
export type CheckProblem = (typeof CHECK_PROBLEMS)[number];

/** All that a proxy is told as a reason, for metrics: a closed table. */
export const CHECK_REASONS = [...REASONS, ...CHECK_PROBLEMS] as const;
export type CheckReason = Reason | CheckProblem;

/** What becomes of a request. `shadowed`: it is denied by the policy, and let through because the service only logs. */
export const CHECK_OUTCOMES = ['allowed', 'denied', 'shadowed'] as const;
export type CheckOutcome = (typeof CHECK_OUTCOMES)[number];
