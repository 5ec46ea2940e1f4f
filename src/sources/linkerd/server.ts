import { listAt, pick, textAt } from '../../base/pick.ts';
import type { Resource } from '../kubernetes/resource.ts';
import { matchesSelector } from '../kubernetes/selector.ts';
import { namespaceOf, type Workload } from '../kubernetes/workload.ts';
import { type Client, clientOfPolicy, clientOfServerAuthorization } from './client.ts';
import { type LinkerdFacts, targetKey } from './facts.ts';
import { operationsOfRoute } from './operations.ts';

/** One object that lets callers through a Server. */
export interface ServerAdmission {
  readonly resource: Resource;
  readonly client: Client;
  readonly operations: readonly string[];
}

/** The Servers of a workload, with the port of the pod that each is for. */
export function serversOf(
  workload: Workload,
  facts: LinkerdFacts,
): { readonly server: Resource; readonly port: number }[] {
  return (facts.servers.get(namespaceOf(workload)) ?? []).flatMap((server) => {
    const selector = pick(server.value, 'spec', 'podSelector');
    if (!matchesSelector(selector, workload.podLabels)) return [];
    const port = portOf(pick(server.value, 'spec', 'port'), workload);
    return port === undefined ? [] : [{ server, port }];
  });
}

function portOf(port: unknown, workload: Workload): number | undefined {
  if (typeof port === 'number')
    return Number.isInteger(port) && port > 0 && port <= 65_535 ? port : undefined;
  return workload.ports.find(({ name }) => name !== undefined && name === port)?.number;
}

/** What lets callers through a Server: policies for it, for its namespace and for its routes, and
 *  ServerAuthorizations that name or select it. */
export function admissionsThrough(server: Resource, facts: LinkerdFacts): ServerAdmission[] {
  const namespace = namespaceOf(server);
  const routes = (facts.routes.get(namespace) ?? []).filter((route) => isRouteOf(route, server));
  const targets = [
    { kind: 'Namespace', name: namespace, operations: ['*'] },
    { kind: 'Server', name: server.name, operations: ['*'] },
    ...routes.map((route) => ({
      kind: route.kind,
      name: route.name,
      operations: operationsOfRoute(route),
    })),
  ];
  const byPolicy = targets.flatMap(({ kind, name, operations }) =>
    (facts.authorizationPolicies.get(targetKey(namespace, kind, name)) ?? []).flatMap(
      (resource) => {
        const client = clientOfPolicy(resource, facts);
        return client ? [{ resource, client, operations }] : [];
      },
    ),
  );
  const byAuthorization = (facts.serverAuthorizations.get(namespace) ?? []).flatMap((resource) => {
    const client = namesServer(resource, server) && clientOfServerAuthorization(resource, facts);
    return client ? [{ resource, client, operations: ['*'] }] : [];
  });
  return [...byPolicy, ...byAuthorization];
}

function isRouteOf(route: Resource, server: Resource): boolean {
  return listAt(route.value, 'spec', 'parentRefs').some(
    (ref) => textAt(ref, 'kind') === 'Server' && textAt(ref, 'name') === server.name,
  );
}

function namesServer(authorization: Resource, server: Resource): boolean {
  const target = pick(authorization.value, 'spec', 'server');
  const name = textAt(target, 'name');
  if (name !== undefined) return name === server.name;
  const selector = pick(target, 'selector');
  return selector !== undefined && matchesSelector(selector, server.labels);
}
