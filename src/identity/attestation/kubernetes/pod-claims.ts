import type { Claim } from '../attestation.ts';
import type { PodFacts } from './pods.ts';

/** What a pod, and the container that a process runs in, add to the selectors of a workload.
 *  Named as in SPIRE where it has them. */
export function podClaims(
  { cluster, namespace, account, name, node, labels, owners, containers }: PodFacts,
  containerId: string | undefined,
): Claim[] {
  const container = containerId === undefined ? undefined : containers.get(containerId);
  const claims: Claim[] = [
    ['k8s', 'ns', namespace],
    ['k8s', 'sa', account],
    ['k8s', 'pod-name', name],
    ['k8s', 'node-name', node],
    ...Object.entries(labels).map(([key, value]): Claim => ['k8s', 'pod-label', `${key}:${value}`]),
    ...owners.map(({ kind, name }): Claim => ['k8s', 'pod-owner', `${kind}:${name}`]),
  ];
  if (cluster !== undefined) claims.push(['k8s', 'cluster', cluster]);
  if (container) claims.push(['k8s', 'container-name', container.name]);
  if (container?.image !== undefined) claims.push(['k8s', 'container-image', container.image]);
  return claims;
}
