/** Who may call what: what is asked, and two that answer. */
export { allowOnly } from './allow-only.ts';
export type { Authorize, Decision, Question } from './decision.ts';
export { askOpa, type OpaOptions } from './opa/ask-opa.ts';
export { toTemplate, withoutLastSlash } from './route-template.ts';
export { ANYONE, type Table } from './table.ts';
