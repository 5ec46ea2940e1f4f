import { isFields, listAt, numberAt, pick, textAt } from '../../../base/pick.ts';
import type { Route, Source } from '../../../estate/index.ts';
import type { Cluster, ClusterSink, Resource } from '../resource.ts';
import { type Backend, internalAnnotation, labelOf, observeRoute } from './backend.ts';

const READER = 'kubernetes';

/** Ingresses of every version, and OpenShift Routes. */
export function readIngresses(cluster: Cluster, sink: ClusterSink): void {
  const ingresses = [
    ...cluster.of('networking.k8s.io', 'Ingress'),
    ...cluster.of('extensions', 'Ingress'),
  ];
  for (const ingress of ingresses) readIngress(cluster, ingress, sink);
  for (const route of cluster.of('route.openshift.io', 'Route'))
    readOpenShiftRoute(cluster, route, sink);
}

function readIngress(cluster: Cluster, ingress: Resource, sink: ClusterSink): void {
  const internet = isOnInternet(ingress);
  const send = (
    backend: unknown,
    hosts: string[],
    rest: Pick<Route, 'path' | 'match'>,
    source: Source,
  ) => {
    const target = toBackend(backend, ingress);
    if (!target) return;
    const route = { via: labelOf(ingress), hosts, methods: [], internet, source, ...rest };
    observeRoute(cluster, target, route, sink);
  };
  for (const field of ['defaultBackend', 'backend']) {
    const source = ingress.sourceAt(READER, ['spec', field]);
    send(pick(ingress.value, 'spec', field), [], { path: '/', match: 'prefix' }, source);
  }
  listAt(ingress.value, 'spec', 'rules').forEach((rule, ruleIndex) => {
    const host = textAt(rule, 'host');
    listAt(rule, 'http', 'paths').forEach((item, index) => {
      const place = ['spec', 'rules', ruleIndex, 'http', 'paths', index];
      const path = textAt(item, 'path') || '/';
      const match = matchOf(ingress, textAt(item, 'pathType'), path);
      const source = ingress.sourceAt(
        READER,
        'path' in (isFields(item) ? item : {}) ? [...place, 'path'] : place,
      );
      send(pick(item, 'backend'), host ? [host] : [], { path, match }, source);
    });
  });
}

/** `backend.service` since networking.k8s.io/v1, `serviceName` and `servicePort` before. */
function toBackend(value: unknown, ingress: Resource): Backend | undefined {
  const name = textAt(value, 'service', 'name') ?? textAt(value, 'serviceName');
  if (name === undefined) return undefined;
  const port = numberAt(value, 'service', 'port', 'number') ?? numberAt(value, 'servicePort');
  return { name, namespace: ingress.namespace, ...(port !== undefined && { port }) };
}

/** The controllers that take regular expressions in paths do so by an annotation or by the look of
 *  the path; `ImplementationSpecific` means a prefix to all that are in wide use. */
function matchOf(ingress: Resource, pathType: string | undefined, path: string): Route['match'] {
  if (pathType === 'Exact') return 'exact';
  const saysRegex = ingress.annotations['nginx.ingress.kubernetes.io/use-regex'] === 'true';
  return saysRegex || /[()[\]|\\]|\.\*/.test(path) ? 'pattern' : 'prefix';
}

function isOnInternet(ingress: Resource): boolean {
  const className = textAt(ingress.value, 'spec', 'ingressClassName') ?? '';
  return internalAnnotation(ingress) === undefined && !/internal|private/i.test(className);
}

function readOpenShiftRoute(cluster: Cluster, route: Resource, sink: ClusterSink): void {
  const host = textAt(route.value, 'spec', 'host');
  const targets = [
    pick(route.value, 'spec', 'to'),
    ...listAt(route.value, 'spec', 'alternateBackends'),
  ];
  for (const target of targets) {
    const name = textAt(target, 'name');
    if (name === undefined) continue;
    const backend = { name, namespace: route.namespace };
    observeRoute(
      cluster,
      backend,
      {
        via: labelOf(route),
        hosts: host ? [host] : [],
        path: textAt(route.value, 'spec', 'path') ?? '/',
        match: 'prefix',
        methods: [],
        internet: route.labels.router !== 'internal' && !/\.internal$/.test(host ?? ''),
        source: route.sourceAt(READER, ['spec', 'to']),
      },
      sink,
    );
  }
}
