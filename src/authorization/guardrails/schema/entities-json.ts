import type { PolicyService } from '../../model/index.ts';
import { ENTITY_TYPES } from '../names.ts';
import {
  type Attribute,
  ENDPOINT_ATTRIBUTES,
  type GuardedEndpoint,
  SERVICE_ATTRIBUTES,
} from './attributes.ts';
import { type EntityName, parentsOfService } from './parents.ts';

/** An entity in Cedar's JSON format.
 *  @see https://docs.cedarpolicy.com/auth/entities-syntax.html */
export interface EntityJson {
  readonly uid: EntityName;
  readonly attrs: Readonly<Record<string, AttributeJson>>;
  readonly parents: readonly EntityName[];
}

type AttributeJson = string | boolean | readonly string[] | { readonly __entity: EntityName };

export function serviceEntityJson(service: PolicyService): EntityJson {
  return {
    uid: { type: ENTITY_TYPES.service, id: service.id },
    attrs: attributesOf(SERVICE_ATTRIBUTES, service),
    parents: parentsOfService(service),
  };
}

export function endpointEntityJson(id: string, endpoint: GuardedEndpoint): EntityJson {
  const service = { type: ENTITY_TYPES.service, id: endpoint.service };
  return {
    uid: { type: ENTITY_TYPES.endpoint, id },
    attrs: { service: { __entity: service }, ...attributesOf(ENDPOINT_ATTRIBUTES, endpoint) },
    parents: [service],
  };
}

function attributesOf<Subject>(
  table: Readonly<Record<string, Attribute<Subject>>>,
  subject: Subject,
): Record<string, AttributeJson> {
  const said = Object.entries(table).map(([name, { of }]) => [name, of(subject)] as const);
  return Object.fromEntries(said.filter((one) => one[1] !== undefined)) as Record<
    string,
    AttributeJson
  >;
}
