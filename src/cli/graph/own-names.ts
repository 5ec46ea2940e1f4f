import { serviceId } from '../../estate/index.ts';
import type { SpanOperation, SpanParty } from '../../estate/spans/index.ts';
import { ToldEstate } from '../../server/tracing/estate-view.ts';
import { EstateResolver } from '../../server/tracing/resolver.ts';
import { PartyNames } from '../../sources/attribution/index.ts';
import type { Resolver, TracedOperation } from '../../tracing/index.ts';

const ENVIRONMENT = 'default';
const NAMESPACE = 'default';
/** An account of Kubernetes, as a SPIFFE ID has it or as it stands. */
const ACCOUNT = /^(spiffe:\/\/[^/]{1,255}\/)?ns\/[^/]{1,253}\/sa\//;
type ByName = Extract<SpanParty, { by: 'name' }>;

/** Services by the names that they give themselves, where nobody has declared any: `orders`, and with namespace and
 *  environment only where they say them. Hosts and identities are those of services that are named so. */
export class OwnNames implements Resolver {
  readonly #names: PartyNames;
  /** What services call themselves, by id. */
  readonly #spoken = new Map<string, string>();
  readonly #templates = new EstateResolver(new ToldEstate(), ENVIRONMENT);

  /** @param parties everybody that speaks or is spoken of */
  constructor(parties: readonly SpanParty[]) {
    const named = parties.filter((party): party is ByName => party.by === 'name');
    const placed = new Set(named.filter(isPlaced).map(({ name }) => name.toLowerCase()));
    const known = named.filter((party) => isPlaced(party) || !placed.has(party.name.toLowerCase()));
    for (const party of known) this.#spoken.set(idOf(party), spokenName(party));
    this.#names = new PartyNames(
      known.map((party) => ({
        id: idOf(party),
        environment: party.environment ?? ENVIRONMENT,
        namespace: party.namespace ?? NAMESPACE,
        name: party.name,
        ...{ isAnywhere: false, aliases: [], images: [], identities: [] },
      })),
      ENVIRONMENT,
    );
  }

  service(party: SpanParty): string {
    const id = this.#names.idOf(party);
    return this.#spoken.get(id) ?? (party.by === 'name' ? spokenName(party) : id);
  }

  servicesOf(principal: string): readonly string[] {
    const id = this.#names.ofIdentity(principal);
    if (id !== undefined) return [this.#spoken.get(id) ?? id];
    // who names no namespace may be in any
    const anywhere = this.#names.ofIdentity(principal.replace(ACCOUNT, `$1ns/${NAMESPACE}/sa/`));
    const spoken = anywhere && this.#spoken.get(anywhere);
    return spoken === undefined || spoken.includes('/') ? [] : [spoken];
  }

  endpoint(service: string, operation: SpanOperation): TracedOperation {
    return this.#templates.endpoint(service, operation);
  }
}

function isPlaced({ environment, namespace }: ByName): boolean {
  return environment !== undefined || namespace !== undefined;
}

function idOf({ environment = ENVIRONMENT, namespace = NAMESPACE, name }: ByName): string {
  return serviceId(environment, namespace, name);
}

function spokenName({ environment, namespace, name }: ByName): string {
  if (environment !== undefined) return `${environment}/${namespace ?? NAMESPACE}/${name}`;
  return namespace === undefined ? name : `${namespace}/${name}`;
}
