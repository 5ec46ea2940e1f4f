import type { PolicyService } from '../../model/index.ts';
import { ENTITY_TYPES, namespaceId } from '../names.ts';

export interface EntityName {
  readonly type: string;
  readonly id: string;
}

/** What a service is in: its namespace, its environment, its team and its groups. */
export function parentsOfService(service: PolicyService): EntityName[] {
  const { environment, namespace, owner, groups } = service;
  return [
    { type: ENTITY_TYPES.environment, id: environment },
    { type: ENTITY_TYPES.namespace, id: namespaceId(environment, namespace) },
    ...(owner === undefined ? [] : [{ type: ENTITY_TYPES.team, id: owner }]),
    ...groups.map((id) => ({ type: ENTITY_TYPES.group, id })),
  ];
}
