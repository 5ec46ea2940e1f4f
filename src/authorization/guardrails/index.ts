/** Guardrails: rules of the organisation, in Cedar, that forbid. */
export { type ResolvedGroups, resolveGroups } from './groups.ts';
export { CedarJudge } from './judge/index.ts';
export {
  type Callee,
  calleesOf,
  coversPath,
  coversUnknown,
  type KnownEndpoint,
  type ReadGrant,
} from './known/index.ts';
export {
  cedarSchemaJson,
  formatGuardrails,
  type GuardrailReading,
  readGuardrails,
  withId,
} from './language/index.ts';
export { lintGuardrails } from './lints/index.ts';
export { ENTITY_TYPES } from './names.ts';
export {
  cedarSchemaText,
  endpointEntityJson,
  endpointIdOf,
  type GuardedEndpoint,
  serviceEntityJson,
  toGuardedEndpoint,
  unknownEndpointId,
} from './schema/index.ts';
