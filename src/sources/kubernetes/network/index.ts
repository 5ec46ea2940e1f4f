import { compareDiagnostics, type Diagnostic } from '../../../base/diagnostic.ts';
import { pick } from '../../../base/pick.ts';
import type { Network, NetworkNamespace, NetworkPolicy } from '../../../estate/index.ts';
import type { Cluster, Resource } from '../resource.ts';
import { toAdminPolicy } from './admin-policy.ts';
import { toCiliumPolicies, withAccountLabels } from './cilium/index.ts';
import { networkEntries } from './entries.ts';
import type { Field, Report } from './field.ts';
import { toNetworkPolicy } from './network-policy.ts';
import { STRICT_KINDS, tellUnknown } from './strict.ts';
import { networkWorkloads } from './workloads.ts';

export interface NetworkReading {
  readonly network: Network;
  /** Sorted by file and line. */
  readonly diagnostics: readonly Diagnostic[];
}

type ToPolicies = (object: Field) => readonly NetworkPolicy[];

const one =
  (read: (object: Field) => NetworkPolicy | undefined): ToPolicies =>
  (object) => {
    const policy = read(object);
    return policy ? [policy] : [];
  };

const POLICIES: readonly [group: string, kind: string, read: ToPolicies][] = [
  ['networking.k8s.io', 'NetworkPolicy', one(toNetworkPolicy)],
  ['extensions', 'NetworkPolicy', one(toNetworkPolicy)],
  ['policy.networking.k8s.io', 'AdminNetworkPolicy', one(toAdminPolicy)],
  ['policy.networking.k8s.io', 'BaselineAdminNetworkPolicy', one(toAdminPolicy)],
  ['policy.networking.k8s.io', 'ClusterNetworkPolicy', one(toAdminPolicy)],
  ['cilium.io', 'CiliumNetworkPolicy', toCiliumPolicies],
  ['cilium.io', 'CiliumClusterwideNetworkPolicy', toCiliumPolicies],
];

const CILIUM_KINDS = ['CiliumNetworkPolicy', 'CiliumClusterwideNetworkPolicy'];

/** A cluster as its network sees it. What the API server would refuse is told, and counts for nothing; the rest of the
 *  object counts. */
export function networkOf(cluster: Cluster): NetworkReading {
  const diagnostics: Diagnostic[] = [];
  const report: Report = (diagnostic) => diagnostics.push(diagnostic);
  for (const [group, kind, shape] of STRICT_KINDS) {
    for (const resource of cluster.of(group, kind)) {
      const spec = pick(resource.value, 'spec');
      tellUnknown({ resource, value: spec, path: ['spec'], report }, shape);
    }
  }
  const found = networkWorkloads(cluster, report);
  const isCilium = CILIUM_KINDS.some((kind) => cluster.of('cilium.io', kind).length > 0);
  const workloads = isCilium ? withAccountLabels(found) : found;
  const network = {
    workloads,
    namespaces: namespacesOf(cluster, workloads),
    policies: POLICIES.flatMap(([group, kind, read]) =>
      cluster
        .of(group, kind)
        .flatMap((resource) => read({ resource, value: resource.value, path: [], report })),
    ),
    entries: networkEntries(cluster, workloads, report),
  };
  return { network, diagnostics: diagnostics.sort(compareDiagnostics) };
}

/** Every namespace that is there or that a workload is in. */
function namespacesOf(
  cluster: Cluster,
  workloads: readonly { readonly namespace: string }[],
): readonly NetworkNamespace[] {
  const names = new Set(workloads.map(({ namespace }) => namespace));
  const objects = new Map(cluster.of('', 'Namespace').map((object) => [object.name, object]));
  for (const name of objects.keys()) names.add(name);
  return [...names].sort().map((name) => ({ name, labels: labelsOf(name, objects.get(name)) }));
}

function labelsOf(name: string, object: Resource | undefined): NetworkNamespace['labels'] {
  return { ...object?.labels, 'kubernetes.io/metadata.name': name };
}
