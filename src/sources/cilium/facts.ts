import type { DataPath } from '../../base/data.ts';
import { isFields, listAt, pick, textAt } from '../../base/pick.ts';
import type { Cluster, Resource } from '../kubernetes/resource.ts';
import { namespaceOf, type Workload, workloadsOf } from '../kubernetes/workload.ts';
import { matchesEndpoints } from './selector.ts';

/** One ingress rule of a policy, with what it is for. */
export interface IngressRule {
  readonly policy: Resource;
  readonly effect: 'allow' | 'deny';
  readonly value: unknown;
  readonly path: DataPath;
}

/** One `spec` of a policy. */
export interface PolicySpec {
  readonly policy: Resource;
  readonly value: unknown;
  readonly path: DataPath;
}

/** What decides about workloads on Cilium, collected once from a cluster. */
export interface CiliumFacts {
  readonly workloads: readonly Workload[];
  /** By namespace. */
  readonly workloadsIn: ReadonlyMap<string, readonly Workload[]>;
  /** By namespace; `*` for those of the cluster. */
  readonly specs: ReadonlyMap<string, readonly PolicySpec[]>;
  /** Cilium is evidently asked to authenticate, rather than only to filter. */
  readonly authenticates: boolean;
}

/** The label that puts a namespace's traffic into ztunnel's mTLS, since 1.20. */
export const ENROLLED = 'io.cilium/mtls-enabled';
const GROUP = 'cilium.io';
const CLUSTER_WIDE = '*';

export function ciliumFacts(cluster: Cluster): CiliumFacts {
  const workloads = workloadsOf(cluster);
  const specs = cluster
    .of(GROUP, 'CiliumNetworkPolicy', 'CiliumClusterwideNetworkPolicy')
    .flatMap(specsOf);
  return {
    workloads,
    workloadsIn: Map.groupBy(workloads, namespaceOf),
    specs: Map.groupBy(specs, ({ policy }) =>
      isClusterWide(policy) ? CLUSTER_WIDE : namespaceOf(policy),
    ),
    authenticates:
      specs.some(({ value }) =>
        listAt(value, 'ingress').some(
          (rule) => textAt(rule, 'authentication', 'mode') !== undefined,
        ),
      ) || cluster.of('', 'Namespace').some(({ labels }) => labels[ENROLLED] === 'true'),
  };
}

export function isClusterWide({ kind }: Resource): boolean {
  return kind === 'CiliumClusterwideNetworkPolicy';
}

/** A policy has one `spec`, or several `specs`. */
function specsOf(policy: Resource): PolicySpec[] {
  const single = pick(policy.value, 'spec');
  const several = listAt(policy.value, 'specs').map((value, index) => ({
    policy,
    value,
    path: ['specs', index],
  }));
  return isFields(single) ? [{ policy, value: single, path: ['spec'] }, ...several] : several;
}

/** The specs that select a workload and speak of what comes in. */
export function specsFor(workload: Workload, facts: CiliumFacts): PolicySpec[] {
  const candidates = [CLUSTER_WIDE, namespaceOf(workload)].flatMap(
    (namespace) => facts.specs.get(namespace) ?? [],
  );
  return candidates.filter(({ value }) => {
    const selector = pick(value, 'endpointSelector');
    const speaks = ['ingress', 'ingressDeny'].some((list) => Array.isArray(pick(value, list)));
    return speaks && isFields(selector) && matchesEndpoints(selector, workload);
  });
}

/** The ingress rules of a spec, deny before allow. */
export function rulesOf({ policy, value, path }: PolicySpec): IngressRule[] {
  const lists = [
    { list: 'ingressDeny', effect: 'deny' },
    { list: 'ingress', effect: 'allow' },
  ] as const;
  return lists.flatMap(({ list, effect }) =>
    listAt(value, list).map((rule, index) => ({
      policy,
      effect,
      value: rule,
      path: [...path, list, index],
    })),
  );
}
