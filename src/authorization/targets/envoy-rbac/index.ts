/** Envoy's RBAC filter as a target. */
export { compileEnvoyRbac } from './compile.ts';
export { type CompiledRules, rbacOf, type Unsayable } from './policies.ts';
export { NOTHING, RBAC_FILTER, RBAC_TYPE, type Rbac, type RbacFilter } from './rbac.ts';
export { toRbacMessage } from './wire.ts';
