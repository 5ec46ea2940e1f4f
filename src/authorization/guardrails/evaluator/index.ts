/** Cedar's semantics, without Cedar: policies in its JSON format, evaluated on one request. */
export { BARE, Entity, type EntityFacts, uidOf } from './entity.ts';
export { EvaluationError, UnusablePolicy } from './fault.ts';
export { type CompiledPolicy, compilePolicy, type Scope } from './policy.ts';
export { CedarRecord, CedarSet, UNKNOWN, type Unknown, type Value } from './value.ts';
export type { Context, World } from './world.ts';
