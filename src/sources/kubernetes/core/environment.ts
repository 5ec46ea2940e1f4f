import type { DataPath } from '../../../base/data.ts';
import { fieldsAt, listAt, pick, textAt, textsAt } from '../../../base/pick.ts';
import type { Source } from '../../../estate/index.ts';
import { find, inNamespace } from '../lookup.ts';
import type { Cluster, Resource } from '../resource.ts';
import { type Container, namespaceOf, type Workload } from '../workload.ts';

/** One environment variable of a container whose value stands in the manifests. */
export interface Variable {
  readonly name: string;
  /** Never to be told where `isSecret`. */
  readonly value: string;
  readonly isSecret: boolean;
  readonly source: Source;
  /** `environment variable A`, or the object and key that it comes from. */
  readonly evidence: string;
  /** The object that hands it over together with all its other entries (`envFrom`). */
  readonly bundle?: string;
}

const READER = 'kubernetes';

/** The variables of a container, from `env` and `envFrom`, with `$(NAME)` put in as the kubelet
 *  does it. */
export function variablesOf(
  cluster: Cluster,
  workload: Workload,
  container: Container,
): readonly Variable[] {
  const variables = [
    ...fromWhole(cluster, workload, container),
    ...fromEntries(cluster, workload, container),
  ];
  const values = new Map(variables.map(({ name, value }) => [name, value]));
  return variables.map((variable) => ({
    ...variable,
    value: expand(variable.value, values, cluster, workload),
  }));
}

/** Puts in `$(NAME)` once; what is not known stays.
 *  @see Kubernetes API, EnvVar.value */
export function expand(
  text: string,
  values: ReadonlyMap<string, string>,
  cluster: Cluster,
  workload: Workload,
): string {
  if (!text.includes('$(')) return text;
  return text.replace(
    /\$\(([A-Za-z_][\w.-]{0,200})\)/g,
    (whole, name: string) => values.get(name) ?? injected(name, cluster, workload) ?? whole,
  );
}

/** `ORDERS_SERVICE_HOST`, which the kubelet sets for every Service of the namespace. */
function injected(name: string, cluster: Cluster, workload: Workload): string | undefined {
  const stem = /^(.{1,100})_SERVICE_HOST$/.exec(name)?.[1];
  if (stem === undefined) return undefined;
  return inNamespace(cluster, '', 'Service', namespaceOf(workload)).find(
    (service) => service.name.toUpperCase().replaceAll('-', '_') === stem,
  )?.name;
}

function fromEntries(cluster: Cluster, workload: Workload, container: Container): Variable[] {
  return listAt(container.value, 'env').flatMap((entry, index) => {
    const name = textAt(entry, 'name');
    if (name === undefined) return [];
    const path = [...container.path, 'env', index];
    const value = textAt(entry, 'value');
    if (value !== undefined) {
      return [
        {
          name,
          value,
          isSecret: false,
          source: workload.resource.sourceAt(READER, [...path, 'value']),
          evidence: `environment variable ${name}`,
        },
      ];
    }
    return [
      ...fromKey(cluster, workload, name, 'ConfigMap', pick(entry, 'valueFrom', 'configMapKeyRef')),
      ...fromKey(cluster, workload, name, 'Secret', pick(entry, 'valueFrom', 'secretKeyRef')),
    ];
  });
}

function fromKey(
  cluster: Cluster,
  workload: Workload,
  name: string,
  kind: 'ConfigMap' | 'Secret',
  reference: unknown,
): Variable[] {
  const holder = objectNamed(cluster, workload, kind, textAt(reference, 'name'));
  const key = textAt(reference, 'key');
  return holder
    ? entriesOf(holder).flatMap((entry) =>
        entry.key === key ? [toVariable(name, holder, entry)] : [],
      )
    : [];
}

function fromWhole(cluster: Cluster, workload: Workload, container: Container): Variable[] {
  return listAt(container.value, 'envFrom').flatMap((entry) => {
    const prefix = textAt(entry, 'prefix') ?? '';
    const holders = [
      objectNamed(cluster, workload, 'ConfigMap', textAt(entry, 'configMapRef', 'name')),
      objectNamed(cluster, workload, 'Secret', textAt(entry, 'secretRef', 'name')),
    ].filter((holder) => holder !== undefined);
    return holders.flatMap((holder) =>
      entriesOf(holder).map((item) => ({
        ...toVariable(prefix + item.key, holder, item),
        bundle: `${holder.kind} ${holder.namespace ?? ''}/${holder.name}`,
      })),
    );
  });
}

function toVariable(name: string, holder: Resource, entry: ObjectEntry): Variable {
  return {
    name,
    value: entry.value,
    isSecret: holder.kind === 'Secret',
    source: holder.sourceAt(READER, entry.path),
    evidence: `environment variable ${name}, from ${holder.kind} ${holder.name}`,
  };
}

/** The object of this name in the workload's namespace. */
export function objectNamed(
  cluster: Cluster,
  workload: { readonly namespace: string | undefined },
  kind: 'ConfigMap' | 'Secret',
  name: string | undefined,
): Resource | undefined {
  return find(cluster, '', kind, namespaceOf(workload), name);
}

export interface ObjectEntry {
  readonly key: string;
  readonly value: string;
  readonly path: DataPath;
}

/** The entries of a ConfigMap or Secret, those of a Secret decoded; `stringData` wins over `data`. */
export function entriesOf(holder: Resource): readonly ObjectEntry[] {
  const entries = new Map<string, ObjectEntry>();
  for (const [key, value] of Object.entries(textsAt(holder.value, 'data'))) {
    const decoded = holder.kind === 'Secret' ? Buffer.from(value, 'base64').toString() : value;
    entries.set(key, { key, value: decoded, path: ['data', key] });
  }
  for (const [key, value] of Object.entries(textsAt(holder.value, 'stringData'))) {
    if (holder.kind === 'Secret') entries.set(key, { key, value, path: ['stringData', key] });
  }
  return [...entries.values()];
}

/** The ConfigMaps that a pod mounts as files. */
export function mountedConfigMaps(cluster: Cluster, workload: Workload): readonly Resource[] {
  const names = listAt(workload.podSpec, 'volumes').flatMap((volume) => [
    textAt(volume, 'configMap', 'name'),
    ...listAt(volume, 'projected', 'sources').map((source) => textAt(source, 'configMap', 'name')),
  ]);
  const found = names.flatMap((name) => objectNamed(cluster, workload, 'ConfigMap', name) ?? []);
  return [...new Set(found)];
}

/** `command` and `args` of a container, with the path of each word. */
export function commandOf(container: Container): readonly { word: string; path: DataPath }[] {
  return ['command', 'args'].flatMap((field) =>
    listAt(fieldsAt(container.value), field).flatMap((item, index) => {
      const word = textAt(item);
      return word === undefined ? [] : [{ word, path: [...container.path, field, index] }];
    }),
  );
}
