export type { Caller } from './admission.ts';
export { DynamicConfig } from './config.ts';
export { DynamicCredentials, type DynamicParts, type LeasesOf } from './dynamic.ts';
export type { Engine, EngineContext, NewUser } from './engine.ts';
export { ENGINE_KINDS, engineOf } from './engines/index.ts';
export { LEASE_STATES, Lease, Role, RoleSettings } from './model.ts';
export { LEASE_PROBLEMS, type LeaseProblem, type LeaseProblemId } from './problems.ts';
export type { GivenRole } from './roles.ts';
