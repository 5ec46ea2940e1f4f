import type { Diagnostic } from '../../../base/diagnostic.ts';
import { quote } from '../../../base/fault.ts';
import type { NearestOf } from '../../../base/nearest.ts';
import type { Guardrail, Policy } from '../../model/index.ts';
import { calleesOf } from '../known/index.ts';
import { stringTokens } from '../language/index.ts';
import { ENTITY_TYPES, entitiesIn, namespaceId } from '../names.ts';
import { endpointIdOf, unknownEndpointId } from '../schema/index.ts';
import { placeIn } from './place.ts';

/** Ids by types of entities. */
export type KnownNames = ReadonlyMap<string, ReadonlySet<string>>;

/** What guardrails can name: what there is in a policy, and groups that have nobody in them. */
export function knownNames(policy: Policy, groups: Iterable<string>): KnownNames {
  const { services } = policy;
  const callees = calleesOf(policy);
  const endpoints = callees.flatMap(({ service, endpoints: known }) => [
    unknownEndpointId(service),
    ...known.map(({ endpoint }) => endpointIdOf(endpoint)),
  ]);
  return new Map([
    [ENTITY_TYPES.service, new Set(services.map(({ id }) => id))],
    [ENTITY_TYPES.team, new Set(services.flatMap(({ owner }) => owner ?? []))],
    [ENTITY_TYPES.environment, new Set(services.map(({ environment }) => environment))],
    [
      ENTITY_TYPES.namespace,
      new Set(services.map(({ environment, namespace }) => namespaceId(environment, namespace))),
    ],
    [ENTITY_TYPES.group, new Set([...services.flatMap((service) => service.groups), ...groups])],
    [ENTITY_TYPES.endpoint, new Set(endpoints)],
  ]);
}

/** Names in a guardrail that nothing has. */
export function unknownNames(
  guardrail: Guardrail,
  known: KnownNames,
  nearestOf: NearestOf,
): Diagnostic[] {
  const reported = new Set<string>();
  return [...entitiesIn(guardrail.json)].flatMap(({ type, id }) => {
    const names = known.get(type);
    if (names === undefined || names.has(id) || reported.has(`${type} ${id}`)) return [];
    reported.add(`${type} ${id}`);
    const nearest = nearestOf(id, names);
    const what = type.split('::').at(-1)?.toLowerCase();
    return [
      {
        severity: 'warning',
        code: 'guardrail/name-not-found',
        message: `There is no ${what} ${quote(id)}`,
        ...(nearest !== undefined && { hint: `did you mean ${quote(nearest)}?` }),
        ...placeIn(guardrail, offsetOf(guardrail.text, id)),
      },
    ];
  });
}

function offsetOf(text: string, id: string): number {
  for (const { value, start } of stringTokens(text)) if (value === id) return start;
  return 0;
}
