import type { SpanOperation, SpanParty } from '../../../src/estate/spans/index.ts';
import type {
  EstateView,
  KnownEndpoint,
  KnownService,
  PolicyWord,
  Resolver,
  TracedOperation,
} from '../../../src/tracing/ports.ts';
import type { Endpoint, Estate, Workload } from './model.ts';
import { topicOf } from './reports.ts';

/** What Reeve knows of a generated estate: names, accounts, and what was declared; not who attacks it. */
export class Known {
  readonly #estate: Estate;
  readonly #workloads = new Map<string, Workload>();
  readonly #endpoints = new Map<string, Endpoint>();
  readonly #principals = new Map<string, readonly string[]>();
  #readEndpoints = 0;
  readonly resolver: Resolver;
  readonly view: EstateView;

  constructor(estate: Estate) {
    this.#estate = estate;
    this.resolver = {
      service: idOf,
      servicesOf: (principal) => this.#principals.get(principal) ?? [],
      endpoint: (_service, operation) => toTraced(operation),
    };
    this.view = {
      service: (id) => this.#service(id),
      endpoint: (service, operation) => this.#endpoint(service, operation),
      policy: (caller, callee, operation) => this.#policy(caller, callee, operation),
      changedAt: (id) => this.#workloads.get(id)?.changedAt ?? 0,
      isDeclared: true,
    };
    this.refresh();
  }

  /** Looks at what the estate has become; whether names mean something else now. */
  refresh(): boolean {
    const { size } = this.#workloads;
    const { workloads, endpoints, accounts } = this.#estate;
    for (const workload of workloads) {
      if (workload.isVouchedFor) this.#workloads.set(workload.id, workload);
    }
    for (const endpoint of endpoints.slice(this.#readEndpoints)) {
      const { id } = endpoint.workload;
      const template = topicOf(endpoint.workload, endpoint);
      this.#endpoints.set(keyOf(id, endpoint), endpoint);
      for (const method of ['PUBLISH', 'SUBSCRIBE']) {
        this.#endpoints.set(keyOf(id, { protocol: 'event', method, template }), endpoint);
      }
    }
    this.#readEndpoints = endpoints.length;
    let isOther = false;
    for (const { principal, users } of accounts) {
      const known = users.filter(({ isVouchedFor }) => isVouchedFor).map(({ id }) => id);
      const before = this.#principals.get(principal)?.length ?? 0;
      if (known.length > 0) this.#principals.set(principal, known);
      isOther ||= known.length !== before;
    }
    return isOther || size !== this.#workloads.size;
  }

  #service(id: string): KnownService | undefined {
    const workload = this.#workloads.get(id);
    if (!workload) return undefined;
    const { namespace, kind, exposure, criticality, account, endpoints } = workload;
    return {
      id,
      owner: `team-${namespace}`,
      kind,
      exposure,
      criticality,
      identity: account?.principal ?? null,
      sensitivity: [
        ...new Set(endpoints.filter(isKnown).flatMap(({ sensitivity }) => sensitivity)),
      ],
      isVouchedFor: true,
    };
  }

  #endpoint(service: string, operation: TracedOperation): KnownEndpoint | undefined {
    const endpoint = this.#endpoints.get(keyOf(service, operation));
    if (!endpoint || !isKnown(endpoint)) return undefined;
    return {
      id: keyOf(service, operation),
      status: 'governed',
      sensitivity: endpoint.sensitivity,
      criticality: endpoint.workload.criticality,
      isBlocked: false,
    };
  }

  #policy(caller: string, callee: string, operation: TracedOperation | undefined): PolicyWord {
    const workload = this.#workloads.get(caller);
    if (!workload?.isGoverned) return 'unknown';
    const target = this.#workloads.get(callee);
    if (!target) return 'undeclared';
    const endpoint = operation && this.#endpoints.get(keyOf(callee, operation));
    const asked = endpoint ? [endpoint] : operation ? [] : target.endpoints;
    return asked.some(({ number }) => workload.declared.has(number)) ? 'declared' : 'undeclared';
  }
}

function isKnown({ isDeclared, workload }: Endpoint): boolean {
  return isDeclared || workload.kind === 'datastore';
}

function idOf(party: SpanParty): string {
  if (party.by === 'name') return `prod/${party.namespace ?? 'default'}/${party.name}`;
  return `external/${party.by === 'address' ? party.host : party.identity}`;
}

function toTraced({ protocol, method, path, route }: SpanOperation): TracedOperation {
  return { protocol, method, template: route ?? path };
}

function keyOf(service: string, { protocol, method, template }: TracedOperation): string {
  return `${service} ${protocol} ${method} ${template}`;
}
