import type { GuardedCall, PolicyEndpoint, PolicyService } from '../../model/index.ts';
import { CedarSet, Entity, UNKNOWN, type Unknown, uidOf, type Value } from '../evaluator/index.ts';
import { ENTITY_TYPES } from '../names.ts';
import {
  type Attribute,
  ENDPOINT_ATTRIBUTES,
  guardedEndpointId,
  parentsOfService,
  SERVICE_ATTRIBUTES,
  toGuardedEndpoint,
} from '../schema/index.ts';
import { type CallContext, OF_REQUEST } from './context.ts';

/** Entities of services and endpoints, each made once, and kept as long as what it is made of. */
export class EntityCache {
  readonly #services = new WeakMap<PolicyService, Entity>();
  readonly #endpoints = new WeakMap<PolicyEndpoint, { callee: PolicyService; entity: Entity }>();

  service(service: PolicyService): Entity {
    let entity = this.#services.get(service);
    if (entity === undefined) {
      entity = serviceEntity(service);
      this.#services.set(service, entity);
    }
    return entity;
  }

  endpoint(call: GuardedCall, context: CallContext): Entity {
    const { callee, endpoint } = call;
    if (endpoint === undefined) return unknownEndpoint(callee, this.service(callee), context);
    return this.known(endpoint, callee);
  }

  /** One that is known. */
  known(endpoint: PolicyEndpoint, callee: PolicyService): Entity {
    const cached = this.#endpoints.get(endpoint);
    if (cached?.callee === callee) return cached.entity;
    const entity = endpointEntity(endpoint, callee, this.service(callee));
    this.#endpoints.set(endpoint, { callee, entity });
    return entity;
  }
}

function serviceEntity(service: PolicyService): Entity {
  const above = new Set(parentsOfService(service).map(({ type, id }) => uidOf(type, id)));
  return new Entity(ENTITY_TYPES.service, service.id, {
    attributes: attributesOf(SERVICE_ATTRIBUTES, service),
    isBelow: (uid) => above.has(uid),
  });
}

function endpointEntity(endpoint: PolicyEndpoint, callee: PolicyService, service: Entity): Entity {
  const attributes = attributesOf(ENDPOINT_ATTRIBUTES, { ...endpoint, known: true });
  return toEntity(guardedEndpointId(callee, endpoint), attributes, service);
}

/** Of the request, as far as it is known. */
function unknownEndpoint(callee: PolicyService, service: Entity, context: CallContext): Entity {
  const unsaid = { protocol: '', method: '', path: '' };
  const endpoint = toGuardedEndpoint({ callee, endpoint: undefined }, unsaid);
  const attributes = attributesOf(ENDPOINT_ATTRIBUTES, endpoint);
  for (const [name, ofRequest] of OF_REQUEST) {
    attributes.set(name, context.attribute(ofRequest) ?? UNKNOWN);
  }
  return toEntity(guardedEndpointId(callee, undefined), attributes, service);
}

function toEntity(id: string, attributes: Map<string, Value | Unknown>, service: Entity): Entity {
  attributes.set('service', service);
  return new Entity(ENTITY_TYPES.endpoint, id, {
    attributes,
    isBelow: (uid) => service.uid === uid || service.facts?.isBelow(uid) === true,
  });
}

const NO_TEXTS = new CedarSet([]);

function attributesOf<Subject>(
  table: Readonly<Record<string, Attribute<Subject>>>,
  subject: Subject,
): Map<string, Value | Unknown> {
  const attributes = new Map<string, Value | Unknown>();
  for (const name in table) {
    const value = table[name]?.of(subject);
    if (value === undefined) continue;
    attributes.set(name, typeof value === 'object' ? toSet(value) : value);
  }
  return attributes;
}

function toSet(texts: readonly string[]): CedarSet {
  return texts.length === 0 ? NO_TEXTS : new CedarSet(texts);
}
