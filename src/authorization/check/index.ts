/** What a change newly allows. */
export { type CheckResult, check } from './check.ts';
export type { Rule } from './comparison.ts';
export {
  type Change,
  type CheckOptions,
  DEFAULT_CHECK_OPTIONS,
  EMPTY_STATE,
  LAYERS,
  type Layer,
  type Place,
  type State,
  type Violation,
} from './model.ts';
export { RULES } from './rules/index.ts';
export { findingId } from './waivers.ts';
