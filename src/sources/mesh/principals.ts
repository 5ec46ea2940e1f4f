import type { Cluster } from '../kubernetes/resource.ts';
import { namespaceOf, type Workload, workloadsOf } from '../kubernetes/workload.ts';

/** One identity of a cluster, with the services that have it. */
export interface Principal {
  readonly namespace: string;
  readonly serviceAccount: string;
  /** `NAMESPACE/NAME`, sorted. */
  readonly services: readonly string[];
}

/** Who the workloads of a cluster are to each other. */
export class Principals {
  readonly all: readonly Principal[];
  readonly #byKey: ReadonlyMap<string, Principal>;

  constructor(cluster: Cluster) {
    const groups = Map.groupBy(
      workloadsOf(cluster),
      (workload) => `${namespaceOf(workload)}/${workload.serviceAccount}`,
    );
    this.#byKey = new Map([...groups].map(([key, workloads]) => [key, toPrincipal(workloads)]));
    this.all = [...this.#byKey.values()];
  }

  /** The services of a service account; empty where no workload uses it. */
  servicesOf(namespace: string, serviceAccount: string): readonly string[] {
    return this.#byKey.get(`${namespace}/${serviceAccount}`)?.services ?? [];
  }

  /** The services of every principal that is wanted. */
  servicesWhere(isWanted: (principal: Principal) => boolean): string[] {
    return [...new Set(this.all.filter(isWanted).flatMap(({ services }) => services))].sort();
  }
}

function toPrincipal(workloads: readonly Workload[]): Principal {
  const [first] = workloads;
  return {
    namespace: first ? namespaceOf(first) : '',
    serviceAccount: first?.serviceAccount ?? '',
    services: [...new Set(workloads.map(serviceKey))].sort(),
  };
}

/** `NAMESPACE/NAME` of a workload's service. */
export function serviceKey(workload: Workload): string {
  return `${namespaceOf(workload)}/${workload.serviceName}`;
}
