import { fieldsAt, listAt, pick, textAt, textsAt } from '../../../base/pick.ts';
import {
  type Labels,
  type NetworkPort,
  type NetworkWorkload,
  TRANSPORTS,
} from '../../../estate/index.ts';
import type { Cluster, Resource } from '../resource.ts';
import { ownerOf } from '../running-pods.ts';
import { serviceNameOf } from '../service-name.ts';
import { namespaceOf, portsOf, type WorkloadPort, workloadsOf } from '../workload.ts';
import { complain, READER, type Report } from './field.ts';

/** What runs pods. Pods whose controller is not among the objects stand for it, one for each controller. */
export function networkWorkloads(cluster: Cluster, report: Report): readonly NetworkWorkload[] {
  const described = workloadsOf(cluster).map(
    ({ resource, serviceName, podLabels, podSpec, serviceAccount, ports }): NetworkWorkload => ({
      namespace: namespaceOf(resource),
      name: resource.name,
      kind: resource.kind,
      service: serviceName,
      labels: podLabels,
      serviceAccount,
      ports: toPorts(ports),
      hostNetwork: pick(podSpec, 'hostNetwork') === true,
      source: resource.sourceAt(READER, ['metadata', 'name']),
    }),
  );
  const machines = cluster.of('kubevirt.io', 'VirtualMachine').map(ofMachine);
  return [...described, ...machines, ...orphans(cluster, new Set(described.map(keyOf)), report)];
}

/** A virtual machine runs in a pod that has the labels of its template.
 *  @see https://kubevirt.io/user-guide/network/networkpolicy/ */
function ofMachine(machine: Resource): NetworkWorkload {
  const labels = textsAt(machine.value, 'spec', 'template', 'metadata', 'labels');
  return {
    namespace: namespaceOf(machine),
    name: machine.name,
    kind: machine.kind,
    service: serviceNameOf(machine.name, labels),
    labels,
    serviceAccount: 'default',
    ports: [],
    hostNetwork: false,
    source: machine.sourceAt(READER, ['metadata', 'name']),
  };
}

function orphans(
  cluster: Cluster,
  known: ReadonlySet<string>,
  report: Report,
): readonly NetworkWorkload[] {
  const found = new Map<string, NetworkWorkload>();
  for (const pod of cluster.of('', 'Pod')) {
    const workload = ofControlledPod(pod);
    if (!workload || isKnown(pod, workload, known)) continue;
    const first = found.get(keyOf(workload));
    if (!first) found.set(keyOf(workload), workload);
    else if (haveOtherLabels(first, workload)) tellLabels(pod, workload, report);
  }
  return [...found.values()];
}

function isKnown(pod: Resource, workload: NetworkWorkload, known: ReadonlySet<string>): boolean {
  return known.has(keyOf(workload)) || known.has(`${workload.namespace}/${ownerOf(pod)}`);
}

/** Pods that a node keeps by itself stand for themselves. */
function ofControlledPod(pod: Resource): NetworkWorkload | undefined {
  const controller = listAt(pod.value, 'metadata', 'ownerReferences').find(
    (owner) => pick(owner, 'controller') === true,
  );
  const kind = textAt(controller, 'kind') ?? 'Pod';
  const name = textAt(controller, 'name');
  if (name === undefined) return undefined;
  const spec = fieldsAt(pod.value, 'spec');
  const isOfNode = kind === 'Node';
  return {
    namespace: namespaceOf(pod),
    name: isOfNode ? pod.name : name,
    kind: isOfNode ? 'Pod' : kind,
    service: serviceNameOf(isOfNode ? pod.name : name, pod.labels),
    labels: pod.labels,
    serviceAccount: textAt(spec, 'serviceAccountName') || 'default',
    ports: toPorts(portsOf(spec)),
    hostNetwork: pick(spec, 'hostNetwork') === true,
    source: pod.sourceAt(READER, ['metadata', 'name']),
  };
}

function toPorts(ports: readonly WorkloadPort[]): readonly NetworkPort[] {
  return ports.flatMap(({ name, number, protocol }) => {
    const transport = TRANSPORTS.find((one) => one === protocol);
    return transport === undefined ? [] : [{ name, number, transport }];
  });
}

function keyOf({ namespace, kind, name }: NetworkWorkload): string {
  return `${namespace}/${kind}/${name}`;
}

/** What controllers put on each pod to tell it from the others. */
const OWN_LABELS = new Set([
  'pod-template-hash',
  'rollouts-pod-template-hash',
  'controller-revision-hash',
  'pod-template-generation',
  'statefulset.kubernetes.io/pod-name',
  'apps.kubernetes.io/pod-index',
  'batch.kubernetes.io/job-completion-index',
]);

function haveOtherLabels(a: NetworkWorkload, b: NetworkWorkload): boolean {
  return textOf(a.labels) !== textOf(b.labels);
}

function textOf(labels: Labels): string {
  return JSON.stringify(
    Object.entries(labels)
      .filter(([key]) => !OWN_LABELS.has(key))
      .sort(),
  );
}

function tellLabels(pod: Resource, { kind, name }: NetworkWorkload, report: Report): void {
  const field = { resource: pod, value: undefined, path: ['metadata', 'labels'], report };
  complain(
    field,
    'warning',
    'labels-differ',
    `has other labels than the first pod of ${kind} ${name}, whose labels stand for all of them`,
  );
}
