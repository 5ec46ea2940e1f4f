import type { Route, Subject } from '../../../estate/index.ts';
import { find } from '../lookup.ts';
import type { Cluster, ClusterSink, Resource } from '../resource.ts';
import { workloadsBehind } from '../selecting.ts';
import { namespaceOf, subjectOf } from '../workload.ts';

/** The Service that a route sends to, as a route names it. */
export interface Backend {
  readonly name: string;
  readonly namespace: string | undefined;
  readonly port?: number;
}

/** The services behind a backend: those of the workloads that its Service selects, or whatever
 *  answers at its address. */
export function servicesBehind(cluster: Cluster, backend: Backend): readonly Subject[] {
  const service = find(cluster, '', 'Service', namespaceOf(backend), backend.name);
  const subjects = service ? workloadsBehind(cluster, service).map(subjectOf) : [];
  const distinct = new Map(subjects.map((subject) => [JSON.stringify(subject), subject]));
  return distinct.size > 0 ? [...distinct.values()] : [addressOf(backend)];
}

function addressOf({ name, namespace, port }: Backend): Subject {
  return {
    by: 'address',
    host: name,
    known: true,
    ...(port !== undefined && { port }),
    ...(namespace !== undefined && { namespace }),
  };
}

/** Says that a route leads to each service behind a backend. */
export function observeRoute(
  cluster: Cluster,
  backend: Backend,
  route: Route,
  sink: ClusterSink,
): void {
  for (const subject of servicesBehind(cluster, backend)) {
    sink.observe({ kind: 'service', subject, route, source: route.source });
  }
}

/** `Ingress shop/web`. */
export function labelOf(resource: Resource): string {
  return resource.namespace === undefined
    ? `${resource.kind} ${resource.name}`
    : `${resource.kind} ${resource.namespace}/${resource.name}`;
}

const INTERNAL_VALUES: Record<string, string | RegExp> = {
  'service.beta.kubernetes.io/aws-load-balancer-internal': /^(?:true|0\.0\.0\.0\/0)$/,
  'service.beta.kubernetes.io/aws-load-balancer-scheme': 'internal',
  'service.beta.kubernetes.io/azure-load-balancer-internal': 'true',
  'networking.gke.io/load-balancer-type': /^internal$/i,
  'cloud.google.com/load-balancer-type': /^internal$/i,
  'service.beta.kubernetes.io/oci-load-balancer-internal': 'true',
  'service.beta.kubernetes.io/openstack-internal-load-balancer': 'true',
  'service.kubernetes.io/ibm-load-balancer-cloud-provider-ip-type': 'private',
  'service.beta.kubernetes.io/alibaba-cloud-loadbalancer-address-type': 'intranet',
  'alb.ingress.kubernetes.io/scheme': 'internal',
  'kubernetes.io/ingress.class': /internal|private/i,
  'kubernetes.io/ingress.regional-static-ip-name': /./,
  'traefik.ingress.kubernetes.io/router.entrypoints': /^internal$/i,
};

/** The annotation by which an object asks for an address inside the network only, if it does. */
export function internalAnnotation(resource: Resource): string | undefined {
  return Object.entries(INTERNAL_VALUES).find(([key, wanted]) => {
    const value = resource.annotations[key];
    return (
      value !== undefined && (typeof wanted === 'string' ? value === wanted : wanted.test(value))
    );
  })?.[0];
}
