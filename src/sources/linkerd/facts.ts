import { parseYaml } from '../../base/data.ts';
import { textAt } from '../../base/pick.ts';
import type { Cluster, Resource } from '../kubernetes/resource.ts';
import { namespaceOf, type Workload, workloadsOf } from '../kubernetes/workload.ts';
import { Principals } from '../mesh/principals.ts';

/** What decides about Linkerd's workloads, collected once from a cluster. */
export interface LinkerdFacts {
  readonly cluster: Cluster;
  /** Linkerd is evidently installed: an object, an annotation or an injected proxy of it is there. */
  readonly inUse: boolean;
  /** An annotation says somewhere who is injected, or would if anybody was. */
  readonly hasInjectionAnnotations: boolean;
  /** Namespaces that hold policies of Linkerd. */
  readonly namespaces: ReadonlySet<string>;
  /** `proxy.defaultInboundPolicy` of the installation, where its ConfigMap is here. */
  readonly defaultPolicy: string | undefined;
  /** By namespace. */
  readonly servers: ReadonlyMap<string, readonly Resource[]>;
  readonly serverAuthorizations: ReadonlyMap<string, readonly Resource[]>;
  /** By what they are for, as `NAMESPACE KIND NAME`. */
  readonly authorizationPolicies: ReadonlyMap<string, readonly Resource[]>;
  readonly routes: ReadonlyMap<string, readonly Resource[]>;
  readonly principals: Principals;
}

export const POLICY_GROUP = 'policy.linkerd.io';
export const INJECT = 'linkerd.io/inject';

export function linkerdFacts(cluster: Cluster): LinkerdFacts {
  const objects = cluster.resources.filter(({ group }) => group === POLICY_GROUP);
  const workloads = workloadsOf(cluster);
  const isSaid =
    workloads.some(({ podAnnotations }) => Object.hasOwn(podAnnotations, INJECT)) ||
    cluster.of('', 'Namespace').some(({ annotations }) => Object.hasOwn(annotations, INJECT));
  const of = (...kinds: string[]) => Map.groupBy(cluster.of(POLICY_GROUP, ...kinds), namespaceOf);
  const routes = [
    ...cluster.of(POLICY_GROUP, 'HTTPRoute', 'GRPCRoute'),
    ...cluster.of('gateway.networking.k8s.io', 'HTTPRoute', 'GRPCRoute'),
  ];
  return {
    cluster,
    inUse: objects.length > 0 || isSaid || workloads.some(hasProxy),
    hasInjectionAnnotations: isSaid || cluster.isWhole === true,
    namespaces: new Set(objects.map(namespaceOf)),
    defaultPolicy: installedDefault(cluster),
    servers: of('Server'),
    serverAuthorizations: of('ServerAuthorization'),
    authorizationPolicies: Map.groupBy(
      cluster.of(POLICY_GROUP, 'AuthorizationPolicy'),
      ({ namespace, value }) =>
        targetKey(
          namespaceOf({ namespace }),
          textAt(value, 'spec', 'targetRef', 'kind'),
          textAt(value, 'spec', 'targetRef', 'name'),
        ),
    ),
    routes: Map.groupBy(routes, namespaceOf),
    principals: new Principals(cluster),
  };
}

/** The key of what a policy of a namespace is for. */
export function targetKey(namespace: string, kind = '', name = ''): string {
  return `${namespace} ${kind} ${name}`;
}

/** A proxy that `linkerd inject` wrote into the manifest. */
export function hasProxy({ podSpec }: Workload): boolean {
  return ['containers', 'initContainers'].some((list) => {
    const containers = podSpec[list];
    return (
      Array.isArray(containers) && containers.some((one) => textAt(one, 'name') === 'linkerd-proxy')
    );
  });
}

function installedDefault(cluster: Cluster): string | undefined {
  const config = cluster.of('', 'ConfigMap').find(({ name }) => name === 'linkerd-config');
  const values = config && textAt(config.value, 'data', 'values');
  if (values === undefined || values.length > 1_000_000) return undefined;
  const proxy = parseYaml(values).documents[0]?.value;
  return textAt(proxy, 'proxy', 'defaultInboundPolicy');
}
