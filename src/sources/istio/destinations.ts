import type { DataPath } from '../../base/data.ts';
import { entryOf, listAt, textAt } from '../../base/pick.ts';
import type { Subject } from '../../estate/index.ts';
import type { Cluster, ClusterSink, Resource } from '../kubernetes/resource.ts';
import type { Teller } from '../mesh/tell.ts';
import { titleOf } from '../mesh/verdict.ts';
import { isClusterHost } from './host.ts';

/** Modes in which the client shows no certificate of the mesh. */
const WEAK_MODES: Record<string, string> = {
  DISABLE: 'callers send plain text',
  SIMPLE: 'callers show no certificate',
};

/** Tells where a DestinationRule makes callers inside the mesh give up mTLS. Towards hosts outside,
 *  those modes are what one has to use.
 *  @see https://istio.io/latest/docs/reference/config/networking/destination-rule/#ClientTLSSettings */
export function tellDestinationRules(cluster: Cluster, teller: Teller): void {
  const outside = externalHosts(cluster);
  for (const rule of cluster.of('networking.istio.io', 'DestinationRule')) {
    const host = textAt(rule.value, 'spec', 'host')?.toLowerCase();
    if (!host || !isClusterHost(host) || outside.has(host)) continue;
    for (const path of tlsModes(rule)) {
      const mode = textAt(rule.value, ...path) ?? '';
      const effect = entryOf(WEAK_MODES, mode);
      if (effect === undefined) continue;
      const title = titleOf(rule);
      teller.weakness(
        'identity/mtls-disabled',
        title,
        `${title} sets TLS mode ${mode} for ${host}: ${effect}`,
        { resource: rule, path },
        host.includes('*') ? undefined : subjectOf(host, rule),
      );
    }
  }
}

function tlsModes(rule: Resource): DataPath[] {
  const subsets = listAt(rule.value, 'spec', 'subsets').map((_, index) => [
    'spec',
    'subsets',
    index,
  ]);
  return [['spec'], ...subsets].flatMap((base) => {
    const policy = [...base, 'trafficPolicy'];
    const ports = listAt(rule.value, ...policy, 'portLevelSettings').map((_, index) => [
      ...policy,
      'portLevelSettings',
      index,
      'tls',
      'mode',
    ]);
    return [[...policy, 'tls', 'mode'], ...ports];
  });
}

function subjectOf(host: string, { namespace }: Resource): Subject {
  return { by: 'address', host, known: true, ...(namespace !== undefined && { namespace }) };
}

/** Tells the services outside the estate that ServiceEntries name. */
export function tellExternalServices(cluster: Cluster, sink: ClusterSink): void {
  for (const entry of cluster.of('networking.istio.io', 'ServiceEntry')) {
    if (!isExternal(entry)) continue;
    for (const [index, host] of hostsOf(entry).entries()) {
      if (host.includes('*') || isClusterHost(host)) continue;
      sink.observe({
        kind: 'service',
        subject: { by: 'address', host },
        serviceKind: 'external',
        source: entry.sourceAt('istio', ['spec', 'hosts', index]),
      });
    }
  }
}

function externalHosts(cluster: Cluster): ReadonlySet<string> {
  const entries = cluster.of('networking.istio.io', 'ServiceEntry').filter(isExternal);
  return new Set(entries.flatMap(hostsOf));
}

function isExternal(entry: Resource): boolean {
  return textAt(entry.value, 'spec', 'location') !== 'MESH_INTERNAL';
}

function hostsOf(entry: Resource): string[] {
  return listAt(entry.value, 'spec', 'hosts').map((host) => (textAt(host) ?? '').toLowerCase());
}
