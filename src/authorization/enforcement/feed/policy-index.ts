import { groupBy } from '../../../base/group-by.ts';
import type { Grant, Policy, PolicyEndpoint, PolicyService } from '../../model/index.ts';

/** Finds the parts of a policy by the services that they are of. */
export class PolicyIndex {
  /** SPIFFE IDs of the services that have any, by their ids. */
  readonly names: ReadonlyMap<string, readonly string[]>;
  readonly #services: ReadonlyMap<string, PolicyService>;
  readonly #ofIdentity: ReadonlyMap<string, readonly { readonly id: string }[]>;
  readonly #endpoints: ReadonlyMap<string, readonly PolicyEndpoint[]>;
  readonly #grants: ReadonlyMap<string, readonly Grant[]>;

  constructor({ services, endpoints, grants }: Policy) {
    const named = services.filter(({ identities }) => identities.length > 0);
    this.names = new Map(named.map(({ id, identities }) => [id, identities]));
    this.#services = new Map(services.map((service) => [service.id, service]));
    const proofs = services.flatMap((service) => {
      return service.identities.map((spiffeId) => ({ spiffeId, id: service.id }));
    });
    this.#ofIdentity = groupBy(proofs, ({ spiffeId }) => spiffeId);
    this.#endpoints = groupBy(endpoints, ({ service }) => service);
    this.#grants = groupBy(grants, ({ to }) => to);
  }

  service(id: string): PolicyService | undefined {
    return this.#services.get(id);
  }

  /** Ids of the services that a SPIFFE ID proves to be. */
  servicesOf(spiffeId: string): readonly string[] {
    return (this.#ofIdentity.get(spiffeId) ?? []).map(({ id }) => id);
  }

  endpointsOf(serviceId: string): readonly PolicyEndpoint[] {
    return this.#endpoints.get(serviceId) ?? [];
  }

  grantsTo(serviceId: string): readonly Grant[] {
    return this.#grants.get(serviceId) ?? [];
  }

  /** These services, and all that have an identity of one of them. */
  sharingWith(serviceIds: Iterable<string>): string[] {
    return [...serviceIds].flatMap((id) => {
      const { identities = [] } = this.#services.get(id) ?? {};
      return [id, ...identities.flatMap((spiffeId) => this.servicesOf(spiffeId))];
    });
  }
}
