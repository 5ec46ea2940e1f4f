import type { DataPath } from '../../base/data.ts';
import { fieldsAt, listAt, numberAt, pick, textAt, textsAt } from '../../base/pick.ts';
import type { Route, Subject } from '../../estate/index.ts';
import type { Cluster, ClusterSink, Resource } from '../kubernetes/resource.ts';
import { namespaceOf } from '../kubernetes/workload.ts';
import { titleOf } from '../mesh/verdict.ts';
import { isClusterHost } from './host.ts';

const READER = 'istio';
const MATCHES = { exact: 'exact', prefix: 'prefix', regex: 'pattern' } as const;

/** Tells the routes of VirtualServices, and an endpoint for each exact path with a method. Routes
 *  that are bound to a gateway at the edge come from the internet.
 *  @see https://istio.io/latest/docs/reference/config/networking/virtual-service/ */
export function tellRoutes(cluster: Cluster, sink: ClusterSink): void {
  const inner = innerGateways(cluster);
  for (const service of cluster.of('networking.istio.io', 'VirtualService')) {
    const gateways = textsIn(service, 'gateways');
    const internet = gateways.some((name) => isAtEdge(name, service, inner));
    const told = new Set<string>();
    for (const [index, http] of listAt(service.value, 'spec', 'http').entries()) {
      tellHttpRoute(service, http, ['spec', 'http', index], internet, told, sink);
    }
    for (const list of ['tls', 'tcp']) {
      for (const [index, route] of listAt(service.value, 'spec', list).entries()) {
        const path = ['spec', list, index];
        const entry = { path: '/', match: 'prefix', method: undefined, at: path } as const;
        tellDestinations(service, route, entry, internet, told, sink);
      }
    }
  }
}

/** Gateways of a kind that faces the mesh or leaves it, as `NAMESPACE/NAME`. */
function innerGateways(cluster: Cluster): ReadonlySet<string> {
  return new Set(
    cluster
      .of('networking.istio.io', 'Gateway')
      .filter(({ value }) =>
        Object.values(textsAt(value, 'spec', 'selector')).some((label) =>
          /egress|east-?west/i.test(label),
        ),
      )
      .map((gateway) => `${namespaceOf(gateway)}/${gateway.name}`),
  );
}

function isAtEdge(name: string, service: Resource, inner: ReadonlySet<string>): boolean {
  if (name === 'mesh') return false;
  return !inner.has(name.includes('/') ? name : `${namespaceOf(service)}/${name}`);
}

interface Entry {
  readonly path: string;
  readonly match: Route['match'];
  readonly method: string | undefined;
  readonly at: DataPath;
}

function tellHttpRoute(
  service: Resource,
  http: unknown,
  at: DataPath,
  internet: boolean,
  told: Set<string>,
  sink: ClusterSink,
): void {
  const matches = listAt(http, 'match');
  const entries: Entry[] =
    matches.length === 0
      ? [{ path: '/', match: 'prefix', method: undefined, at }]
      : matches.map((match, index) => toEntry(match, [...at, 'match', index]));
  for (const entry of entries) tellDestinations(service, http, entry, internet, told, sink);
}

function toEntry(match: unknown, at: DataPath): Entry {
  const method = textAt(match, 'method', 'exact');
  for (const [key, kind] of Object.entries(MATCHES)) {
    const path = textAt(match, 'uri', key);
    if (path !== undefined) return { path, match: kind, method, at: [...at, 'uri', key] };
  }
  return { path: '/', match: 'prefix', method, at };
}

function tellDestinations(
  service: Resource,
  route: unknown,
  entry: Entry,
  internet: boolean,
  told: Set<string>,
  sink: ClusterSink,
): void {
  const rewrite = textAt(route, 'rewrite', 'uri');
  const source = service.sourceAt(READER, entry.at);
  for (const item of listAt(route, 'route')) {
    const subject = destinationOf(item, service);
    if (!subject) continue;
    const key = JSON.stringify([subject, entry.path, entry.match, entry.method]);
    // Subsets of one host are one service.
    if (told.has(key)) continue;
    told.add(key);
    sink.observe({
      kind: 'service',
      subject,
      route: {
        via: titleOf(service),
        hosts: textsIn(service, 'hosts'),
        path: entry.path,
        match: entry.match,
        methods: entry.method === undefined ? [] : [entry.method],
        internet,
        ...(rewrite !== undefined && { rewrittenTo: rewrite }),
        source,
      },
      source,
    });
    if (entry.match === 'exact' && entry.method !== undefined) {
      const template = rewrite ?? entry.path;
      sink.observe({
        kind: 'endpoint',
        subject,
        protocol: 'http',
        method: entry.method,
        template,
        source,
      });
    }
  }
}

function destinationOf(item: unknown, service: Resource): Subject | undefined {
  const host = textAt(item, 'destination', 'host');
  if (!host || host.includes('*')) return undefined;
  const port = numberAt(fieldsAt(item, 'destination'), 'port', 'number');
  return {
    by: 'address',
    host: host.toLowerCase(),
    known: isClusterHost(host.toLowerCase()),
    ...(port !== undefined && { port }),
    ...(service.namespace !== undefined && { namespace: service.namespace }),
  };
}

function textsIn(resource: Resource, field: string): string[] {
  const list = pick(resource.value, 'spec', field);
  return Array.isArray(list) ? list.filter((item) => typeof item === 'string') : [];
}
