import { entryOf, listAt, numberAt, pick, textAt } from '../../base/pick.ts';
import type { Route, Subject } from '../../estate/index.ts';
import { find } from '../kubernetes/lookup.ts';
import type { Cluster, ClusterReader, ClusterSink, Resource } from '../kubernetes/resource.ts';
import { namespaceOf } from '../kubernetes/workload.ts';
import { titleOf } from '../mesh/verdict.ts';
import { isAuthentication } from './plugins.ts';

const READER = 'kong';
const GROUP = 'configuration.konghq.com';

/** Reads what Kong's own objects add to a cluster: the demands of plugins on Ingresses, routes of
 *  TCPIngress and UDPIngress, and the Secrets of consumers. The routes of Ingresses themselves are
 *  the Kubernetes reader's. */
export const kongKubernetes: ClusterReader = {
  name: READER,
  read(cluster, sink) {
    tellPlugins(cluster, sink);
    tellStreams(cluster, sink);
    tellConsumers(cluster, sink);
  },
};

/** Says again of each route of an Ingress what it demands, where a plugin authenticates.
 *  @see https://developer.konghq.com/kubernetes-ingress-controller/reference/annotations/ */
function tellPlugins(cluster: Cluster, sink: ClusterSink): void {
  const everywhere = cluster
    .of(GROUP, 'KongClusterPlugin')
    .filter(({ labels }) => labels.global === 'true');
  for (const ingress of cluster.of('networking.k8s.io', 'Ingress')) {
    if (!isOfKong(ingress, cluster)) continue;
    const own = pluginsOf(ingress, cluster);
    listAt(ingress.value, 'spec', 'rules').forEach((rule, ruleIndex) => {
      listAt(rule, 'http', 'paths').forEach((item, index) => {
        const name = textAt(item, 'backend', 'service', 'name');
        if (name === undefined) return;
        const service = find(cluster, '', 'Service', namespaceOf(ingress), name);
        const plugins = [...own, ...(service ? pluginsOf(service, cluster) : []), ...everywhere];
        const authentication = [...new Set(plugins.flatMap(demandOf))].sort();
        if (authentication.length === 0) return;
        const host = textAt(rule, 'host');
        const path = ['spec', 'rules', ruleIndex, 'http', 'paths', index, 'path'];
        const source = ingress.sourceAt(READER, path);
        const port = numberAt(item, 'backend', 'service', 'port', 'number');
        sink.observe({
          kind: 'service',
          subject: backend(name, port, ingress),
          route: {
            via: titleOf(ingress),
            hosts: host === undefined ? [] : [host],
            ...pathOf(item),
            methods: methodsOf(ingress),
            internet: true,
            authentication,
            source,
          },
          source,
        });
      });
    });
  }
}

function isOfKong(ingress: Resource, cluster: Cluster): boolean {
  const name =
    textAt(ingress.value, 'spec', 'ingressClassName') ??
    ingress.annotations['kubernetes.io/ingress.class'];
  if (name === undefined) return Object.keys(ingress.annotations).some(isKongAnnotation);
  const known = cluster.of('networking.k8s.io', 'IngressClass').find((one) => one.name === name);
  const controller = known && textAt(known.value, 'spec', 'controller');
  return controller === undefined
    ? name.startsWith('kong')
    : controller.startsWith('ingress-controllers.konghq.com/');
}

function isKongAnnotation(key: string): boolean {
  return key.startsWith('konghq.com/');
}

/** The plugins that an object names in its annotation, of its namespace or of the cluster. */
function pluginsOf(resource: Resource, cluster: Cluster): Resource[] {
  const names = (resource.annotations['konghq.com/plugins'] ?? '').split(',').slice(0, 100);
  return names.flatMap((text) => {
    const [first = '', second] = text.trim().split(':');
    const namespace = second === undefined ? namespaceOf(resource) : first;
    const name = second ?? first;
    const local = find(cluster, GROUP, 'KongPlugin', namespace, name);
    return local ?? cluster.of(GROUP, 'KongClusterPlugin').filter((one) => one.name === name);
  });
}

function demandOf({ value }: Resource): string[] {
  const name = textAt(value, 'plugin');
  const isOn = pick(value, 'disabled') !== true && !textAt(value, 'config', 'anonymous');
  return name !== undefined && isOn && isAuthentication(name) ? [name] : [];
}

function pathOf(item: unknown): Pick<Route, 'path' | 'match'> {
  const path = textAt(item, 'path') || '/';
  if (path.startsWith('/~')) return { path: path.slice(2), match: 'pattern' };
  return { path, match: textAt(item, 'pathType') === 'Exact' ? 'exact' : 'prefix' };
}

function methodsOf({ annotations }: Resource): string[] {
  return (annotations['konghq.com/methods'] ?? '')
    .split(',')
    .map((method) => method.trim().toUpperCase())
    .filter((method) => method !== '');
}

function backend(name: string, port: number | undefined, { namespace }: Resource): Subject {
  return {
    by: 'address',
    host: name,
    known: true,
    ...(port !== undefined && { port }),
    ...(namespace !== undefined && { namespace }),
  };
}

/** Ports of the gateway that lead straight to a service. */
function tellStreams(cluster: Cluster, sink: ClusterSink): void {
  for (const ingress of cluster.of(GROUP, 'TCPIngress', 'UDPIngress')) {
    listAt(ingress.value, 'spec', 'rules').forEach((rule, index) => {
      const name = textAt(rule, 'backend', 'serviceName');
      if (name === undefined) return;
      const host = textAt(rule, 'host');
      const source = ingress.sourceAt(READER, ['spec', 'rules', index]);
      sink.observe({
        kind: 'service',
        subject: backend(name, numberAt(rule, 'backend', 'servicePort'), ingress),
        route: {
          via: titleOf(ingress),
          hosts: host === undefined ? [] : [host],
          path: '/',
          match: 'prefix',
          methods: [],
          internet: true,
          source,
        },
        source,
      });
    });
  }
}

const CREDENTIAL_KINDS: Record<string, string> = {
  'key-auth': 'api-key',
  jwt: 'jwt-secret',
  'basic-auth': 'password',
  'hmac-auth': 'hmac-secret',
  oauth2: 'oauth2-client-secret',
};

/** The Secrets that a consumer authenticates with. */
function tellConsumers(cluster: Cluster, sink: ClusterSink): void {
  for (const consumer of cluster.of(GROUP, 'KongConsumer')) {
    listAt(consumer.value, 'credentials').forEach((item, index) => {
      const name = textAt(item);
      if (name === undefined) return;
      const secret = find(cluster, '', 'Secret', namespaceOf(consumer), name);
      const type =
        secret?.labels['konghq.com/credential'] ??
        (secret && textAt(secret.value, 'stringData', 'kongCredType'));
      sink.observe({
        kind: 'credential',
        name,
        credentialKind: entryOf(CREDENTIAL_KINDS, type ?? '') ?? 'api-key',
        keys: [`secret:${consumer.namespace ?? ''}/${name}`],
        source: consumer.sourceAt(READER, ['credentials', index]),
      });
    });
  }
}
