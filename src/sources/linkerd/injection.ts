import { namespaceOf, type Workload } from '../kubernetes/workload.ts';
import { type Membership, titleOfNamespace, withoutProxy } from '../mesh/membership.ts';
import { hasProxy, INJECT, type LinkerdFacts } from './facts.ts';

/** Whether a workload is injected: the pod's annotation wins over the namespace's, and pods on the
 *  network of their host get no proxy.
 *  @see https://linkerd.io/2/features/proxy-injection/ */
export function membershipOf(workload: Workload, facts: LinkerdFacts): Membership {
  if (hasProxy(workload)) return { member: true };
  const { podAnnotations, namespaceAnnotations, resource } = workload;
  const said = podAnnotations[INJECT] ?? namespaceAnnotations[INJECT];
  const at = { resource, path: ['metadata', 'name'] };
  if (said === 'enabled' || said === 'ingress') {
    if (workload.podSpec.hostNetwork !== true) {
      return withoutProxy(facts.cluster, workload, 'linkerd-proxy') ?? { member: true };
    }
    const because = 'not injected: the pod uses the network of its host';
    return {
      member: false,
      because,
      at: { resource, path: [...workload.podSpecPath, 'hostNetwork'] },
    };
  }
  if (said !== undefined) {
    const who = podAnnotations[INJECT] === undefined ? titleOfNamespace(workload) : 'the pod';
    return {
      member: false,
      because: `not injected: ${who} has ${INJECT}=${said.slice(0, 20)}`,
      at,
    };
  }
  if (!facts.hasInjectionAnnotations && facts.namespaces.has(namespaceOf(workload))) {
    return {
      member: true,
      because: 'injection is assumed, since no annotation here says who is injected',
    };
  }
  const because = `not injected: ${titleOfNamespace(workload)} lacks ${INJECT}=enabled`;
  return { member: false, because, at };
}
