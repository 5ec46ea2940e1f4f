/** What is asked, what is known, and what is answered. */

export type { CedarPolicy, Guardrail } from './guardrail.ts';
export type {
  DependingVerdict,
  GuardContext,
  GuardedCall,
  GuardrailJudge,
  GuardVerdict,
} from './guardrail-judge.ts';
export type { EnforcementMode, Grant, Policy, PolicyEndpoint, PolicyService } from './policy.ts';
export { type Decision, type Proof, type Question, REASONS, type Reason } from './question.ts';
export type { CalleeRules, CallerRules, OperationRule } from './rules.ts';
