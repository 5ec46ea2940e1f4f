import type { Cluster, Resource } from './resource.ts';

/** Objects that name no namespace are taken to stand together in this one. */
export const DEFAULT_NAMESPACE = 'default';

/** The namespace that an object is taken to stand in. */
export function namespaceOf(object: { readonly namespace: string | undefined }): string {
  return object.namespace ?? DEFAULT_NAMESPACE;
}

interface Index {
  readonly byNamespace: ReadonlyMap<string, readonly Resource[]>;
  readonly byName: ReadonlyMap<string, Resource>;
}

const INDEXES = new WeakMap<Cluster, Map<string, Index>>();

/** The object of this kind, namespace and name. */
export function find(
  cluster: Cluster,
  group: string,
  kind: string,
  namespace: string,
  name: string | undefined,
): Resource | undefined {
  if (name === undefined) return undefined;
  return indexOf(cluster, group, kind).byName.get(`${namespace}/${name}`);
}

/** The objects of this kind in a namespace. */
export function inNamespace(
  cluster: Cluster,
  group: string,
  kind: string,
  namespace: string,
): readonly Resource[] {
  return indexOf(cluster, group, kind).byNamespace.get(namespace) ?? [];
}

function indexOf(cluster: Cluster, group: string, kind: string): Index {
  const indexes = INDEXES.get(cluster) ?? new Map<string, Index>();
  INDEXES.set(cluster, indexes);
  const key = `${group}/${kind}`;
  const index = indexes.get(key) ?? toIndex(cluster.of(group, kind));
  indexes.set(key, index);
  return index;
}

/** Of two objects that are the same once the default namespace is taken for the one that names none,
 *  the first counts. */
function toIndex(resources: readonly Resource[]): Index {
  const byName = new Map<string, Resource>();
  for (const resource of resources) {
    const key = `${namespaceOf(resource)}/${resource.name}`;
    if (!byName.has(key)) byName.set(key, resource);
  }
  return { byNamespace: Map.groupBy(resources, namespaceOf), byName };
}
