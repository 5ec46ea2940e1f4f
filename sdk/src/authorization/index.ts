/** Who may call what: what is asked, and three that answer. */
export { allowOnly } from './allow-only.ts';
export type { Authorize, Decision, Question } from './decision.ts';
export { askOpa, type OpaOptions } from './opa/ask-opa.ts';
export {
  type KnownPolicy,
  PolicySource,
  type PolicySourceOptions,
} from './reeve/policy-source.ts';
export {
  type Decided,
  type ReevePolicy,
  type ReevePolicyOptions,
  reevePolicy,
  type UndecidedReason,
} from './reeve/reeve-policy.ts';
export { toTemplate, withoutLastSlash } from './route-template.ts';
export { ANYONE, type Table } from './table.ts';
