import type { Decision, GuardrailJudge, Policy, Question, Reason } from '../model/index.ts';
import { compile } from './compile.ts';
import { Coverage } from './coverage.ts';
import { toDecision } from './decision.ts';
import { Finder } from './finder.ts';
import { type Inspection, Inspector } from './inspection.ts';
import { KnownEndpoints } from './known-endpoints.ts';
import { OperationCache } from './operation-cache.ts';
import { relationOf } from './relations.ts';
import type { Tables } from './tables.ts';
import { Verdicts } from './verdicts.ts';

/** Decides who may call what, by a policy that never changes: another policy is another engine. */
export class Engine {
  readonly #tables: Tables;
  readonly #finder: Finder;
  readonly #coverage: Coverage;
  readonly #verdicts: Verdicts;
  readonly #inspector: Inspector;

  constructor(policy: Policy, judge: GuardrailJudge) {
    this.#tables = compile(policy);
    this.#finder = new Finder(this.#tables);
    this.#coverage = new Coverage(this.#tables, this.#finder);
    const endpoints = new KnownEndpoints(this.#tables, new OperationCache());
    this.#verdicts = new Verdicts(this.#tables, judge, endpoints);
    this.#inspector = new Inspector(this.#tables, judge, endpoints, this.#verdicts);
  }

  /** The decision with its sentence and its places. */
  decide(question: Question): Decision {
    return toDecision(this.#inspector.inspect(question));
  }

  /** The reason that `decide` gives, and nothing else: what is asked for each request. It makes no objects. */
  reasonFor(question: Question): Reason {
    if (question.caller === undefined || question.proof === undefined) return 'caller-unproved';
    const { principalOf, serviceOf, relations } = this.#tables;
    const principal = principalOf.get(question.caller);
    if (principal === undefined) return 'caller-unknown';
    const callee = serviceOf.get(question.service);
    if (callee === undefined) return 'service-unknown';
    if (this.#finder.find(question, callee)) return 'operation-malformed';
    const relation = relationOf(relations, principal, callee);
    if (relation === -1) return 'call-undeclared';
    if (!this.#coverage.isCovered(relation)) return 'operation-undeclared';
    return this.#verdicts.outcomeOf(relation, this.#finder, this.#coverage, question);
  }

  /** The decision with all that it follows from. */
  trace(question: Question): Inspection & { readonly decision: Decision } {
    const inspection = this.#inspector.inspect(question);
    return { ...inspection, decision: toDecision(inspection) };
  }
}
