import type { DataPath } from '../../base/data.ts';
import { namespaceOf, type Workload } from '../kubernetes/workload.ts';
import { type Membership, titleOfNamespace, withoutProxy } from '../mesh/membership.ts';
import type { Place } from '../mesh/verdict.ts';
import { hasProxy, type IstioFacts } from './facts.ts';

/** Whether a workload is in the mesh. A label that switches injection off wins over one that
 *  switches it on; pods on the host's network get no sidecar.
 *  @see https://istio.io/latest/docs/setup/additional-setup/sidecar-injection/
 *  @see https://istio.io/latest/docs/ambient/usage/add-workloads/ */
export function membershipOf(workload: Workload, facts: IstioFacts): Membership {
  if (hasProxy(workload)) return { member: true };
  const namespace = namespaceOf(workload);
  const sidecar = sidecarLabels(workload, namespace);
  const on = sidecar.find(({ inject }) => inject);
  const off = sidecar.find(({ inject }) => !inject);
  const ambient = ambientMode(workload, namespace);
  if (on && !off) {
    if (workload.podSpec.hostNetwork !== true) {
      return withoutProxy(facts.cluster, workload, 'istio-proxy') ?? { member: true };
    }
    return outside(workload, 'not injected: the pod uses the network of its host', ['hostNetwork']);
  }
  if (ambient?.mode === 'ambient') return { member: true };
  const refusal = off ?? (ambient?.mode === 'none' ? ambient : undefined);
  if (refusal) {
    return {
      member: false,
      because: `not injected: ${refusal.because}`,
      at: placeOf(workload, facts),
    };
  }
  const isAssumed = !facts.hasInjectionLabels && isUnderPolicy(namespace, facts);
  if (isAssumed) {
    return {
      member: true,
      because: 'injection is assumed, since no label here says who is injected',
    };
  }
  return {
    member: false,
    because: `not injected: ${titleOfNamespace(workload)} lacks istio-injection=enabled`,
    at: placeOf(workload, facts),
  };
}

interface Said {
  readonly inject: boolean;
  readonly because: string;
}

function sidecarLabels(workload: Workload, namespace: string): Said[] {
  const { namespaceLabels, podLabels, podAnnotations } = workload;
  const said: Said[] = [];
  const say = (inject: boolean, because: string) => said.push({ inject, because });
  const onNamespace = namespaceLabels['istio-injection'];
  if (onNamespace === 'enabled') say(true, '');
  if (onNamespace === 'disabled') say(false, `namespace ${namespace} has istio-injection=disabled`);
  const onPod = podLabels['sidecar.istio.io/inject'] ?? podAnnotations['sidecar.istio.io/inject'];
  if (onPod === 'true') say(true, '');
  if (onPod === 'false') say(false, 'the pod has sidecar.istio.io/inject=false');
  if (onNamespace === undefined && namespaceLabels['istio.io/rev']) say(true, '');
  if (podLabels['istio.io/rev']) say(true, '');
  return said;
}

function ambientMode(workload: Workload, namespace: string) {
  const label = 'istio.io/dataplane-mode';
  const onPod = workload.podLabels[label];
  const mode = onPod ?? workload.namespaceLabels[label];
  const who = onPod === undefined ? `namespace ${namespace}` : 'the pod';
  return mode === undefined ? undefined : { mode, because: `${who} has ${label}=${mode}` };
}

/** Objects of Istio beside the workload, or policies for the whole mesh. */
function isUnderPolicy(namespace: string, facts: IstioFacts): boolean {
  return (
    facts.namespaces.has(namespace) ||
    facts.peerAuthentications.has(facts.rootNamespace) ||
    facts.authorizationPolicies.has(facts.rootNamespace)
  );
}

/** The labels of the namespace, where it is here; else the workload. */
function placeOf(workload: Workload, { cluster }: IstioFacts): Place {
  const namespace = namespaceOf(workload);
  const resource = cluster.of('', 'Namespace').find(({ name }) => name === namespace);
  return resource
    ? { resource, path: ['metadata', 'labels'] }
    : { resource: workload.resource, path: ['metadata', 'name'] };
}

function outside(workload: Workload, because: string, inPodSpec: DataPath): Membership {
  const at = { resource: workload.resource, path: [...workload.podSpecPath, ...inPodSpec] };
  return { member: false, because, at };
}
