import type { DataPath } from '../../../base/data.ts';
import { quote } from '../../../base/fault.ts';
import { listAt, numberAt, pick, textAt, textsAt } from '../../../base/pick.ts';
import type { NetworkEntry, NetworkWorkload } from '../../../estate/index.ts';
import { titleOf } from '../../mesh/verdict.ts';
import { find, namespaceOf } from '../lookup.ts';
import type { Cluster, Resource } from '../resource.ts';
import { matchesLabels } from '../selector.ts';
import { complain, READER, type Report } from './field.ts';
import { isPortNumber } from './ports.ts';

/** A port of a Service that an object leads traffic to, as it is named there. */
interface Backend {
  readonly namespace: string;
  readonly service: string;
  /** Number or name of the Service's port; undefined: all of them. */
  readonly port: unknown;
  /** The number or name is one of the pods instead, as with a Route of OpenShift. */
  readonly isTarget?: boolean;
  readonly path: DataPath;
}

type ReadBackends = (object: Resource) => readonly Backend[];

/** What the controllers of ingresses and gateways act on. */
const KINDS: readonly [group: string, kind: string, read: ReadBackends][] = [
  ['networking.k8s.io', 'Ingress', ingressBackends],
  ['extensions', 'Ingress', ingressBackends],
  ['route.openshift.io', 'Route', routeBackends],
  ...['HTTPRoute', 'GRPCRoute', 'TLSRoute', 'TCPRoute'].map(
    (kind): [string, string, ReadBackends] => ['gateway.networking.k8s.io', kind, gatewayBackends],
  ),
];

/** The ways from the controllers of ingresses and gateways to workloads. */
export function networkEntries(
  cluster: Cluster,
  workloads: readonly NetworkWorkload[],
  report: Report,
): readonly NetworkEntry[] {
  const byNamespace = Map.groupBy(workloads, ({ namespace }) => namespace);
  const behind = (service: Resource) => {
    const selector = textsAt(service.value, 'spec', 'selector');
    if (Object.keys(selector).length === 0) return [];
    const candidates = byNamespace.get(namespaceOf(service)) ?? [];
    return candidates.filter(({ labels }) => matchesLabels(selector, labels));
  };
  return KINDS.flatMap(([group, kind, read]) =>
    cluster.of(group, kind).flatMap((object) =>
      read(object).flatMap((backend) => {
        const service = serviceOf(cluster, object, backend, report);
        return service ? entriesOf(object, backend, service, behind(service), report) : [];
      }),
    ),
  );
}

/** @see Kubernetes API, networking.k8s.io/v1 IngressSpec, and its older versions */
function ingressBackends(ingress: Resource): readonly Backend[] {
  const namespace = namespaceOf(ingress);
  const read = (value: unknown, path: DataPath): Backend[] => {
    const service = textAt(value, 'service', 'name') ?? textAt(value, 'serviceName');
    const port =
      pick(value, 'service', 'port', 'name') ??
      pick(value, 'service', 'port', 'number') ??
      pick(value, 'servicePort');
    return service === undefined ? [] : [{ namespace, service, port, path }];
  };
  return [
    ...['defaultBackend', 'backend'].flatMap((key) =>
      read(pick(ingress.value, 'spec', key), ['spec', key]),
    ),
    ...listAt(ingress.value, 'spec', 'rules').flatMap((rule, ruleIndex) =>
      listAt(rule, 'http', 'paths').flatMap((item, index) =>
        read(pick(item, 'backend'), [
          ...['spec', 'rules', ruleIndex, 'http', 'paths', index, 'backend'],
        ]),
      ),
    ),
  ];
}

/** @see OpenShift API, route.openshift.io/v1 RouteSpec */
function routeBackends(route: Resource): readonly Backend[] {
  const targets: [unknown, DataPath][] = [
    [pick(route.value, 'spec', 'to'), ['spec', 'to']],
    ...listAt(route.value, 'spec', 'alternateBackends').map((value, index): [unknown, DataPath] => [
      value,
      ['spec', 'alternateBackends', index],
    ]),
  ];
  return targets.flatMap(([target, path]) => {
    const service = textAt(target, 'name');
    if (service === undefined || (textAt(target, 'kind') ?? 'Service') !== 'Service') return [];
    const port = pick(route.value, 'spec', 'port', 'targetPort');
    return [{ namespace: namespaceOf(route), service, port, isTarget: true, path }];
  });
}

