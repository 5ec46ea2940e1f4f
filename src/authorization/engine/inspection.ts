import { compareText } from '../../base/diagnostic.ts';
import type {
  Grant,
  GuardContext,
  GuardedCall,
  GuardrailJudge,
  GuardVerdict,
  PolicyEndpoint,
  PolicyService,
  Question,
  Reason,
} from '../model/index.ts';
import type { Refusal } from '../operations/index.ts';
import { Coverage } from './coverage.ts';
import { contextOf, Finder } from './finder.ts';
import type { KnownEndpoints } from './known-endpoints.ts';
import { GET } from './methods.ts';
import { relationOf } from './relations.ts';
import type { Tables } from './tables.ts';
import { NO_SPOT, type Verdicts } from './verdicts.ts';

/** A decision with all that it follows from. */
export interface Inspection {
  readonly question: Question;
  readonly reason: Reason;
  /** Whose identity the caller proved, by id. */
  readonly callers: readonly PolicyService[];
  readonly callee: PolicyService | undefined;
  /** As it is taken: `GET` where a `HEAD` goes by it. Undefined where it is refused, or no callee is known. */
  readonly request: { readonly method: string; readonly path: string } | undefined;
  readonly refusal: Refusal | undefined;
  readonly nearest: readonly NearestOperation[];
  /** All that the caller declares of the callee. */
  readonly declared: readonly Grant[];
  /** Those that cover what is asked; none, where all of them together do not. */
  readonly covering: readonly Grant[];
  /** What guardrails say of what is covered. */
  readonly verdicts: readonly AskedVerdict[];
}

export interface NearestOperation {
  /** `GET /orders/{id}` */
  readonly operation: string;
  readonly endpoints: readonly PolicyEndpoint[];
  readonly isBlocked: boolean;
  /** False: it differs in case, or in what is percent-encoded. */
  readonly isExact: boolean;
  readonly coveredBy: readonly Grant[];
}

export interface AskedVerdict {
  readonly call: GuardedCall;
  readonly verdict: GuardVerdict;
}

/** Answers questions at leisure. */
export class Inspector {
  readonly #tables: Tables;
  readonly #judge: GuardrailJudge;
  readonly #endpoints: KnownEndpoints;
  readonly #verdicts: Verdicts;
  readonly #finder: Finder;
  readonly #coverage: Coverage;

  constructor(
    tables: Tables,
    judge: GuardrailJudge,
    endpoints: KnownEndpoints,
    verdicts: Verdicts,
  ) {
    this.#tables = tables;
    this.#judge = judge;
    this.#endpoints = endpoints;
    this.#verdicts = verdicts;
    this.#finder = new Finder(tables);
    this.#coverage = new Coverage(tables, this.#finder);
  }

  inspect(question: Question): Inspection {
    const { services, serviceOf, principals, principalOf, relations } = this.#tables;
    const isProved = question.caller !== undefined && question.proof !== undefined;
    const principal = isProved ? principalOf.numberOf(question.caller ?? '') : -1;
    const number = serviceOf.numberOf(question.service);
    const callee = services[number];
    const refusal = callee && this.#finder.find(question, number);
    const isFound = callee !== undefined && refusal === undefined;
    const relation = principal === -1 || !callee ? -1 : relationOf(relations, principal, number);
    const method = this.#methodOf(question);
    const nearest = isFound ? this.#nearest(relation, callee, method) : [];
    const isCovered = isFound && relation !== -1 && this.#coverage.isCovered(relation);
    const found = {
      question,
      callers: (principals[principal]?.services ?? []).flatMap((one) => services[one] ?? []),
      callee,
      request: isFound ? { method, path: this.#finder.path } : undefined,
      refusal,
      nearest,
      declared: this.#grantsOf(relation),
      covering: isCovered ? this.#covering(relation, nearest) : [],
      verdicts: isCovered ? this.#ask(relation, contextOf(question, this.#finder)) : [],
    };
    return { ...found, reason: reasonOf(found, isProved, isCovered, relation !== -1) };
  }

  #methodOf({ protocol, method }: Question): string {
    const isByGet = protocol === 'http' && method === 'HEAD' && this.#finder.method === GET;
    return isByGet ? 'GET' : method;
  }

