import { compareDiagnostics, type Diagnostic } from '../../../base/diagnostic.ts';
import type { Fields } from '../../../base/pick.ts';
import { redacted } from '../../../base/redact.ts';
import type { Observation } from '../../../estate/index.ts';
import { guard } from '../../guard.ts';
import { toCluster } from '../cluster.ts';
import type { Cluster, ClusterReader } from '../resource.ts';
import { toLiveResource } from './live-resource.ts';

export interface LiveReading {
  readonly observations: readonly Observation[];
  readonly diagnostics: readonly Diagnostic[];
}

/** What cluster readers say of the objects of a running cluster: the same as of manifests. */
export function readLive(
  name: string,
  values: Iterable<Fields>,
  readers: readonly ClusterReader[],
): LiveReading {
  const resources = [...values].flatMap((value) => toLiveResource(name, value) ?? []);
  const cluster = toCluster(resources);
  const objects: Cluster = isWhole(cluster) ? { ...cluster, isWhole: true } : cluster;
  const observations: Observation[] = [];
  const diagnostics: Diagnostic[] = [];
  const report = (diagnostic: Diagnostic): void => {
    diagnostics.push({ ...diagnostic, message: redacted(diagnostic.message) });
  };
  const sink = { observe: (one: Observation) => void observations.push(one), report };
  for (const reader of readers) {
    guard(report, reader.name, `cluster ${name}`, () => reader.read(objects, sink));
  }
  return { observations, diagnostics: diagnostics.sort(compareDiagnostics) };
}

/** Every namespace that something stands in has been read, so that its labels are known. */
function isWhole(cluster: Cluster): boolean {
  const known = new Set(cluster.of('', 'Namespace').map(({ name }) => name));
  return cluster.resources.every(
    ({ namespace }) => namespace === undefined || known.has(namespace),
  );
}
