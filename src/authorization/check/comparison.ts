import type { GuardrailJudge } from '../model/index.ts';
import type { Coverage } from './covers.ts';
import type { CallGraph } from './graph.ts';
import type { Change, CheckOptions, DeclaredReach, Layer, State, Violation } from './model.ts';
import type { Words } from './words.ts';

/** A state with what its declarations come to. */
export interface Side {
  readonly state: State;
  readonly reach: DeclaredReach;
  readonly graph: CallGraph;
}

/** Two states side by side: what rules judge. */
export interface Comparison {
  readonly base: Side;
  readonly head: Side;
  readonly changes: readonly Change[];
  readonly words: Words;
  /** Of the guardrails of the head. */
  readonly judge: GuardrailJudge;
  readonly coverage: Coverage;
  readonly options: CheckOptions;
}

/** What a rule finds; the severity where it is not the rule's own. */
export type Offence = Omit<Violation, 'rule' | 'severity' | 'waiver'> &
  Partial<Pick<Violation, 'severity'>>;

export interface Rule {
  /** `check/what-is-wrong` */
  readonly id: string;
  readonly severity: Violation['severity'];
  /** The statement, as it should be. */
  readonly title: string;
  /** What to do about an offence. */
  readonly remedy: string;
  /** It judges the difference itself, so nothing of a state alone can be held against it. */
  readonly onlyOfChanges?: true;
  readonly judge: (comparison: Comparison) => readonly Offence[];
}

/** The changes of one layer that add something. */
export function gains<L extends Layer>(
  { changes }: Comparison,
  layer: L,
): Extract<Change, { layer: L }>[] {
  return changes.filter(
    (change): change is Extract<Change, { layer: L }> =>
      change.layer === layer && change.gained.length > 0,
  );
}

/** `POST /charges of payments` for each. */
export function ofCallee(operations: readonly string[], callee: string): string[] {
  return operations.map((operation) => `${operation} of ${callee}`);
}
