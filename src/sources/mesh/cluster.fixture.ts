import { parseYaml } from '../../base/data.ts';
import type { Diagnostic } from '../../base/diagnostic.ts';
import type { Observation, Permission, Posture } from '../../estate/index.ts';
import { toCluster } from '../kubernetes/cluster.ts';
import { resourcesIn } from '../kubernetes/manifest.ts';
import type { Cluster, ClusterReader } from '../kubernetes/resource.ts';

/** A cluster made of one manifest, for tests. */
export function clusterOf(text: string): Cluster {
  const { documents } = parseYaml(text);
  return toCluster(
    documents.flatMap((document) =>
      resourcesIn(document.value, {
        file: 'all.yaml',
        at: document.at.bind(document),
        valueAt: document.valueAt.bind(document),
      }),
    ),
  );
}

/** What a reader says of a manifest, for tests. */
export function readCluster(reader: ClusterReader, text: string) {
  const observations: Observation[] = [];
  const diagnostics: Diagnostic[] = [];
  reader.read(clusterOf(text), {
    observe: (observation) => observations.push(observation),
    report: (diagnostic) => diagnostics.push(diagnostic),
  });
  return { observations, diagnostics };
}

/** The postures of a service as `inbound`, or `port inbound`, with their lines. */
export function posturesOf(observations: readonly Observation[], name: string) {
  return said(observations, name, (one) => one.posture).map(({ value, line }) => ({
    ...toShortPosture(value),
    line,
  }));
}

function toShortPosture({ inbound, port, because }: Posture) {
  return { inbound: port === undefined ? inbound : `${port} ${inbound}`, because };
}

/** The permissions of a service as `effect policy: from → operations`. */
export function permissionsOf(observations: readonly Observation[], name: string): string[] {
  return said(observations, name, (one) => one.permission).map(({ value }) => toShort(value));
}

function toShort({ effect, policy, from, operations, layer }: Permission): string {
  const how = layer === 'network' ? 'network ' : '';
  return `${how}${effect} ${policy}: ${from.join(' ') || 'nobody'} → ${operations.join(', ') || 'nothing'}`;
}

/** The weaknesses as `control object: subject @line`. */
export function weaknessesOf(observations: readonly Observation[]): string[] {
  return observations.flatMap((one) => {
    if (one.kind !== 'weakness') return [];
    const { subject } = one;
    const name =
      subject?.by === 'name' ? subject.name : subject?.by === 'address' ? subject.host : 'all';
    return [`${one.control} ${one.object}: ${name} @${one.source.line}`];
  });
}

type ServiceObservation = Extract<Observation, { kind: 'service' }>;

function said<Value>(
  observations: readonly Observation[],
  name: string,
  pickValue: (observation: ServiceObservation) => Value | undefined,
): { value: Value; line: number | undefined }[] {
  return observations.flatMap((one) => {
    if (one.kind !== 'service' || one.subject.by !== 'name' || one.subject.name !== name) return [];
    const value = pickValue(one);
    return value === undefined ? [] : [{ value, line: one.source.line }];
  });
}
