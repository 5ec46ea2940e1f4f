import { parseYaml } from '../../base/data.ts';
import { compareText } from '../../base/diagnostic.ts';
import { textAt } from '../../base/pick.ts';
import type { Cluster, Resource } from '../kubernetes/resource.ts';
import { namespaceOf, type Workload, workloadsOf } from '../kubernetes/workload.ts';
import { Principals } from '../mesh/principals.ts';

/** What decides about Istio's workloads, collected once from a cluster. */
export interface IstioFacts {
  readonly cluster: Cluster;
  /** Policies of this namespace hold for the whole mesh. */
  readonly rootNamespace: string;
  /** Istio is evidently installed: an object, a label or an injected proxy of it is there. */
  readonly inUse: boolean;
  /** A label says somewhere who is in the mesh, or would if anybody was. */
  readonly hasInjectionLabels: boolean;
  /** Namespaces that hold objects of Istio. */
  readonly namespaces: ReadonlySet<string>;
  /** By namespace, oldest first. */
  readonly peerAuthentications: ReadonlyMap<string, readonly Resource[]>;
  readonly authorizationPolicies: ReadonlyMap<string, readonly Resource[]>;
  readonly principals: Principals;
}

const GROUPS = [
  'security.istio.io',
  'networking.istio.io',
  'telemetry.istio.io',
  'extensions.istio.io',
  'install.istio.io',
  'sailoperator.io',
];

/** Characters of a MeshConfig that is parsed. */
const MAX_MESH_CONFIG = 1_000_000;

/** Labels that put a namespace or pod into the mesh, or keep it out. */
export const INJECTION_LABELS = [
  'istio-injection',
  'istio.io/rev',
  'sidecar.istio.io/inject',
  'istio.io/dataplane-mode',
];

export function istioFacts(cluster: Cluster): IstioFacts {
  const objects = cluster.resources.filter(({ group }) => GROUPS.includes(group));
  const workloads = workloadsOf(cluster);
  const namespaces = cluster.of('', 'Namespace');
  const isSaid =
    namespaces.some(({ labels }) => isLabelled(labels)) ||
    workloads.some(
      ({ podLabels, podAnnotations }) => isLabelled(podLabels) || isLabelled(podAnnotations),
    );
  const rootNamespace = rootNamespaceOf(objects) ?? runningRootNamespace(cluster) ?? 'istio-system';
  return {
    cluster,
    rootNamespace,
    inUse: objects.length > 0 || isSaid || workloads.some(hasProxy),
    hasInjectionLabels: isSaid || cluster.isWhole === true,
    namespaces: new Set(objects.map(namespaceOf)),
    peerAuthentications: byNamespace(cluster.of('security.istio.io', 'PeerAuthentication')),
    authorizationPolicies: byNamespace(cluster.of('security.istio.io', 'AuthorizationPolicy')),
    principals: new Principals(cluster),
  };
}

/** A sidecar that was written into the manifest, or put there by `istioctl kube-inject`. */
export function hasProxy(workload: Workload): boolean {
  if (Object.hasOwn(workload.podAnnotations, 'sidecar.istio.io/status')) return true;
  return ['containers', 'initContainers'].some((list) => {
    const containers = workload.podSpec[list];
    return (
      Array.isArray(containers) && containers.some((one) => textAt(one, 'name') === 'istio-proxy')
    );
  });
}

function isLabelled(labels: Readonly<Record<string, string>>): boolean {
  return INJECTION_LABELS.some((label) => Object.hasOwn(labels, label));
}

function rootNamespaceOf(objects: readonly Resource[]): string | undefined {
  const places = [
    ['spec', 'meshConfig', 'rootNamespace'],
    ['spec', 'values', 'meshConfig', 'rootNamespace'],
  ];
  for (const { value } of objects) {
    for (const path of places) {
      const name = textAt(value, ...path);
      if (name) return name;
    }
  }
  return undefined;
}

/** As a running control plane has it: in the ConfigMap that its proxies are configured from. */
function runningRootNamespace(cluster: Cluster): string | undefined {
  const config = cluster
    .of('', 'ConfigMap')
    .find(({ name, labels }) => name === 'istio' && Object.hasOwn(labels, 'istio.io/rev'));
  const mesh = config && textAt(config.value, 'data', 'mesh');
  if (mesh === undefined || mesh.length > MAX_MESH_CONFIG) return undefined;
  return textAt(parseYaml(mesh).documents[0]?.value, 'rootNamespace') || undefined;
}

/** Oldest first: the order in which Istio settles a tie. An object of a manifest has no age and
 *  comes after those that have one. */
function byNamespace(resources: readonly Resource[]): ReadonlyMap<string, readonly Resource[]> {
  const sorted = resources.toSorted(
    (a, b) => compareText(createdAt(a), createdAt(b)) || compareText(a.name, b.name),
  );
  return Map.groupBy(sorted, namespaceOf);
}

function createdAt({ value }: Resource): string {
  return textAt(value, 'metadata', 'creationTimestamp') ?? '~';
}
