/** The language of guardrails: read, checked and laid out by Cedar's own code, which is loaded when it is needed. */
export { askCedar, loadCedar } from './cedar.ts';
export { formatGuardrails } from './format.ts';
export { annotationsOf } from './policy.ts';
export { type GuardrailReading, readGuardrails } from './read.ts';
export { cedarSchemaJson } from './schema-json.ts';
export { splitPolicies } from './split.ts';
export { stringTokens } from './tokens.ts';
export { withId } from './with-id.ts';
