import { textAt } from '../../base/pick.ts';
import type { Cluster, Resource } from '../kubernetes/resource.ts';
import { servicesSelecting } from '../kubernetes/selecting.ts';
import { namespaceOf, type Workload, workloadsOf } from '../kubernetes/workload.ts';
import { Principals } from '../mesh/principals.ts';

/** What decides about Kuma's (and Kong Mesh's) workloads, collected once from a cluster. */
export interface KumaFacts {
  readonly cluster: Cluster;
  /** Kuma is evidently installed: an object, a label or an injected proxy of it is there. */
  readonly inUse: boolean;
  /** A label or annotation says somewhere who is injected, or would if anybody was. */
  readonly hasInjectionLabels: boolean;
  readonly meshes: ReadonlyMap<string, Resource>;
  /** Names of meshes that any object here speaks of. */
  readonly governed: ReadonlySet<string>;
  readonly identities: readonly Resource[];
  readonly meshTls: readonly Resource[];
  readonly trafficPermissions: readonly Resource[];
  /** Of the kind before MeshTrafficPermission. */
  readonly legacyPermissions: readonly Resource[];
  readonly workloads: readonly Workload[];
  /** What proxies are called by policies; made once, since every policy asks every workload. */
  readonly proxies: ReadonlyMap<Workload, Proxy>;
  readonly principals: Principals;
}

/** What a workload's proxy is known by. */
export interface Proxy {
  /** The pod's labels and what Kuma adds. */
  readonly tags: Readonly<Record<string, string>>;
  /** Names of the Services that select it, or its own. */
  readonly services: ReadonlySet<string>;
}

export const GROUP = 'kuma.io';
export const INJECTION = 'kuma.io/sidecar-injection';
const MESH = 'kuma.io/mesh';

/** Policies of these namespaces hold for the whole mesh. */
export const SYSTEM_NAMESPACES = ['kuma-system', 'kong-mesh-system'];

export function kumaFacts(cluster: Cluster): KumaFacts {
  const workloads = workloadsOf(cluster);
  const objects = cluster.resources.filter(({ group }) => group === GROUP);
  const namespaces = cluster.of('', 'Namespace');
  const says = (values: Readonly<Record<string, string>>) => Object.hasOwn(values, INJECTION);
  const isSaid =
    namespaces.some(({ labels, annotations }) => says(labels) || says(annotations)) ||
    workloads.some(({ podLabels, podAnnotations }) => says(podLabels) || says(podAnnotations));
  return {
    cluster,
    inUse: objects.length > 0 || isSaid || workloads.some(hasProxy),
    hasInjectionLabels: isSaid || cluster.isWhole === true,
    meshes: new Map(cluster.of(GROUP, 'Mesh').map((mesh) => [mesh.name, mesh])),
    governed: new Set(
      objects.map((object) => (object.kind === 'Mesh' ? object.name : meshNameOfPolicy(object))),
    ),
    identities: cluster.of(GROUP, 'MeshIdentity'),
    meshTls: cluster.of(GROUP, 'MeshTLS'),
    trafficPermissions: cluster.of(GROUP, 'MeshTrafficPermission'),
    legacyPermissions: cluster.of(GROUP, 'TrafficPermission'),
    workloads,
    proxies: new Map(workloads.map((workload) => [workload, toProxy(workload, cluster)])),
    principals: new Principals(cluster),
  };
}

function toProxy(workload: Workload, cluster: Cluster): Proxy {
  const services = servicesSelecting(cluster, workload).map(({ name }) => name);
  return {
    tags: {
      ...workload.podLabels,
      'k8s.kuma.io/namespace': namespaceOf(workload),
      'k8s.kuma.io/service-account': workload.serviceAccount,
    },
    services: new Set(services.length > 0 ? services : [workload.serviceName]),
  };
}

/** A sidecar that was written into the manifest. */
export function hasProxy({ podSpec }: Workload): boolean {
  return ['containers', 'initContainers'].some((list) => {
    const containers = podSpec[list];
    return (
      Array.isArray(containers) && containers.some((one) => textAt(one, 'name') === 'kuma-sidecar')
    );
  });
}

/** The mesh of a workload: by label or annotation of the pod, else of the namespace. */
export function meshNameOf({
  podLabels,
  podAnnotations,
  namespaceLabels,
  namespaceAnnotations,
}: Workload): string {
  return (
    podLabels[MESH] ??
    podAnnotations[MESH] ??
    namespaceLabels[MESH] ??
    namespaceAnnotations[MESH] ??
    'default'
  );
}

/** The mesh of a policy: a label, or a field of its own in the older form. */
export function meshNameOfPolicy({ labels, value }: Resource): string {
  return labels[MESH] ?? textAt(value, 'mesh') ?? 'default';
}
