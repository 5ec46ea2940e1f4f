import { type Fields, isFields, textAt } from '../../../base/pick.ts';
import { copyOf, noteOrigin, type Origin, originOfChild } from '../origin.ts';

/** A value with where it comes from. */
interface Part {
  readonly value: unknown;
  readonly origin: Origin;
}

/** Lists of built-in kinds that are merged by a key of their items; all others are replaced.
 *  @see Kubernetes API conventions, "Strategic Merge Patch" */
const MERGE_KEYS: Record<string, readonly string[]> = {
  containers: ['name'],
  initContainers: ['name'],
  ephemeralContainers: ['name'],
  env: ['name'],
  volumes: ['name'],
  volumeMounts: ['mountPath'],
  volumeDevices: ['devicePath'],
  ports: ['containerPort', 'port'],
  imagePullSecrets: ['name'],
  secrets: ['name'],
  hostAliases: ['ip'],
  volumeClaimTemplates: ['name'],
};

const MAX_DEPTH = 64;

/** Merges a patch over a base as `kubectl patch --type strategic` does: mappings by key, null removes,
 *  lists by their merge key or as a whole, `$patch: delete` and `$patch: replace` as they say.
 *  Undefined where the patch removes the whole value. */
export function mergeStrategic(base: Part, patch: Part, depth = 0): unknown {
  if (!isFields(base.value) || !isFields(patch.value) || depth > MAX_DEPTH) return patch.value;
  const directive = textAt(patch.value, '$patch');
  if (directive === 'delete') return undefined;
  if (directive === 'replace') return withoutDirectives(patch.value);
  const merged = copyOf(base.value);
  for (const [key, value] of Object.entries(patch.value)) {
    if (key.startsWith('$')) continue;
    const origin = originOfChild(patch.value, patch.origin, key);
    if (value === null) delete merged[key];
    else if (!Object.hasOwn(merged, key)) set(merged, key, value, origin);
    else mergeChild(merged, base, key, { value, origin }, depth);
  }
  return merged;
}

function mergeChild(
  merged: Record<string, unknown>,
  base: Part,
  key: string,
  patch: Part,
  depth: number,
): void {
  const child: Part = { value: merged[key], origin: originOfChild(base.value, base.origin, key) };
  if (isFields(child.value) && isFields(patch.value)) {
    const result = mergeStrategic(child, patch, depth + 1);
    if (result === undefined) delete merged[key];
    else merged[key] = result;
  } else if (Array.isArray(child.value) && Array.isArray(patch.value)) {
    const list = mergeLists(key, child, patch, depth + 1);
    if (list) merged[key] = list;
    else set(merged, key, patch.value, patch.origin);
    // What a patch repeats, as it must for names, still stands where it stood.
  } else if (child.value !== patch.value) set(merged, key, patch.value, patch.origin);
}

function set(merged: Record<string, unknown>, key: string, value: unknown, origin: Origin): void {
  merged[key] = value;
  noteOrigin(merged, key, origin);
}

/** Undefined where the list is to be replaced. */
function mergeLists(key: string, base: Part, patch: Part, depth: number): unknown[] | undefined {
  const items = partsOf(base);
  const patches = partsOf(patch);
  const mergeKey = (Object.hasOwn(MERGE_KEYS, key) ? MERGE_KEYS[key] : undefined)?.find((name) =>
    [...items, ...patches].every(
      ({ value }) => isFields(value) && (name in value || '$patch' in value),
    ),
  );
  if (
    mergeKey === undefined ||
    patches.some(({ value }) => textAt(value, '$patch') === 'replace')
  ) {
    return undefined;
  }
  const result: Part[] = [...items];
  for (const one of patches) {
    const name = textAt(one.value, mergeKey);
    const index = result.findIndex(({ value }) => textAt(value, mergeKey) === name);
    const known = result[index];
    if (!known) {
      if (textAt(one.value, '$patch') !== 'delete') result.push(one);
      continue;
    }
    const merged = mergeStrategic(known, one, depth);
    if (merged === undefined) result.splice(index, 1);
    else result[index] = { value: merged, origin: known.origin };
  }
  const list = result.map(({ value }) => value);
  result.forEach(({ origin }, index) => {
    noteOrigin(list, index, origin);
  });
  return list;
}

function partsOf({ value, origin }: Part): Part[] {
  return (Array.isArray(value) ? value : []).map((item, index) => ({
    value: item,
    origin: originOfChild(value, origin, index),
  }));
}

function withoutDirectives(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([key]) => !key.startsWith('$')));
}
