import { compareText } from '../../base/diagnostic.ts';
import { groupBy } from '../../base/group-by.ts';
import type {
  CalleeRules,
  CallerRules,
  GuardrailJudge,
  OperationRule,
  PolicyService,
} from '../model/index.ts';
import type { KnownEndpoints } from './known-endpoints.ts';
import { Neighbours } from './neighbours.ts';
import { toHttpRules } from './rules-of-http.ts';
import { toNamedRules } from './rules-of-named.ts';
import { RelationStanding } from './standing.ts';
import type { Tables } from './tables.ts';
import type { Verdicts } from './verdicts.ts';

/** What a policy comes to, callee by callee. */
export class Rules {
  readonly #tables: Tables;
  readonly #standingOf: (relation: number) => RelationStanding;
  readonly #neighbours: Neighbours;
  /** Of each callee that has any. */
  readonly #relations: ReadonlyMap<number | undefined, readonly number[]>;

  constructor(
    tables: Tables,
    judge: GuardrailJudge,
    endpoints: KnownEndpoints,
    verdicts: Verdicts,
  ) {
    this.#tables = tables;
    this.#neighbours = new Neighbours(tables);
    this.#standingOf = (relation) =>
      new RelationStanding(tables, judge, endpoints, verdicts, relation);
    const { callees } = tables.relations;
    this.#relations = groupBy(callees.keys(), (relation) => callees[relation]);
  }

  /** In the order of their ids; callees that let nobody in are among them. */
  all(): CalleeRules[] {
    return this.#tables.services.map((service, number) => this.#of(service, number));
  }

  /** Of the service with that number; undefined: there is none. */
  of(number: number): CalleeRules | undefined {
    const service = this.#tables.services[number];
    return service && this.#of(service, number);
  }

  #of(service: PolicyService, number: number): CalleeRules {
    return {
      service,
      mode: service.mode,
      callers: (this.#relations.get(number) ?? [])
        .map((relation) =>
          toCallerRules(this.#tables, this.#neighbours, relation, this.#standingOf(relation)),
        )
        .filter(({ allowed }) => allowed.length > 0)
        .sort((a, b) => compareText(a.identities[0] ?? '', b.identities[0] ?? '')),
    };
  }
}

function toCallerRules(
  { relations, principals, services }: Tables,
  neighbours: Neighbours,
  relation: number,
  standing: RelationStanding,
): CallerRules {
  const principal = principals[relations.principals[relation] ?? 0];
  return {
    identities: principal?.identities ?? [],
    services: (principal?.services ?? []).flatMap((number) => services[number] ?? []),
    allowed: [...toHttpRules(standing, neighbours), ...toNamedRules(standing)].sort(byText),
  };
}

function byText(a: OperationRule, b: OperationRule): number {
  return (
    compareText(a.protocol, b.protocol) ||
    compareText(a.path, b.path) ||
    compareText(a.method, b.method) ||
    compareText(a.also.join(), b.also.join())
  );
}
