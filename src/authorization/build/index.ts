/** A policy, made of what the estate knows. */
export { type PolicyParts, policyOf } from './policy-of.ts';
