import type { ServicePermissions } from '../authorization/reach/index.ts';
import { compareDiagnostics, type Diagnostic } from '../base/diagnostic.ts';
import { DEFAULT_FOLDER_LIMITS, Folder, type FolderLimits } from '../base/folder.ts';
import type { Network, Observation, Permission, ServiceRecord } from '../estate/index.ts';
import { MESH_READERS } from '../sources/cluster-readers/index.ts';
import { type ReadOptions, readFolder } from '../sources/index.ts';
import { type Cluster, DEFAULT_NAMESPACE, kubernetes } from '../sources/kubernetes/index.ts';
import { networkOf } from '../sources/kubernetes/network/index.ts';

/** What decides about traffic in the cluster that a folder describes. */
export interface FolderNetwork {
  readonly network: Network;
  readonly permissions: readonly ServicePermissions[];
  /** Sorted by file and line. */
  readonly diagnostics: readonly Diagnostic[];
  readonly fileCount: number;
}

const NO_NETWORK: Network = { namespaces: [], workloads: [], policies: [], entries: [] };

/** Reads the Kubernetes objects of a folder, those of meshes included, and nothing else of it.
 *  @throws {Fault} `folder/not-found`, `folder/invalid` */
export function readNetwork(
  path: string,
  options: ReadOptions & { readonly limits?: FolderLimits } = {},
): FolderNetwork {
  let cluster: Cluster | undefined;
  const capture = {
    name: 'network',
    read: (objects: Cluster) => {
      cluster = objects;
    },
  };
  const folder = new Folder(path, options.limits ?? DEFAULT_FOLDER_LIMITS);
  const reading = readFolder(folder, [kubernetes([...MESH_READERS, capture])], options);
  const found = cluster && networkOf(cluster);
  return {
    network: found?.network ?? NO_NETWORK,
    permissions: permissionsIn(reading.observations),
    diagnostics: [...reading.diagnostics, ...(found?.diagnostics ?? [])].sort(compareDiagnostics),
    fileCount: reading.fileCount,
  };
}

/** What meshes say of who may call each service, by the names that its workloads have in the network. */
function permissionsIn(observations: readonly Observation[]): readonly ServicePermissions[] {
  const services = new Map<
    string,
    { namespace: string; name: string; permissions: Permission[] }
  >();
  for (const one of observations) {
    if (one.kind !== 'service' || !one.permission || one.subject.by !== 'name') continue;
    const { namespace = DEFAULT_NAMESPACE, name } = one.subject;
    const key = `${namespace}/${name}`;
    const service = services.get(key) ?? { namespace, name, permissions: [] };
    services.set(key, service);
    service.permissions.push(one.permission);
  }
  return [...services.values()];
}

/** What meshes say of who may call each service of an estate. */
export function permissionsOf(services: readonly ServiceRecord[]): readonly ServicePermissions[] {
  return services
    .filter(({ permissions }) => permissions.length > 0)
    .map(({ namespace, name, permissions }) => ({ namespace, name, permissions }));
}
