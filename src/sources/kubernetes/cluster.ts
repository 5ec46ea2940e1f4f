import { posix } from 'node:path';
import { compareText } from '../../base/diagnostic.ts';
import type { Cluster, Resource } from './resource.ts';

/** Makes a cluster of objects, given in order of precedence (see `compareFiles`). Of equal objects (group, kind, namespace,
 *  name) the first counts. An object without namespace is also equal to one of the same group, kind
 *  and name that has one: manifests that are applied as they are and again through a kustomization
 *  or a chart are one set of services, not two. */
export function toCluster(found: readonly Resource[]): Cluster {
  const named = new Set(
    found.flatMap((resource) =>
      resource.namespace === undefined ? [] : [withoutNamespace(resource)],
    ),
  );
  const kept = new Map<string, Resource>();
  const copies: Resource[] = [];
  for (const resource of found) {
    const isCopy = resource.namespace === undefined && named.has(withoutNamespace(resource));
    const key = `${withoutNamespace(resource)}\n${resource.namespace ?? ''}`;
    if (isCopy || kept.has(key)) copies.push(resource);
    else kept.set(key, resource);
  }
  return { ...ordered([...kept.values()]), copies: descriptions(found, copies) };
}

function ordered(found: readonly Resource[]): Cluster {
  const resources = found.toSorted(compareResources);
  return { resources, of: indexed(resources) };
}

/** The folders that hold copies, each as a cluster of its own: what stands together belongs together. */
function descriptions(found: readonly Resource[], copies: readonly Resource[]): readonly Cluster[] {
  const folders = new Set(copies.map(folderOf));
  folders.delete(undefined);
  const byFolder = Map.groupBy(found, folderOf);
  return [...folders].flatMap((folder) => {
    const resources = byFolder.get(folder);
    return resources === undefined ? [] : [ordered(resources)];
  });
}

/** Undefined for what stands in no file, or in one of examples and the like. */
function folderOf(resource: Resource): string | undefined {
  const { file } = resource.sourceAt('kubernetes', []);
  return file === undefined || isSideFile(file) ? undefined : posix.dirname(file);
}

const SIDE_FOLDER =
  /(?:^|\/)(?:extras?|examples?|samples?|tests?|e2e|docs?|archive|backup|old|legacy|deprecated|contrib|hack)\//i;

/** Whether a file lies in a folder of what is not run. */
export function isSideFile(path: string): boolean {
  return SIDE_FOLDER.test(path);
}

const RETIRED_FOLDER =
  /(?:^|\/)(?:old|archived|deprecated|obsolete)(?:[-_](?:docs?|documentation|k8s|kubernetes|manifests?|deploy(?:ment)?s?|yamls?))?\//i;

/** Whether a file lies in a folder of what is run no more. */
export function isRetiredFile(path: string): boolean {
  return RETIRED_FOLDER.test(path);
}

/** Which of two files counts where both hold the same object: by path, those in folders for examples,
 *  tests, backups and the like last. */
export function compareFiles(a: string, b: string): number {
  return Number(isSideFile(a)) - Number(isSideFile(b)) || compareText(a, b);
}

function withoutNamespace(resource: Resource): string {
  return `${resource.group}\n${resource.kind}\n${resource.name}`;
}

function compareResources(a: Resource, b: Resource): number {
  return (
    compareText(a.namespace ?? '', b.namespace ?? '') ||
    compareText(a.name, b.name) ||
    compareText(a.group, b.group) ||
    compareText(a.kind, b.kind)
  );
}

function indexed(resources: readonly Resource[]): Cluster['of'] {
  const byKind = Map.groupBy(resources, (resource) => `${resource.group}\n${resource.kind}`);
  return (group, ...kinds) => {
    const found = kinds.flatMap((kind) => byKind.get(`${group}\n${kind}`) ?? []);
    return kinds.length === 1 ? found : found.sort(compareResources);
  };
}
