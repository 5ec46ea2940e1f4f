/** Guardrails: rules of the organisation, in Cedar, that forbid. */
export { type ResolvedGroups, resolveGroups } from './groups.ts';
export { CedarJudge } from './judge/index.ts';
export { formatGuardrails, type GuardrailReading, readGuardrails } from './language/index.ts';
export { cedarSchemaText } from './schema/index.ts';
