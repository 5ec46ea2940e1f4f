import { listAt, textAt } from '../../../base/pick.ts';
import type { Cluster, ClusterSink, Resource } from '../resource.ts';
import { workloadsBehind } from '../selecting.ts';
import { internalAnnotation, labelOf, observeRoute } from './backend.ts';

const READER = 'kubernetes';

/** What core Services open to the outside, and the services outside that they stand for. */
export function readServices(cluster: Cluster, sink: ClusterSink): void {
  for (const service of cluster.of('', 'Service')) {
    readExposure(cluster, service, sink);
    if (workloadsBehind(cluster, service).length === 0) readExternal(service, sink);
  }
}

/** A LoadBalancer is on the internet unless an annotation asks for an internal one or it admits only
 *  private ranges; a NodePort opens a port of the nodes, which are not taken to be. */
function readExposure(cluster: Cluster, service: Resource, sink: ClusterSink): void {
  const type = textAt(service.value, 'spec', 'type');
  const hasExternalIps = listAt(service.value, 'spec', 'externalIPs').length > 0;
  if (type !== 'LoadBalancer' && type !== 'NodePort' && !hasExternalIps) return;
  const internal = internalAnnotation(service);
  const isPrivate = internal !== undefined || admitsOnlyPrivateRanges(service);
  const word =
    type === 'NodePort' ? ' (NodePort: open on the nodes)' : ` (${type ?? 'externalIPs'})`;
  const because = isPrivate ? ', internal only' : '';
  observeRoute(
    cluster,
    service,
    {
      via: `${labelOf(service)}${word}${because}`,
      hosts: hostsOf(service),
      path: '/',
      match: 'prefix',
      methods: [],
      internet: type !== 'NodePort' && !isPrivate,
      source: service.sourceAt(READER, ['spec', 'type']),
    },
    sink,
  );
}

function hostsOf(service: Resource): string[] {
  const hosts = service.annotations['external-dns.alpha.kubernetes.io/hostname'] ?? '';
  return hosts
    .split(',')
    .map((host) => host.trim())
    .filter((host) => host !== '');
}

const PRIVATE_RANGE = /^(?:10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|127\.|f[cd][0-9a-f]{2}:)/i;

function admitsOnlyPrivateRanges(service: Resource): boolean {
  const ranges = listAt(service.value, 'spec', 'loadBalancerSourceRanges');
  return ranges.length > 0 && ranges.every((range) => PRIVATE_RANGE.test(textAt(range) ?? ''));
}

/** A Service that is another name for a host outside (`externalName`), or that has no selector and
 *  so is bound to addresses by hand. */
function readExternal(service: Resource, sink: ClusterSink): void {
  const externalName = textAt(service.value, 'spec', 'externalName')?.replace(/\.$/, '');
  const isUnbound = service.value.spec !== undefined && !hasSelector(service);
  if (externalName === undefined && !isUnbound) return;
  if (externalName?.endsWith('.svc.cluster.local')) return;
  sink.observe({
    kind: 'service',
    subject: {
      by: 'name',
      name: service.name,
      ...(service.namespace !== undefined && { namespace: service.namespace }),
    },
    serviceKind: 'external',
    ...(externalName !== undefined && { aliases: [externalName] }),
    source: service.sourceAt(READER, ['metadata', 'name']),
  });
}

function hasSelector(service: Resource): boolean {
  const spec = service.value.spec;
  return typeof spec === 'object' && spec !== null && 'selector' in spec;
}