/** Backends in other namespaces need a ReferenceGrant there; whether there is one is not judged. A route whose parents
 *  are Services directs traffic inside a mesh.
 *  @see https://gateway-api.sigs.k8s.io/reference/spec/ */
function gatewayBackends(route: Resource): readonly Backend[] {
  const parents = listAt(route.value, 'spec', 'parentRefs');
  if (!parents.some((parent) => (textAt(parent, 'kind') ?? 'Gateway') === 'Gateway')) return [];
  return listAt(route.value, 'spec', 'rules').flatMap((rule, ruleIndex) =>
    listAt(rule, 'backendRefs').flatMap((reference, index) => {
      const service = textAt(reference, 'name');
      if (service === undefined || (textAt(reference, 'kind') ?? 'Service') !== 'Service')
        return [];
      const namespace = textAt(reference, 'namespace') ?? namespaceOf(route);
      const path = ['spec', 'rules', ruleIndex, 'backendRefs', index];
      return [{ namespace, service, port: pick(reference, 'port'), path }];
    }),
  );
}

function serviceOf(
  cluster: Cluster,
  object: Resource,
  backend: Backend,
  report: Report,
): Resource | undefined {
  const service = find(cluster, '', 'Service', backend.namespace, backend.service);
  if (service) return service;
  const field = { resource: object, value: undefined, path: backend.path, report };
  const name = quote(`${backend.namespace}/${backend.service}`, 130);
  complain(field, 'warning', 'service-unknown', `leads to Service ${name}, which is not there`);
  return undefined;
}

function entriesOf(
  object: Resource,
  backend: Backend,
  service: Resource,
  workloads: readonly NetworkWorkload[],
  report: Report,
): readonly NetworkEntry[] {
  const targets = targetsOf(service, backend);
  if (targets.length === 0) {
    const field = { resource: object, value: undefined, path: backend.path, report };
    const port = quote(textAt(backend.port) ?? '');
    const message = `leads to port ${port} of Service ${quote(service.name, 130)}, which has no such port`;
    complain(field, 'warning', 'service-port-unknown', message);
  }
  const source = object.sourceAt(READER, backend.path);
  const via = titleOf({ ...object, namespace: namespaceOf(object) });
  return workloads.flatMap((workload) =>
    targets
      .flatMap((target) => numbersOf(target, workload))
      .map((port) => ({
        via,
        namespace: workload.namespace,
        workload: workload.name,
        kind: workload.kind,
        port,
        transport: 'TCP' as const,
        source,
      })),
  );
}

/** The ports of pods that a backend comes to, by number or name. Only TCP goes through a controller. */
function targetsOf(service: Resource, { port, isTarget }: Backend): readonly (number | string)[] {
  return listAt(service.value, 'spec', 'ports')
    .filter((one) => (textAt(one, 'protocol') ?? 'TCP') === 'TCP')
    .filter((one) => {
      if (port === undefined || port === null) return true;
      const own = numberAt(one, 'port');
      const names = isTarget ? [targetOf(one), textAt(one, 'name')] : [own, textAt(one, 'name')];
      return names.some((name) => name !== undefined && String(name) === String(port));
    })
    .flatMap((one) => targetOf(one) ?? []);
}

/** Without a target port, the port of the Service. */
function targetOf(port: unknown): number | string | undefined {
  const target = pick(port, 'targetPort') || pick(port, 'port');
  return typeof target === 'number' || typeof target === 'string' ? target : undefined;
}

function numbersOf(target: number | string, { ports }: NetworkWorkload): readonly number[] {
  const number = Number(target);
  if (isPortNumber(number)) return [number];
  return ports
    .filter(({ name, transport }) => name === target && transport === 'TCP')
    .map((port) => port.number);
}
