import { compareDiagnostics, type Diagnostic } from '../../../base/diagnostic.ts';
import type { Network, NetworkNamespace, NetworkPolicy } from '../../../estate/index.ts';
import type { Cluster, Resource } from '../resource.ts';
import { toAdminPolicy } from './admin-policy.ts';
import { networkEntries } from './entries.ts';
import type { Field, Report } from './field.ts';
import { toNetworkPolicy } from './network-policy.ts';
import { networkWorkloads } from './workloads.ts';

export interface NetworkReading {
  readonly network: Network;
  /** Sorted by file and line. */
  readonly diagnostics: readonly Diagnostic[];
}

type ToPolicy = (object: Field) => NetworkPolicy | undefined;

const POLICIES: readonly [group: string, kind: string, read: ToPolicy][] = [
  ['networking.k8s.io', 'NetworkPolicy', toNetworkPolicy],
  ['extensions', 'NetworkPolicy', toNetworkPolicy],
  ['policy.networking.k8s.io', 'AdminNetworkPolicy', toAdminPolicy],
  ['policy.networking.k8s.io', 'BaselineAdminNetworkPolicy', toAdminPolicy],
];

/** A cluster as its network sees it. What the API server would refuse is told, and counts for nothing; the rest of the
 *  object counts. */
export function networkOf(cluster: Cluster): NetworkReading {
  const diagnostics: Diagnostic[] = [];
  const report: Report = (diagnostic) => diagnostics.push(diagnostic);
  const workloads = networkWorkloads(cluster, report);
  const network = {
    workloads,
    namespaces: namespacesOf(cluster, workloads),
    policies: POLICIES.flatMap(([group, kind, read]) =>
      cluster
        .of(group, kind)
        .flatMap((resource) => read({ resource, value: resource.value, path: [], report }) ?? []),
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
