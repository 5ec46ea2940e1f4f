import type { DataPath } from '../../base/data.ts';
import {
  entryOf,
  type Fields,
  fieldsAt,
  isFields,
  listAt,
  numberAt,
  pick,
  textAt,
  textsAt,
} from '../../base/pick.ts';
import type { Subject } from '../../estate/index.ts';
import { namespaceOf } from './lookup.ts';
import type { Cluster, Resource } from './resource.ts';
import { serviceNameOf } from './service-name.ts';
import { withVariants } from './variants.ts';

export { DEFAULT_NAMESPACE, namespaceOf } from './lookup.ts';
export { matchesSelector } from './selector.ts';

type Labels = Readonly<Record<string, string>>;

export interface WorkloadPort {
  readonly name: string | undefined;
  readonly number: number;
  /** `TCP`, `UDP`, `SCTP`. */
  readonly protocol: string;
}

/** An object that runs pods, with what decides about them. */
export interface Workload {
  readonly resource: Resource;
  /** The service it is part of; see `serviceNameOf` and `withVariants`. */
  readonly serviceName: string;
  /** As the object names it. */
  readonly namespace: string | undefined;
  readonly podLabels: Labels;
  readonly podAnnotations: Labels;
  /** Of the Namespace object, with `kubernetes.io/metadata.name`, which the API server adds. */
  readonly namespaceLabels: Labels;
  readonly namespaceAnnotations: Labels;
  readonly podSpec: Fields;
  /** Where `podSpec` lies in the object. */
  readonly podSpecPath: DataPath;
  /** Container ports, those of init containers included. */
  readonly ports: readonly WorkloadPort[];
  /** `default` where the pod names none. */
  readonly serviceAccount: string;
}

/** Where each kind keeps its pod template; kinds that do not run pods are not in it. */
const POD_TEMPLATES: Record<string, Record<string, DataPath>> = {
  '': {
    Pod: [],
    ReplicationController: ['spec', 'template'],
    DeploymentConfig: ['spec', 'template'],
  },
  apps: {
    Deployment: ['spec', 'template'],
    StatefulSet: ['spec', 'template'],
    DaemonSet: ['spec', 'template'],
    ReplicaSet: ['spec', 'template'],
  },
  extensions: {
    Deployment: ['spec', 'template'],
    DaemonSet: ['spec', 'template'],
    ReplicaSet: ['spec', 'template'],
  },
  batch: {
    Job: ['spec', 'template'],
    CronJob: ['spec', 'jobTemplate', 'spec', 'template'],
  },
  'serving.knative.dev': { Service: ['spec', 'template'] },
  'argoproj.io': { Rollout: ['spec', 'template'] },
  'apps.openshift.io': { DeploymentConfig: ['spec', 'template'] },
  'apps.kruise.io': { CloneSet: ['spec', 'template'], StatefulSet: ['spec', 'template'] },
};

const WORKLOADS = new WeakMap<Cluster, readonly Workload[]>();

/** Every workload of a cluster. Pods, ReplicaSets and Jobs that another object controls are left to
 *  it. */
export function workloadsOf(cluster: Cluster): readonly Workload[] {
  let workloads = WORKLOADS.get(cluster);
  if (!workloads) {
    const namespaces = namespacesOf(cluster);
    workloads = withVariants(
      cluster,
      cluster.resources.flatMap((resource) => toWorkload(resource, namespaces) ?? []),
    );
    WORKLOADS.set(cluster, workloads);
  }
  return workloads;
}

const BY_NAMESPACE = new WeakMap<Cluster, ReadonlyMap<string, readonly Workload[]>>();

/** The workloads of one namespace. */
export function workloadsIn(cluster: Cluster, namespace: string): readonly Workload[] {
  let grouped = BY_NAMESPACE.get(cluster);
  if (!grouped) {
    grouped = Map.groupBy(workloadsOf(cluster), namespaceOf);
    BY_NAMESPACE.set(cluster, grouped);
  }
  return grouped.get(namespace) ?? [];
}

/** The service of a workload, as observations name it. */
export function subjectOf(workload: Workload): Subject {
  return {
    by: 'name',
    name: workload.serviceName,
    ...(workload.namespace !== undefined && { namespace: workload.namespace }),
  };
}

type Namespaces = ReadonlyMap<string, Resource>;

function namespacesOf(cluster: Cluster): Namespaces {
  return new Map(cluster.of('', 'Namespace').map((namespace) => [namespace.name, namespace]));
}

function toWorkload(resource: Resource, namespaces: Namespaces): Workload | undefined {
  const kinds = entryOf(POD_TEMPLATES, resource.group);
  const path = kinds && Object.hasOwn(kinds, resource.kind) ? kinds[resource.kind] : undefined;
  if (!path || isControlled(resource)) return undefined;
  const template = pick(resource.value, ...path);
  if (!isFields(template)) return undefined;
  const podSpec = fieldsAt(template, 'spec');
  const podLabels = textsAt(template, 'metadata', 'labels');
  const namespaceName = namespaceOf(resource);
  const namespace = namespaces.get(namespaceName);
  return {
    resource,
    serviceName: serviceNameOf(resource.name, { ...resource.labels, ...podLabels }),
    namespace: resource.namespace,
    podLabels,
    podAnnotations: textsAt(template, 'metadata', 'annotations'),
    namespaceLabels: { ...namespace?.labels, 'kubernetes.io/metadata.name': namespaceName },
    namespaceAnnotations: namespace?.annotations ?? {},
    podSpec,
    podSpecPath: [...path, 'spec'],
    ports: portsOf(podSpec),
    serviceAccount:
      textAt(podSpec, 'serviceAccountName') || textAt(podSpec, 'serviceAccount') || 'default',
  };
}

function isControlled(resource: Resource): boolean {
  return listAt(resource.value, 'metadata', 'ownerReferences').some(
    (owner) => pick(owner, 'controller') === true,
  );
}

/** Container ports of a pod, those of init containers included. */
export function portsOf(podSpec: Fields): readonly WorkloadPort[] {
  return CONTAINER_LISTS.flatMap((list) => listAt(podSpec, list)).flatMap((container) =>
    listAt(container, 'ports').flatMap((port) => {
      const number = numberAt(port, 'containerPort');
      if (number === undefined) return [];
      return [{ name: textAt(port, 'name'), number, protocol: textAt(port, 'protocol') ?? 'TCP' }];
    }),
  );
}

const CONTAINER_LISTS = ['containers', 'initContainers'] as const;

export interface Container {
  readonly name: string;
  readonly value: Fields;
  /** Where it lies in the workload's object. */
  readonly path: DataPath;
}

/** The containers of a workload, the init containers behind the others. */
export function containersOf(workload: Workload): readonly Container[] {
  return CONTAINER_LISTS.flatMap((list) =>
    listAt(workload.podSpec, list).flatMap((value, index) =>
      isFields(value)
        ? [
            {
              name: textAt(value, 'name') ?? '',
              value,
              path: [...workload.podSpecPath, list, index],
            },
          ]
        : [],
    ),
  );
}