  #nearest(relation: number, callee: PolicyService, method: string): NearestOperation[] {
    const finder = this.#finder;
    return Array.from({ length: finder.count }, (_, at) => {
      const spot = finder.spots[at] ?? 0;
      const path = finder.paths[at] ?? -1;
      const key = this.#tables.callees.spots.keys[spot];
      return {
        operation: this.#endpoints.textOf(spot, method),
        endpoints: this.#endpoints.at(spot, callee),
        isBlocked: this.#endpoints.isBlocked(spot),
        isExact: finder.isExact(at),
        coveredBy: this.#grantsOf(relation, (grant, own) =>
          own === -1
            ? this.#coverage.coversKnown(this.#tables.grants.operations[grant], path)
            : own === key,
        ),
      };
    });
  }

  #covering(relation: number, nearest: readonly NearestOperation[]): readonly Grant[] {
    if (nearest.length > 0) return [...new Set(nearest.flatMap(({ coveredBy }) => coveredBy))];
    return this.#grantsOf(relation, (grant) =>
      this.#coverage.coversUnknown(this.#tables.grants.operations[grant], this.#finder.protocol),
    );
  }

  /** Grants of a relation, by number and by key, which is -1 of wide ones. */
  #grantsOf(relation: number, isWanted = (_grant: number, _key: number) => true): Grant[] {
    const { relations, grants } = this.#tables;
    const first = relations.firstGrant[relation] ?? 0;
    const end = relation === -1 ? 0 : (relations.firstGrant[relation + 1] ?? 0);
    const found: Grant[] = [];
    for (let at = first; at < end; at++) {
      const number = relations.grants[at] ?? 0;
      const grant = grants.all[number];
      if (grant && isWanted(number, relations.keys[at] ?? -1)) found.push(grant);
    }
    return found;
  }

  #ask(relation: number, context: GuardContext): AskedVerdict[] {
    const { count, spots } = this.#finder;
    const asked = count === 0 ? [NO_SPOT] : [...spots.subarray(0, count)];
    return asked
      .flatMap((spot) => this.#verdicts.callsOf(relation, spot))
      .map((call) => {
        const standing = this.#judge.standing(call);
        const isFixed = standing.kind !== 'depends';
        return { call, verdict: isFixed ? standing : this.#judge.judge(call, context) };
      });
  }
}

function reasonOf(
  { callers, callee, refusal, nearest, verdicts }: Omit<Inspection, 'reason'>,
  isProved: boolean,
  isCovered: boolean,
  hasRelation: boolean,
): Reason {
  if (!isProved) return 'caller-unproved';
  if (callers.length === 0) return 'caller-unknown';
  if (!callee) return 'service-unknown';
  if (refusal) return 'operation-malformed';
  if (!hasRelation) return 'call-undeclared';
  if (!isCovered) return 'operation-undeclared';
  if (nearest.some(({ isBlocked }) => isBlocked)) return 'endpoint-blocked';
  const denial = worstDenial(verdicts);
  if (!denial) return 'declared';
  return denial.verdict.kind === 'failed' ? 'guardrail-failed' : 'guardrail-forbids';
}

type DenyingVerdict = Exclude<GuardVerdict, { kind: 'clear' }>;

/** What guardrails deny for: what failed before what forbids, then by id, then by caller. */
export function worstDenial(
  verdicts: readonly AskedVerdict[],
): { readonly call: GuardedCall; readonly verdict: DenyingVerdict } | undefined {
  const denials = verdicts.flatMap(({ call, verdict }) =>
    verdict.kind === 'clear' ? [] : [{ call, verdict }],
  );
  return denials.toSorted(
    (a, b) =>
      compareText(a.verdict.kind, b.verdict.kind) ||
      compareText(a.verdict.id, b.verdict.id) ||
      compareText(a.call.caller.id, b.call.caller.id) ||
      compareText(problemOf(a.verdict), problemOf(b.verdict)),
  )[0];
}

const problemOf = (verdict: DenyingVerdict): string =>
  (verdict.kind === 'failed' ? verdict.problem : verdict.reason) ?? '';

/** What is called, as known. Of several, what matches exactly comes first. */
export function operationOf({ nearest }: Pick<Inspection, 'nearest'>): string | undefined {
  const exact = nearest.filter(({ isExact }) => isExact);
  const texts = (exact.length > 0 ? exact : nearest).map(({ operation }) => operation);
  return texts.sort(compareText)[0];
}
