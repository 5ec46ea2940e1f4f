import { createHash } from 'node:crypto';
import { bytesField, messageField, textField } from '../../../base/protobuf/index.ts';
import type { CalleeRules, PolicyService } from '../../model/index.ts';
import { RBAC_TYPE, toRbacMessage } from '../../targets/envoy-rbac/index.ts';
import type { ServicesOf } from '../ext-authz/index.ts';
import { type FilterUse, filterFor } from './filters.ts';
import { servicesByIdentity } from './services-of.ts';

/** A policy, as far as Envoys are told of it. */
export interface DeliveredPolicy {
  readonly services: readonly PolicyService[];
  /** Ids of the services that rules are known of; undefined: of all. */
  readonly callees?: ReadonlySet<string> | undefined;
  /** The rules of a callee by its id; undefined: nobody may call it. Asked where an Envoy wants to know. */
  rulesOf(service: string): CalleeRules | undefined;
}

/** One `envoy.config.core.v3.TypedExtensionConfig`. */
export interface ExtensionConfig {
  readonly name: string;
  readonly version: string;
  readonly body: Buffer;
}

/** What one Envoy may ask for by name. */
export interface ExtensionConfigs {
  find(name: string): ExtensionConfig | undefined;
  /** What takes the place of one that is not there any more: nobody may do anything. */
  withdrawn(name: string): ExtensionConfig | undefined;
  readonly names: readonly string[];
}

/** The names of what an Envoy may ask for, each for its own service; with `/` and the id of a service, for that one of
 *  several. */
export const RBAC_RESOURCES: Readonly<Record<string, FilterUse>> = {
  'reeve.rbac': 'enforcing',
  'reeve.rbac.marks': 'marking',
};

/** Rules for the Envoys that stand before services, as configurations of Envoy's RBAC filter (ECDS). An Envoy is known by
 *  its SPIFFE IDs alone, and is told of its own services alone. Before there is a policy, and of services whose rules are
 *  not known here, nothing is said, so that an Envoy keeps what it has.
 *  @see envoy/service/extension/v3/config_discovery.proto */
export class RbacDelivery {
  readonly typeUrl = 'type.googleapis.com/envoy.config.core.v3.TypedExtensionConfig';
  readonly what = 'extension configurations';
  readonly service = {
    name: 'envoy.service.extension.v3.ExtensionConfigDiscoveryService',
    stream: 'StreamExtensionConfigs',
    delta: 'DeltaExtensionConfigs',
  } as const;
  readonly #listeners = new Set<() => void>();
  #told: Told | undefined;

  /** Tells every Envoy what has changed for it. */
  update(policy: DeliveredPolicy): void {
    this.#told = new Told(policy);
    for (const listener of this.#listeners) listener();
  }

  resourcesFor(spiffeIds: readonly string[]): ExtensionConfigs {
    return this.#told?.configsOf(spiffeIds) ?? NOTHING_YET;
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

const NOTHING_YET: ExtensionConfigs = {
  find: () => undefined,
  withdrawn: () => undefined,
  names: [],
};

/** One policy, and what was made of it for the Envoys that have asked. */
class Told {
  readonly #policy: DeliveredPolicy;
  readonly #servicesOf: ServicesOf;
  readonly #made = new Map<string, ExtensionConfig>();

  constructor(policy: DeliveredPolicy) {
    this.#policy = policy;
    this.#servicesOf = servicesByIdentity(policy.services);
  }

  configsOf(spiffeIds: readonly string[]): ExtensionConfigs {
    const all = [...new Set(spiffeIds.flatMap((id) => this.#servicesOf(id)))];
    const services = all.filter((id) => this.#policy.callees?.has(id) ?? true);
    if (all.length > 0 && services.length === 0) return NOTHING_YET;
    const named = Object.keys(RBAC_RESOURCES);
    return {
      names: named.flatMap((name) => [name, ...services.map((service) => `${name}/${service}`)]),
      find: (name) => {
        const wish = parseName(name);
        if (!wish) return undefined;
        // one of several that is not said is none: what this Envoy lets in would be let in to all of them
        if (wish.service === undefined) return this.#config(name, wish.use, only(services));
        return services.includes(wish.service)
          ? this.#config(name, wish.use, wish.service)
          : undefined;
      },
      withdrawn: (name) => {
        const wish = parseName(name);
        // not kept: an Envoy may say that it had something by any name
        return wish && configOf(name, wish.use, undefined);
      },
    };
  }

  #config(name: string, use: FilterUse, service: string | undefined): ExtensionConfig {
    const key = `${name}\n${service ?? ''}`;
    const known = this.#made.get(key);
    if (known) return known;
    const rules = service === undefined ? undefined : this.#rulesOf(service);
    const made = configOf(name, use, rules);
    this.#made.set(key, made);
    return made;
  }

  #rulesOf(id: string): CalleeRules | undefined {
    const rules = this.#policy.rulesOf(id);
    if (rules) return rules;
    const service = this.#policy.services.find((one) => one.id === id);
    return service && { service, mode: service.mode, callers: [] };
  }
}

/** @param rules undefined: nobody may do anything */
function configOf(name: string, use: FilterUse, rules: CalleeRules | undefined): ExtensionConfig {
  const message = toRbacMessage(filterFor(use, rules));
  const any = messageField(2, textField(1, RBAC_TYPE), bytesField(2, message));
  const body = Buffer.concat([textField(1, name), any]);
  const version = createHash('sha256').update(body).digest('hex').slice(0, 32);
  return { name, version, body };
}

interface Wish {
  readonly use: FilterUse;
  /** Undefined: the only one. */
  readonly service: string | undefined;
}

function parseName(name: string): Wish | undefined {
  const slash = name.indexOf('/');
  const kind = slash === -1 ? name : name.slice(0, slash);
  if (!Object.hasOwn(RBAC_RESOURCES, kind)) return undefined;
  const use = RBAC_RESOURCES[kind];
  return use && { use, service: slash === -1 ? undefined : name.slice(slash + 1) };
}

function only(services: readonly string[]): string | undefined {
  return services.length === 1 ? services[0] : undefined;
}
