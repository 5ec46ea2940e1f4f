import type { GuardedCall, PolicyEndpoint, PolicyService } from '../../model/index.ts';
import { CedarSet, Entity, type Unknown, uidOf, type Value } from '../evaluator/index.ts';
import { ENTITY_TYPES } from '../names.ts';
import {
  type Attribute,
  ENDPOINT_ATTRIBUTES,
  guardedEndpointId,
  parentsOfService,
  SERVICE_ATTRIBUTES,
} from '../schema/index.ts';
import type { CallContext } from './context.ts';

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
    const cached = this.#endpoints.get(endpoint);
    if (cached?.callee === callee) return cached.entity;
    const entity = endpointEntity(endpoint, callee, this.service(callee));
    this.#endpoints.set(endpoint, { callee, entity });
    return entity;
  }
}

function serviceEntity(service: PolicyService): Entity {
  const above = new Set(parentsOfService(service).map(({ type, id }) => uidOf(type, id)));
  const attributes = new Attributes(SERVICE_ATTRIBUTES, service);
  return new Entity(ENTITY_TYPES.service, service.id, {
    attribute: (name) => attributes.get(name),
    isBelow: (uid) => above.has(uid),
  });
}

function endpointEntity(endpoint: PolicyEndpoint, callee: PolicyService, service: Entity): Entity {
  const attributes = new Attributes(ENDPOINT_ATTRIBUTES, { ...endpoint, known: true });
  return new Entity(ENTITY_TYPES.endpoint, guardedEndpointId(callee, endpoint), {
    attribute: (name) => (name === 'service' ? service : attributes.get(name)),
    isBelow: (uid) => isOrIsBelow(service, uid),
  });
}

/** Attributes of an endpoint that is not known, and those of the request that they are. */
const OF_REQUEST: ReadonlyMap<string, string> = new Map([
  ['protocol', 'protocol'],
  ['method', 'method'],
  ['template', 'path'],
]);

function unknownEndpoint(callee: PolicyService, service: Entity, context: CallContext): Entity {
  const { owner, criticality, sensitivity } = callee;
  const decided = { owner, criticality, sensitivity, deprecated: false, blocked: false };
  const said = { service: callee.id, protocol: '', method: '', template: '', known: false };
  const attributes = new Attributes(ENDPOINT_ATTRIBUTES, { ...said, ...decided });
  return new Entity(ENTITY_TYPES.endpoint, guardedEndpointId(callee, undefined), {
    attribute(name): Value | Unknown | undefined {
      if (name === 'service') return service;
      const ofRequest = OF_REQUEST.get(name);
      return ofRequest === undefined ? attributes.get(name) : context.attribute(ofRequest);
    },
    isBelow: (uid) => isOrIsBelow(service, uid),
  });
}

function isOrIsBelow(service: Entity, uid: string): boolean {
  return service.uid === uid || service.facts?.isBelow(uid) === true;
}

/** The attributes of one subject, as values. */
class Attributes<Subject> {
  readonly #table: Readonly<Record<string, Attribute<Subject>>>;
  readonly #subject: Subject;
  readonly #sets = new Map<string, CedarSet>();

  constructor(table: Readonly<Record<string, Attribute<Subject>>>, subject: Subject) {
    this.#table = table;
    this.#subject = subject;
  }

  get(name: string): Value | undefined {
    if (!Object.hasOwn(this.#table, name)) return undefined;
    const value = this.#table[name]?.of(this.#subject);
    return typeof value === 'object' ? this.#set(name, value) : value;
  }

  #set(name: string, members: readonly string[]): CedarSet {
    let set = this.#sets.get(name);
    if (set === undefined) {
      set = new CedarSet(members);
      this.#sets.set(name, set);
    }
    return set;
  }
}
