import type { ServicePermissions } from '../authorization/reach/index.ts';
import { compareDiagnostics, type Diagnostic } from '../base/diagnostic.ts';
import { DEFAULT_FOLDER_LIMITS, Folder, type FolderLimits } from '../base/folder.ts';
import { type Network, type ServiceRecord, toRecords } from '../estate/index.ts';
import { CLUSTER_READERS } from '../sources/cluster-readers/index.ts';
import { attribute, type ReadOptions, readFolder } from '../sources/index.ts';
import { type Cluster, kubernetes } from '../sources/kubernetes/index.ts';
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
  const reading = readFolder(folder, [kubernetes([...CLUSTER_READERS, capture])], options);
  const { facts } = attribute(reading.observations, { environment: 'default' });
  const found = cluster && networkOf(cluster);
  return {
    network: found?.network ?? NO_NETWORK,
    permissions: permissionsOf(toRecords(facts).services),
    diagnostics: [...reading.diagnostics, ...(found?.diagnostics ?? [])].sort(compareDiagnostics),
    fileCount: reading.fileCount,
  };
}

/** What meshes say of who may call each service. */
export function permissionsOf(services: readonly ServiceRecord[]): readonly ServicePermissions[] {
  return services
    .filter(({ permissions }) => permissions.length > 0)
    .map(({ namespace, name, permissions }) => ({ namespace, name, permissions }));
}
