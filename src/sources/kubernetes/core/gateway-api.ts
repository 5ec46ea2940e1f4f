import type { DataPath } from '../../../base/data.ts';
import { entryOf, isFields, listAt, numberAt, pick, textAt } from '../../../base/pick.ts';
import type { Route, Source } from '../../../estate/index.ts';
import type { Cluster, ClusterSink, Resource } from '../resource.ts';
import { namespaceOf } from '../workload.ts';
import {
  type Backend,
  internalAnnotation,
  labelOf,
  observeRoute,
  servicesBehind,
} from './backend.ts';

const READER = 'kubernetes';
const GROUP = 'gateway.networking.k8s.io';

type Match = Pick<Route, 'path' | 'match' | 'methods'> & { readonly place: DataPath };

/** Routes of the Gateway API. A route that hangs on Services only (a mesh's) opens nothing. */
export function readGatewayRoutes(cluster: Cluster, sink: ClusterSink): void {
  for (const route of cluster.of(
    GROUP,
    'GRPCRoute',
    'HTTPRoute',
    'TCPRoute',
    'TLSRoute',
    'UDPRoute',
  )) {
    const entry = wayInto(cluster, route);
    if (!entry) continue;
    listAt(route.value, 'spec', 'rules').forEach((rule, index) => {
      readRule(cluster, route, rule, ['spec', 'rules', index], entry, sink);
    });
  }
}

interface Entry {
  readonly via: string;
  readonly hosts: string[];
  readonly internet: boolean;
}

/** How traffic gets to a route: through the listeners of its gateways. A gateway that lies elsewhere
 *  is taken to be on the internet. */
function wayInto(cluster: Cluster, route: Resource): Entry | undefined {
  const parents = listAt(route.value, 'spec', 'parentRefs').filter(
    (parent) => (textAt(parent, 'kind') ?? 'Gateway') === 'Gateway',
  );
  if (parents.length === 0) return undefined;
  const gateways = parents.map((parent) => ({
    parent,
    gateway: gatewayOf(cluster, route, parent),
  }));
  const own = listAt(route.value, 'spec', 'hostnames').flatMap((host) => textAt(host) ?? []);
  const inherited = gateways.flatMap(({ parent, gateway }) => listenerHosts(parent, gateway));
  const names = parents.map((parent) => textAt(parent, 'name') ?? '').join(', ');
  return {
    via: `${labelOf(route)} on Gateway ${names}`,
    hosts: own.length > 0 ? own : [...new Set(inherited)],
    internet: gateways.some(({ gateway }) => !gateway || !isInternal(gateway)),
  };
}

function gatewayOf(cluster: Cluster, route: Resource, parent: unknown): Resource | undefined {
  const namespace = textAt(parent, 'namespace') ?? namespaceOf(route);
  return cluster
    .of(GROUP, 'Gateway')
    .find(
      (gateway) => gateway.name === textAt(parent, 'name') && namespaceOf(gateway) === namespace,
    );
}

function listenerHosts(parent: unknown, gateway: Resource | undefined): string[] {
  const section = textAt(parent, 'sectionName');
  return listAt(gateway?.value, 'spec', 'listeners')
    .filter((listener) => section === undefined || textAt(listener, 'name') === section)
    .flatMap((listener) => textAt(listener, 'hostname') ?? []);
}

/** By annotation, by a class that is named so (`gke-l7-rilb`, `istio-internal`), or by the service
 *  type that Istio's gateways take. */
function isInternal(gateway: Resource): boolean {
  return (
    internalAnnotation(gateway) !== undefined ||
    /internal|private|rilb/i.test(textAt(gateway.value, 'spec', 'gatewayClassName') ?? '') ||
    gateway.annotations['networking.istio.io/service-type'] === 'ClusterIP' ||
    textAt(
      gateway.value,
      'spec',
      'infrastructure',
      'annotations',
      'networking.istio.io/service-type',
    ) === 'ClusterIP'
  );
}

function readRule(
  cluster: Cluster,
  route: Resource,
  rule: unknown,
  place: DataPath,
  entry: Entry,
  sink: ClusterSink,
): void {
  const matches = matchesOf(route, rule, place);
  for (const reference of listAt(rule, 'backendRefs')) {
    const backend = toBackend(reference, route);
    if (!backend) continue;
    for (const { place: at, ...match } of matches) {
      const source = route.sourceAt(READER, at);
      observeRoute(cluster, backend, { ...entry, ...match, source }, sink);
      observeEndpoint(cluster, backend, route, match, source, sink);
    }
  }
}

function toBackend(reference: unknown, route: Resource): Backend | undefined {
  const name = textAt(reference, 'name');
  if (name === undefined || (textAt(reference, 'kind') ?? 'Service') !== 'Service')
    return undefined;
  const port = numberAt(reference, 'port');
  return {
    name,
    namespace: textAt(reference, 'namespace') ?? route.namespace,
    ...(port !== undefined && { port }),
  };
}

function matchesOf(route: Resource, rule: unknown, place: DataPath): readonly Match[] {
  const matches = listAt(rule, 'matches');
  if (matches.length === 0) return [{ path: '/', match: 'prefix', methods: [], place }];
  const toMatch = route.kind === 'GRPCRoute' ? grpcMatch : httpMatch;
  return matches.map((match, index) => toMatch(match, [...place, 'matches', index]));
}

const MATCHES: Record<string, Route['match']> = {
  Exact: 'exact',
  PathPrefix: 'prefix',
  RegularExpression: 'pattern',
};

function httpMatch(match: unknown, place: DataPath): Match {
  const method = textAt(match, 'method');
  return {
    path: textAt(match, 'path', 'value') ?? '/',
    match: entryOf(MATCHES, textAt(match, 'path', 'type') ?? 'PathPrefix') ?? 'pattern',
    methods: method ? [method] : [],
    place: isFields(pick(match, 'path')) ? [...place, 'path'] : place,
  };
}

/** A service alone is a prefix of its methods; a method alone is one of any service. */
function grpcMatch(match: unknown, place: DataPath): Match {
  const service = textAt(match, 'method', 'service');
  const method = textAt(match, 'method', 'method');
  const isExact = (textAt(match, 'method', 'type') ?? 'Exact') === 'Exact';
  const at = { methods: [], place: [...place, 'method'] };
  if (service === undefined && method === undefined)
    return { path: '/', match: 'prefix', methods: [], place };
  if (service !== undefined && method !== undefined) {
    return { path: `/${service}/${method}`, match: isExact ? 'exact' : 'pattern', ...at };
  }
  if (service !== undefined) {
    return { path: `/${service}/`, match: isExact ? 'prefix' : 'pattern', ...at };
  }
  return { path: `/[^/]+/${method}`, match: 'pattern', ...at };
}

/** A route to one operation says that the operation is there. */
function observeEndpoint(
  cluster: Cluster,
  backend: Backend,
  route: Resource,
  { path, match, methods }: Omit<Match, 'place'>,
  source: Source,
  sink: ClusterSink,
): void {
  if (match !== 'exact') return;
  const isGrpc = route.kind === 'GRPCRoute';
  const method = isGrpc ? 'RPC' : methods[0];
  if (method === undefined) return;
  for (const subject of servicesBehind(cluster, backend)) {
    const protocol = isGrpc ? 'grpc' : 'http';
    sink.observe({ kind: 'endpoint', subject, protocol, method, template: path, source });
  }
}
