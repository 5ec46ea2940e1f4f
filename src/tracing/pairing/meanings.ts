import { partyKey } from '../../estate/sighting/index.ts';
import type { SpanParty } from '../../estate/spans/index.ts';
import type { TracingNames } from '../names.ts';
import type { Resolver } from '../ports.ts';
import { KnownEndpoints } from './known-endpoints.ts';
import { KnownOperations } from './known-operations.ts';
import type { PairingLimits } from './limits.ts';

/** What names in rows mean, as numbers, remembered over batches: the resolver is asked once for each. */
export class Meanings {
  readonly operations: KnownOperations;
  readonly #names: TracingNames;
  readonly #resolver: Resolver;
  readonly #maxParties: number;
  readonly #services = new Map<string, number>();
  /** By the number of the principal; -1: not asked for. */
  #principals = new Int32Array(64).fill(-1);
  /** Those that are of several services, by the number of the principal. */
  readonly #shared = new Map<number, readonly number[]>();
  readonly #endpoints = new KnownEndpoints();

  constructor(names: TracingNames, resolver: Resolver, limits: PairingLimits) {
    this.#names = names;
    this.#resolver = resolver;
    this.#maxParties = limits.maxParties;
    this.operations = new KnownOperations(limits.maxOperations);
  }

  /** Number of the service that a party is; 0 where there are too many. */
  service(party: SpanParty): number {
    const key = partyKey(party);
    const known = this.#services.get(key);
    if (known !== undefined) return known;
    if (this.#services.size >= this.#maxParties) this.#services.clear();
    const number = this.#names.service(this.#resolver.service(party));
    this.#services.set(key, number);
    return number;
  }

  /** Number of the only service that goes by a proved identity; 0: none or several do. */
  proved(principal: number): number {
    const known = this.#principals[principal] ?? -1;
    return known === -1 ? this.#askPrincipal(principal) : known;
  }

  /** Whether a service goes by a proved identity, alone or with others. */
  mayBe(principal: number, service: number): boolean {
    const proved = this.proved(principal);
    if (proved !== 0) return proved === service;
    return this.#shared.get(principal)?.includes(service) ?? false;
  }

  /** Number of the endpoint of a service that an operation is of; 0: not known. */
  endpoint(service: number, operation: number): number {
    if (operation === 0 || service === 0) return 0;
    const known = this.#endpoints.find(service, operation);
    if (known >= 0) return known;
    const endpoint = this.#askEndpoint(service, operation);
    this.#endpoints.add(service, operation, endpoint);
    return endpoint;
  }

  /** Asks for everything anew: the estate has changed. */
  forget(): void {
    this.#services.clear();
    this.#shared.clear();
    this.#principals.fill(-1);
    this.#endpoints.forget();
  }

  #askEndpoint(service: number, number: number): number {
    const operation = this.operations.operation(number);
    if (operation === undefined) return 0;
    const id = this.#names.services.text(service);
    const { protocol, method, template } = this.#resolver.endpoint(id, operation);
    return this.#names.endpoint(service, protocol, method, template);
  }

  #askPrincipal(principal: number): number {
    if (principal === 0) return 0;
    const ids = this.#resolver.servicesOf(this.#names.principals.text(principal));
    const numbers = ids.map((id) => this.#names.service(id)).filter((one) => one !== 0);
    const proved = numbers.length === 1 ? (numbers[0] ?? 0) : 0;
    if (numbers.length > 1) this.#shared.set(principal, numbers);
    if (principal >= this.#principals.length) {
      const before = this.#principals;
      this.#principals = new Int32Array(Math.max(before.length * 2, principal + 1)).fill(-1);
      this.#principals.set(before);
    }
    this.#principals[principal] = proved;
    return proved;
  }
}
