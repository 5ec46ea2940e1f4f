import { type Fields, listAt, textAt } from '../../base/pick.ts';
import type { Subject } from '../../estate/index.ts';
import type { ConfigMapKey, ConfigMapUse } from './found.ts';

/** ConfigMaps that a container takes variables from, one by one (`valueFrom`) or whole (`envFrom`). */
export function* variableUses(
  container: Fields,
  namespace: string | undefined,
  subject: Subject,
): Iterable<ConfigMapUse> {
  for (const entry of listAt(container, 'env')) {
    const name = textAt(entry, 'valueFrom', 'configMapKeyRef', 'name');
    const key = textAt(entry, 'valueFrom', 'configMapKeyRef', 'key');
    if (name !== undefined && key !== undefined) {
      yield { subject, configMap: { namespace, name, key } };
    }
  }
  for (const entry of listAt(container, 'envFrom')) {
    const name = textAt(entry, 'configMapRef', 'name');
    if (name !== undefined) yield { subject, configMap: { namespace, name } };
  }
}

/** ConfigMaps that a pod mounts. */
export function* volumeUses(
  volumes: unknown,
  { namespace }: { readonly namespace: string | undefined },
  subject: Subject,
): Iterable<ConfigMapUse> {
  for (const volume of listAt(volumes)) {
    const sources = [volume, ...listAt(volume, 'projected', 'sources')];
    for (const source of sources) {
      const name = textAt(source, 'configMap', 'name');
      if (name !== undefined) yield { subject, configMap: { namespace, name } };
    }
  }
}

/** Whether a use reaches an entry. A namespace that a manifest leaves open can be any. */
export function isUseOf(use: ConfigMapKey, entry: ConfigMapKey): boolean {
  const { namespace, name, key } = use;
  const sameNamespace =
    namespace === undefined || entry.namespace === undefined || namespace === entry.namespace;
  return sameNamespace && name === entry.name && (key === undefined || key === entry.key);
}
