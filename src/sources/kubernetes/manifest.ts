import type { DataPath } from '../../base/data.ts';
import { fieldsAt, isFields, listAt, textAt, textsAt } from '../../base/pick.ts';
import type { Position } from '../../base/text.ts';
import type { Source } from '../../estate/index.ts';
import type { Resource } from './resource.ts';

/** A place, in another file than most of the object where it was merged from several. */
export type Place = Position & { readonly file?: string };

/** Where the parts of an object stand. */
export interface Places {
  readonly file: string;
  at(path: DataPath): Place;
  valueAt(path: DataPath): Place;
}

/** Lists of lists end here. */
const MAX_LIST_DEPTH = 4;

/** The objects in one value: itself, or the items of a List. Empty where it is no Kubernetes object
 *  (`apiVersion`, `kind` and a named `metadata` make one). */
export function resourcesIn(value: unknown, places: Places): readonly Resource[] {
  return collect(value, places, [], 0);
}

function collect(value: unknown, places: Places, path: DataPath, depth: number): Resource[] {
  if (!isFields(value)) return [];
  const apiVersion = textAt(value, 'apiVersion');
  const kind = textAt(value, 'kind');
  if (apiVersion === undefined || kind === undefined) return [];
  if (kind.endsWith('List') && Array.isArray(value.items)) {
    if (depth >= MAX_LIST_DEPTH) return [];
    return listAt(value, 'items').flatMap((item, index) =>
      collect(withTypeOf(item, apiVersion, kind), places, [...path, 'items', index], depth + 1),
    );
  }
  const resource = toResource(value, places, path);
  return resource ? [resource] : [];
}

/** The items of a typed list (`DeploymentList`) need not name their type. */
function withTypeOf(item: unknown, apiVersion: string, listKind: string): unknown {
  const kind = listKind.slice(0, -'List'.length);
  return isFields(item) && kind !== '' ? { apiVersion, kind, ...item } : item;
}

/** One object; undefined where it has no name. */
export function toResource(
  value: Readonly<Record<string, unknown>>,
  places: Places,
  path: DataPath = [],
): Resource | undefined {
  const apiVersion = textAt(value, 'apiVersion') ?? '';
  const kind = textAt(value, 'kind') ?? '';
  const metadata = fieldsAt(value, 'metadata');
  const name = textAt(metadata, 'name') ?? textAt(metadata, 'generateName')?.replace(/-$/, '');
  if (!isName(name) && !NAMELESS.has(kind)) return undefined;
  return {
    apiVersion,
    group: apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '',
    kind,
    name: name ?? kind,
    namespace: textAt(metadata, 'namespace') || undefined,
    labels: textsAt(metadata, 'labels'),
    annotations: textsAt(metadata, 'annotations'),
    value,
    sourceAt: (reader, inside) => toSource(reader, places.file, places.at([...path, ...inside])),
    valueSourceAt: (reader, inside) =>
      toSource(reader, places.file, places.valueAt([...path, ...inside])),
  };
}

/** Configuration of a cluster's own parts, which is no object of the API. */
const NAMELESS = new Set(['EncryptionConfiguration', 'ClusterConfiguration']);

/** Anything but the placeholders of a template that was read as it stands, and texts that would
 *  break the ids made of them. */
function isName(name: string | undefined): name is string {
  return name !== undefined && name !== '' && name.length <= 253 && !/[\s{}/]/.test(name);
}

function toSource(reader: string, whole: string, { file = whole, line, column }: Place): Source {
  return { reader, how: 'configured', file, line, column };
}

/** Whether a text can hold an object at all; saves parsing what is none. */
export function mayHoldResources(text: string): boolean {
  return (
    /(?:^|[\s"'{,])apiVersion["']?\s*:/m.test(text) && /(?:^|[\s"'{,])kind["']?\s*:/m.test(text)
  );
}
