import { once } from '../../base/once.ts';
import type {
  CalleeRules,
  Decision,
  GuardrailJudge,
  Policy,
  Question,
  Reason,
} from '../model/index.ts';
import { toWireMethod } from '../operations/index.ts';
import { compile } from './compile.ts';
import { Coverage } from './coverage.ts';
import { toDecision } from './decision.ts';
import { Finder } from './finder.ts';
import { type Inspection, Inspector } from './inspection.ts';
import { KnownEndpoints } from './known-endpoints.ts';
import { Ledger, NO_GRANT, UNSURE } from './ledger.ts';
import { NEVER_SURE, NOT_ASKED, SURE } from './ledger-layout.ts';
import { OTHER } from './methods.ts';
import { OperationCache } from './operation-cache.ts';
import { relationOf } from './relations.ts';
import { RequestPath } from './request-path.ts';
import { rivalMarks } from './rivals.ts';
import { Rules } from './rules.ts';
import type { Tables } from './tables.ts';
import { OUTCOMES, Verdicts } from './verdicts.ts';

/** Decides who may call what, by a policy that never changes: another policy is another engine. */
export class Engine {
  readonly #tables: Tables;
  readonly #finder: Finder;
  readonly #coverage: Coverage;
  readonly #verdicts: Verdicts;
  readonly #inspector: Inspector;
  /** Made where somebody asks for them. */
  readonly #rules: () => Rules;
  readonly #path = new RequestPath();
  readonly #ledger: Ledger;

  constructor(policy: Policy, judge: GuardrailJudge) {
    const cache = new OperationCache();
    this.#tables = compile(policy, cache);
    this.#finder = new Finder(this.#tables);
    this.#coverage = new Coverage(this.#tables, this.#finder);
    const endpoints = new KnownEndpoints(this.#tables, cache);
    this.#verdicts = new Verdicts(this.#tables, judge, endpoints);
    this.#ledger = new Ledger(this.#tables);
    this.#rules = once(() => new Rules(this.#tables, judge, endpoints, this.#verdicts));
    this.#inspector = new Inspector(this.#tables, judge, endpoints, this.#verdicts);
  }

  /** The decision with its sentence and its places. */
  decide(question: Question): Decision {
    return toDecision(this.#inspector.inspect(question));
  }

  /** The reason that `decide` gives, and nothing else: what is asked for each request. It makes no objects. */
  reasonFor(question: Question): Reason {
    if (question.caller === undefined || question.proof === undefined) return 'caller-unproved';
    const caller = this.#ledger.callerAt(question.caller);
    if (caller === -1 || question.protocol !== 'http') return this.#reasonByAll(question);
    const relation = this.#ledger.relationAt(caller, question.service);
    if (relation === -1 && !this.#isKnownStranger(question)) return this.#reasonByAll(question);
    const method = this.#tables.methods.numberOf(question.method) ?? OTHER;
    if (method === OTHER && !isWireMethod(question.method)) return 'operation-malformed';
    if (this.#path.take(question.path)) return 'operation-malformed';
    if (relation === -1) return 'call-undeclared';
    const grant = this.#ledger.grantFor(relation, method, this.#path);
    if (grant === NO_GRANT) return 'operation-undeclared';
    if (grant === UNSURE) return this.#reasonByAll(question);
    return OUTCOMES[this.#ledger.standingOf(grant) - SURE] ?? this.#learn(question, grant);
  }

  #isKnownStranger({ service }: Question): boolean {
    return this.#ledger.isComplete && this.#tables.serviceOf.numberOf(service) !== -1;
  }

  #reasonByAll(question: Question): Reason {
    const { principalOf, serviceOf, relations } = this.#tables;
    const principal = principalOf.numberOf(question.caller ?? '');
    if (principal === -1) return 'caller-unknown';
    const callee = serviceOf.numberOf(question.service);
    if (callee === -1) return 'service-unknown';
    if (this.#finder.find(question, callee)) return 'operation-malformed';
    const relation = relationOf(relations, principal, callee);
    if (relation === -1) return 'call-undeclared';
    if (!this.#coverage.isCovered(relation)) return 'operation-undeclared';
    return this.#verdicts.outcomeOf(relation, this.#finder, this.#coverage, question);
  }

  /** Decides by all that is known, and keeps in the ledger what will be the same next time. */
  #learn(question: Question, grant: number): Reason {
    const reason = this.#reasonByAll(question);
    const outcome = (OUTCOMES as readonly Reason[]).indexOf(reason);
    // What is not covered is nearer to something else than to what the grant covers.
    if (outcome === -1 || this.#ledger.standingOf(grant) !== NOT_ASKED) return reason;
    const callee = this.#tables.serviceOf.numberOf(question.service);
    const marks = rivalMarks(this.#tables, callee, this.#finder.spots[0] ?? 0);
    const isSure =
      marks !== undefined &&
      this.#finder.count === 1 &&
      this.#verdicts.isStanding(this.#coverage.entries[0] ?? -1);
    this.#ledger.keep(grant, isSure ? SURE + outcome : NEVER_SURE, marks ?? 0);
    return reason;
  }

  /** Why a question is denied whoever asks it: what was sent is malformed, or the endpoint is blocked. Undefined: it
   *  hangs on who asks, or the service is not known. */
  denialForAll(question: Question): Decision | undefined {
    const inspection = this.#inspector.inspect({ ...question, caller: undefined });
    const reason = reasonForAll(inspection);
    return reason && toDecision({ ...inspection, reason });
  }

  /** The decision with all that it follows from. */
  trace(question: Question): Inspection & { readonly decision: Decision } {
    const inspection = this.#inspector.inspect(question);
    return { ...inspection, decision: toDecision(inspection) };
  }

  /** What the policy comes to, callee by callee: the same as the decisions about every question. */
  rules(): CalleeRules[] {
    return this.#rules().all();
  }

  /** What the policy comes to for one service, by its id; undefined: it is not known. */
  rulesOf(service: string): CalleeRules | undefined {
    return this.#rules().of(this.#tables.serviceOf.numberOf(service));
  }
}

function reasonForAll({ refusal, nearest }: Inspection): Reason | undefined {
  if (refusal) return 'operation-malformed';
  return nearest.some(({ isBlocked }) => isBlocked) ? 'endpoint-blocked' : undefined;
}

const isWireMethod = (sent: string): boolean => typeof toWireMethod(sent) === 'string';
