import { listAt, numberAt, pick, textAt } from '../../../base/pick.ts';
import type { ServicePort } from '../../../estate/index.ts';
import { isDatastore, toImageName } from '../../images.ts';
import { criticalityInLabels, ownerInLabels } from '../../labels.ts';
import type { Cluster, ClusterSink, Resource } from '../resource.ts';
import { servicesSelecting } from '../selecting.ts';
import { containersOf, namespaceOf, subjectOf, type Workload, workloadsOf } from '../workload.ts';

const READER = 'kubernetes';

/** One service observation for each workload. */
export function readWorkloads(cluster: Cluster, sink: ClusterSink): void {
  for (const workload of workloadsOf(cluster)) {
    const images = imagesOf(workload);
    const owner = ownerInLabels(...metadataOf(workload));
    const criticality = criticalityInLabels(...metadataOf(workload));
    const ports = servicePortsOf(cluster, workload);
    sink.observe({
      kind: 'service',
      subject: subjectOf(workload),
      source: workload.resource.sourceAt(READER, ['metadata', 'name']),
      serviceKind: keepsData(workload, images) ? 'datastore' : 'workload',
      aliases: aliasesOf(cluster, workload),
      images,
      identity: `ns/${namespaceOf(workload)}/sa/${workload.serviceAccount}`,
      ...(owner && { owner }),
      ...(criticality && { criticality }),
      ...(ports.length > 0 && { ports }),
    });
  }
}

/** A job that fills a database is named for it and keeps nothing. */
function keepsData(workload: Workload, images: readonly string[]): boolean {
  return workload.resource.group !== 'batch' && isDatastore(images[0], workload.serviceName);
}

/** Images of the containers that make the service what it is, the first container's first. Init
 *  containers prepare the pod and say nothing about it. */
function imagesOf(workload: Workload): string[] {
  const main = containersOf(workload).filter(({ path }) => path.at(-2) === 'containers');
  const images = main.flatMap(({ value }) => textAt(value, 'image') ?? []).map(toImageName);
  return [...new Set(images.filter((image) => image !== ''))];
}

/** Names that reach the workload: its own where the service's is shorter, Services that select it,
 *  and what those are also called. */
function aliasesOf(cluster: Cluster, workload: Workload): string[] {
  const names = new Set([workload.resource.name]);
  for (const service of servicesSelecting(cluster, workload)) {
    names.add(service.name);
    const external = textAt(service.value, 'spec', 'externalName');
    if (external) names.add(external);
    const hostname = service.annotations['external-dns.alpha.kubernetes.io/hostname'];
    for (const host of hostname?.split(',') ?? []) if (host.trim()) names.add(host.trim());
  }
  const hostname = textAt(workload.podSpec, 'hostname');
  if (hostname) names.add(hostname);
  names.delete(workload.serviceName);
  return [...names].sort();
}

/** The ports of the Services that select the workload, with the port of the pod behind each: a mesh
 *  enforces at the pod. One that a name leads to is left out where no container has that name. */
function servicePortsOf(cluster: Cluster, workload: Workload): ServicePort[] {
  const ports = servicesSelecting(cluster, workload)
    .flatMap((service) => listAt(service.value, 'spec', 'ports'))
    .flatMap((entry) => {
      const port = numberAt(entry, 'port');
      const target = port === undefined ? undefined : targetOf(entry, port, workload);
      return port === undefined || target === undefined ? [] : [{ port, target }];
    });
  return [...new Map(ports.map((pair) => [`${pair.port} ${pair.target}`, pair])).values()];
}

function targetOf(entry: unknown, port: number, workload: Workload): number | undefined {
  const target = pick(entry, 'targetPort') ?? port;
  if (typeof target === 'number') return target;
  return workload.ports.find(({ name }) => name !== undefined && name === target)?.number;
}

/** The pod's own before the workload's before the namespace's. */
function metadataOf(workload: Workload): readonly Resource['labels'][] {
  const { resource } = workload;
  return [
    workload.podLabels,
    workload.podAnnotations,
    resource.labels,
    resource.annotations,
    workload.namespaceLabels,
    workload.namespaceAnnotations,
  ];
}
