/** An error of Cedar while a policy is evaluated: the policy has no result. */
export class EvaluationError extends Error {}

/** A policy that cannot be evaluated at all, with the reason as a sentence. */
export class UnusablePolicy extends Error {}
