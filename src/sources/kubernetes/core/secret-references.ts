import type { DataPath } from '../../../base/data.ts';
import { listAt, textAt } from '../../../base/pick.ts';
import type { CredentialLocation } from '../../../estate/index.ts';
import type { Cluster, ClusterSink } from '../resource.ts';
import { containersOf, subjectOf, type Workload, workloadsOf } from '../workload.ts';
import { entriesOf, objectNamed } from './environment.ts';
import { isPlainEntry, isPlainKey, kindOfKey } from './secret-keys.ts';
import { locationOf, secretKey } from './secrets.ts';

const READER = 'kubernetes';

/** A place in a workload that uses a Secret, whole or one key of it. */
interface Reference {
  readonly secret: string;
  readonly key?: string;
  readonly path: DataPath;
  readonly in: CredentialLocation['in'];
}

/** Which workloads use which credentials. */
export function readSecretReferences(cluster: Cluster, sink: ClusterSink): void {
  for (const workload of workloadsOf(cluster)) {
    for (const reference of referencesOf(workload)) observe(cluster, workload, reference, sink);
  }
}

function referencesOf(workload: Workload): readonly Reference[] {
  return [
    ...containersOf(workload).flatMap(({ value, path }) => [
      ...listAt(value, 'env').flatMap((entry, index) =>
        toReference(
          textAt(entry, 'valueFrom', 'secretKeyRef', 'name'),
          textAt(entry, 'valueFrom', 'secretKeyRef', 'key'),
          [...path, 'env', index, 'valueFrom', 'secretKeyRef'],
          'env',
        ),
      ),
      ...listAt(value, 'envFrom').flatMap((entry, index) =>
        toReference(
          textAt(entry, 'secretRef', 'name'),
          undefined,
          [...path, 'envFrom', index, 'secretRef'],
          'env',
        ),
      ),
    ]),
    ...listAt(workload.podSpec, 'volumes').flatMap((volume, index) =>
      fromVolume(volume, [...workload.podSpecPath, 'volumes', index]),
    ),
    ...listAt(workload.podSpec, 'imagePullSecrets').flatMap((entry, index) =>
      toReference(
        textAt(entry, 'name'),
        undefined,
        [...workload.podSpecPath, 'imagePullSecrets', index],
        'secret',
      ),
    ),
  ];
}

function fromVolume(volume: unknown, path: DataPath): Reference[] {
  const named = (holder: unknown, field: string, at: DataPath) => {
    const items = listAt(holder, 'items').flatMap((item) => textAt(item, 'key') ?? []);
    const keys = items.length > 0 ? items : [undefined];
    return keys.flatMap((key) => toReference(textAt(holder, field), key, at, 'secret'));
  };
  return [
    ...named(fieldOf(volume, 'secret'), 'secretName', [...path, 'secret']),
    ...listAt(volume, 'projected', 'sources').flatMap((source, index) =>
      named(fieldOf(source, 'secret'), 'name', [...path, 'projected', 'sources', index, 'secret']),
    ),
  ];
}

function fieldOf(value: unknown, field: string): unknown {
  return (value as Record<string, unknown> | null | undefined)?.[field];
}

function toReference(
  secret: string | undefined,
  key: string | undefined,
  path: DataPath,
  holder: CredentialLocation['in'],
): Reference[] {
  if (!secret) return [];
  return [{ secret, ...(key !== undefined && { key }), path, in: holder }];
}

/** The use of a whole Secret is one of each of its keys, or of `*` where the Secret is not known. */
function observe(cluster: Cluster, workload: Workload, reference: Reference, sink: ClusterSink) {
  const { secret, key, path } = reference;
  const holder = objectNamed(cluster, workload, 'Secret', secret);
  const entries = holder ? entriesOf(holder) : [];
  const plain = new Set(entries.filter(isPlainEntry).map((entry) => entry.key));
  const known = holder ? entries.map((entry) => entry.key) : ['*'];
  const keys = (key === undefined ? known : [key]).filter(
    (one) => !isPlainKey(one) && !plain.has(one),
  );
  const source = workload.resource.sourceAt(READER, path);
  const location = locationOf(source, reference.in);
  const type = textAt(holder?.value, 'type') ?? defaultType(reference);
  for (const one of keys) {
    sink.observe({
      kind: 'credential',
      subject: subjectOf(workload),
      name: one === '*' ? secret : `${secret}/${one}`,
      credentialKind: kindOfKey(type, one === '*' ? secret : one),
      keys: [secretKey(holder ?? workload, secret, one)],
      ...(location && { location }),
      source,
    });
  }
}

function defaultType({ path }: Reference): string {
  return path.includes('imagePullSecrets') ? 'kubernetes.io/dockerconfigjson' : 'Opaque';
}
