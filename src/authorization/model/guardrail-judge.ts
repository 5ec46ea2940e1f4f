import type { PolicyEndpoint, PolicyService } from './policy.ts';
import type { Proof } from './question.ts';

/** What is asked of guardrails: one caller's service, and one endpoint of a callee. */
export interface GuardedCall {
  readonly caller: PolicyService;
  readonly callee: PolicyService;
  /** The nearest known endpoint; one that only grants know of has what its service has. Undefined: none is known there,
   *  as below a wildcard; then guardrails see one that has what its service has, and method and path of the request. */
  readonly endpoint: PolicyEndpoint | undefined;
}

/** What guardrails see of the request itself, as Cedar's `context`. */
export interface GuardContext {
  readonly proof: Proof;
  readonly protocol: string;
  /** As sent. */
  readonly method: string;
  /** As taken (see the README of authorisation), without a query. */
  readonly path: string;
}

export type GuardVerdict =
  | { readonly kind: 'clear' }
  /** The first by id, where several forbid. */
  | { readonly kind: 'forbids'; readonly id: string; readonly reason: string | undefined }
  /** One that cannot be used, or in which an error came up. A failure outranks a guardrail that forbids. */
  | { readonly kind: 'failed'; readonly id: string; readonly problem: string };

export interface DependingVerdict {
  readonly kind: 'depends';
  readonly ids: readonly string[];
  /** Every request is denied; which guardrail is told depends on the request. */
  readonly denies?: true;
}

/** Cedar's answer about guardrails, without Cedar. */
export interface GuardrailJudge {
  /** The verdict where it is the same for every request that has what is `given`, and else which guardrails look at the
   *  request: these, and only these, decide by `judge`. */
  standing(call: GuardedCall, given?: Partial<GuardContext>): GuardVerdict | DependingVerdict;
  judge(call: GuardedCall, context: GuardContext): GuardVerdict;
}
