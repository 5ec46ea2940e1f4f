import {
  type CheckOptions,
  check,
  EMPTY_STATE,
  RULES,
  type State,
  type Violation,
} from '../check/index.ts';

/** Rules that judge a state; the others judge nothing but a difference. */
const OF_STATES = new Set(RULES.flatMap(({ id, onlyOfChanges }) => (onlyOfChanges ? [] : [id])));

/** What is wrong with a state by the rules that changes are judged by, as if all of it were new. The worst first. */
export function standingViolations(state: State, options: CheckOptions): readonly Violation[] {
  return check(EMPTY_STATE, state, options).violations.filter(({ rule }) => OF_STATES.has(rule));
}
