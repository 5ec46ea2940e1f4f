import { compareText } from '../../base/diagnostic.ts';
import { groupBy } from '../../base/group-by.ts';
import type { CalleeRules, CallerRules, GuardrailJudge, OperationRule } from '../model/index.ts';
import type { KnownEndpoints } from './known-endpoints.ts';
import { Neighbours } from './neighbours.ts';
import { toHttpRules } from './rules-of-http.ts';
import { toNamedRules } from './rules-of-named.ts';
import { RelationStanding } from './standing.ts';
import type { Tables } from './tables.ts';
import type { Verdicts } from './verdicts.ts';

/** What a policy comes to, callee by callee, in the order of their ids; callees that let nobody in are among them. */
export function toRules(
  tables: Tables,
  judge: GuardrailJudge,
  endpoints: KnownEndpoints,
  verdicts: Verdicts,
): CalleeRules[] {
  const neighbours = new Neighbours(tables);
  const relationsOf = groupBy(
    tables.relations.callees.keys(),
    (relation) => tables.relations.callees[relation],
  );
  return tables.services.map((service, number) => ({
    service,
    mode: service.mode,
    callers: (relationsOf.get(number) ?? [])
      .map((relation) =>
        toCallerRules(
          tables,
          neighbours,
          relation,
          new RelationStanding(tables, judge, endpoints, verdicts, relation),
        ),
      )
      .filter(({ allowed }) => allowed.length > 0)
      .sort((a, b) => compareText(a.identities[0] ?? '', b.identities[0] ?? '')),
  }));
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
