import { oncePer } from '../../base/once.ts';
import { listAt, pick, textAt } from '../../base/pick.ts';
import { namespaceOf } from './lookup.ts';
import type { Cluster, Resource } from './resource.ts';
import type { Workload } from './workload.ts';

const podsByOwner = oncePer((cluster: Cluster): ReadonlyMap<string, readonly Resource[]> => {
  const controlled = cluster.of('', 'Pod').filter((pod) => ownerOf(pod) !== undefined);
  return Map.groupBy(controlled, (pod) => `${namespaceOf(pod)}/${ownerOf(pod)}`);
});

/** The pods that run for a workload. Only a running cluster has them: of manifests there are none. */
export function runningPodsOf(cluster: Cluster, { resource }: Workload): readonly Resource[] {
  const key = `${namespaceOf(resource)}/${resource.kind}/${resource.name}`;
  return podsByOwner(cluster).get(key) ?? [];
}

/** The labels by which each kind tells the ReplicaSets that it makes apart; their names end in it. */
const HASHES = [
  ['pod-template-hash', 'Deployment'],
  ['rollouts-pod-template-hash', 'Rollout'],
] as const;

/** `Deployment/orders`, of whatever keeps the pod running in the end. */
export function ownerOf(pod: Resource): string | undefined {
  const controller = listAt(pod.value, 'metadata', 'ownerReferences').find(
    (owner) => pick(owner, 'controller') === true,
  );
  const kind = textAt(controller, 'kind');
  const name = textAt(controller, 'name');
  if (kind === undefined || name === undefined) return undefined;
  for (const [label, maker] of HASHES) {
    const hash = pod.labels[label];
    if (kind === 'ReplicaSet' && hash && name.endsWith(`-${hash}`)) {
      return `${maker}/${name.slice(0, -hash.length - 1)}`;
    }
  }
  return `${kind}/${name}`;
}
