import type { DataPath } from '../../base/data.ts';
import type { Diagnostic } from '../../base/diagnostic.ts';
import type { Position } from '../../base/text.ts';
import type { Observation, Source } from '../../estate/index.ts';

/** One Kubernetes object, from a manifest, a rendered chart or the API. */
export interface Resource {
  /** `apps/v1`. */
  readonly apiVersion: string;
  /** `apps`; `''` for the core group. */
  readonly group: string;
  readonly kind: string;
  readonly name: string;
  /** Undefined where the object names none and nothing around it does. */
  readonly namespace: string | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** The whole object. Nothing about its shape is known: read it with `src/base/pick.ts`. */
  readonly value: Readonly<Record<string, unknown>>;
  /** Where a part of it stands, as a source of `reader`. */
  sourceAt(reader: string, path: DataPath): Source;
  /** Where the value of that part begins; absent for objects that stand in no file. */
  valueSourceAt?(reader: string, path: DataPath): Source;
  /** Where a text of it stands that a template has put in; absent for what no template made. */
  placesOfText?(text: string): readonly FilePlace[];
}

export interface FilePlace extends Position {
  readonly file: string;
}

/** All objects that one reading found. Of equal objects (group, kind, namespace, name) the first by
 *  file and line is kept, so overlays and copies do not count twice. */
export interface Cluster {
  readonly resources: readonly Resource[];
  /** Other descriptions of the same services, whose objects were left out as equal to these. What they
   *  say of whom a service calls still holds where they are applied. */
  readonly copies?: readonly Cluster[];
  /** Nothing that decides is missing: what no object says is so nowhere. Manifests may leave out
   *  namespaces; a running cluster has them all. */
  readonly isWhole?: true;
  /** Sorted by namespace and name. `group` without version; '' is the core group. */
  of(group: string, ...kinds: readonly string[]): readonly Resource[];
}

/** Reads one family of objects (`kubernetes`, `istio` …). The same function serves manifests and a
 *  live cluster. */
export interface ClusterReader {
  readonly name: string;
  read(cluster: Cluster, sink: ClusterSink): void;
}

export interface ClusterSink {
  observe(observation: Observation): void;
  report(diagnostic: Diagnostic): void;
}
