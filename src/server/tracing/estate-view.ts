import type {
  EstateView,
  KnownEndpoint,
  KnownService,
  PolicyWord,
  TracedOperation,
} from '../../tracing/index.ts';
import { PolicyWords } from './policy-words.ts';
import type { EndpointView, ServiceView } from './view.ts';

/** Any method. */
const ANY = 'ANY';

/** The estate as tracing was told it is. */
export class ToldEstate implements EstateView {
  readonly #services = new Map<string, ServiceView>();
  /** Of services that were asked about, by operation. */
  readonly #endpoints = new Map<string, ReadonlyMap<string, EndpointView>>();
  /** Services that declare what they call. */
  readonly #declaring = new Set<string>();
  readonly #policy = new PolicyWords((service) => this.declaresCalls(service));

  get policyWords(): PolicyWords {
    return this.#policy;
  }
  /** A quarter of its services declare what they call. */
  get isDeclared(): boolean {
    return this.#declaring.size * 4 >= this.#services.size && this.#declaring.size > 0;
  }
  get views(): ReadonlyMap<string, ServiceView> {
    return this.#services;
  }

  /** Takes what differs from what was told before. */
  put(services: readonly ServiceView[], gone: readonly string[] = []): void {
    for (const view of services) {
      this.#services.set(view.service.id, view);
      this.#endpoints.delete(view.service.id);
      if (view.declaresCalls) this.#declaring.add(view.service.id);
      else this.#declaring.delete(view.service.id);
    }
    for (const id of gone) {
      this.#declaring.delete(id);
      this.#services.delete(id);
      this.#endpoints.delete(id);
    }
  }

  service(id: string): KnownService | undefined {
    return this.#services.get(id)?.service;
  }

  endpoint(service: string, operation: TracedOperation): KnownEndpoint | undefined {
    const endpoints = this.#endpointsOf(service);
    const { protocol, method, template } = operation;
    return (
      endpoints?.get(`${protocol} ${method} ${template}`) ??
      endpoints?.get(`${protocol} ${ANY} ${template}`)
    );
  }

  policy(caller: string, callee: string, operation: TracedOperation | undefined): PolicyWord {
    return this.#policy.word(caller, callee, operation);
  }

  changedAt(service: string): number {
    return this.#services.get(service)?.changedAt ?? 0;
  }

  declaresCalls(service: string): boolean {
    return this.#services.get(service)?.declaresCalls ?? false;
  }

  #endpointsOf(service: string): ReadonlyMap<string, EndpointView> | undefined {
    const known = this.#endpoints.get(service);
    const view = this.#services.get(service);
    if (known !== undefined || view === undefined) return known;
    const endpoints = new Map(
      view.endpoints.map((one) => [`${one.protocol} ${one.method} ${one.template}`, one]),
    );
    this.#endpoints.set(service, endpoints);
    return endpoints;
  }
}
