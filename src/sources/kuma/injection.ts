import type { Workload } from '../kubernetes/workload.ts';
import { type Membership, titleOfNamespace, withoutProxy } from '../mesh/membership.ts';
import { hasProxy, INJECTION, type KumaFacts, meshNameOf } from './facts.ts';

const ON = new Set(['enabled', 'true']);

/** Whether a workload is injected: the pod's label (or annotation) wins over the namespace's.
 *  @see https://kuma.io/docs/latest/production/dp-config/dpp-on-kubernetes/ */
export function membershipOf(workload: Workload, facts: KumaFacts): Membership {
  if (hasProxy(workload)) return { member: true };
  const { podLabels, podAnnotations, namespaceLabels, namespaceAnnotations, resource } = workload;
  const at = { resource, path: ['metadata', 'name'] };
  const onPod = podLabels[INJECTION] ?? podAnnotations[INJECTION];
  const said = onPod ?? namespaceLabels[INJECTION] ?? namespaceAnnotations[INJECTION];
  if (said !== undefined && ON.has(said)) {
    return withoutProxy(facts.cluster, workload, 'kuma-sidecar') ?? { member: true };
  }
  const where = titleOfNamespace(workload);
  if (said !== undefined) {
    const who = onPod === undefined ? where : 'the pod';
    const because = `not injected: ${who} has ${INJECTION}=${said.slice(0, 20)}`;
    return { member: false, because, at };
  }
  if (!facts.hasInjectionLabels && facts.governed.has(meshNameOf(workload))) {
    return {
      member: true,
      because: 'injection is assumed, since no label here says who is injected',
    };
  }
  return { member: false, because: `not injected: ${where} lacks ${INJECTION}=enabled`, at };
}
