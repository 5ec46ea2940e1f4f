import { isFields, textAt } from '../../../base/pick.ts';
import { copyOf, noteOrigin, type Origin } from '../origin.ts';

const MAX_POINTER_STEPS = 64;

/** Applies one operation of a JSON Patch to a copy of a value; undefined where its path leads
 *  nowhere or a `test` fails.
 *  @see RFC 6902 §4, RFC 6901 */
export function applyOperation(root: unknown, operation: unknown, origin: Origin): unknown {
  const path = toSteps(textAt(operation, 'path'));
  const value = isFields(operation) ? operation.value : undefined;
  if (!path) return undefined;
  const from = toSteps(textAt(operation, 'from'));
  switch (textAt(operation, 'op')) {
    case 'add':
      return put(root, path, value, origin, 'add');
    case 'replace':
      return put(root, path, value, origin, 'replace');
    case 'remove':
      return remove(root, path);
    case 'test':
      return JSON.stringify(get(root, path)) === JSON.stringify(value) ? root : undefined;
    case 'copy':
      return from && put(root, path, get(root, from), origin, 'add');
    case 'move': {
      const without = from && remove(root, from);
      return from && without !== undefined
        ? put(without, path, get(root, from), origin, 'add')
        : undefined;
    }
    default:
      return undefined;
  }
}

function toSteps(pointer: string | undefined): string[] | undefined {
  if (pointer === undefined || !pointer.startsWith('/')) return undefined;
  const steps = pointer.slice(1).split('/');
  if (steps.length > MAX_POINTER_STEPS) return undefined;
  return steps.map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function get(root: unknown, path: readonly string[]): unknown {
  let value = root;
  for (const step of path) {
    if (Array.isArray(value)) value = value[Number(step)];
    else if (isFields(value) && Object.hasOwn(value, step)) value = value[step];
    else return undefined;
  }
  return value;
}

function put(
  node: unknown,
  path: readonly string[],
  value: unknown,
  origin: Origin,
  mode: 'add' | 'replace',
): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return undefined;
  if (Array.isArray(node)) return putItem(node, step, rest, value, origin, mode);
  if (!isFields(node)) return undefined;
  const copy = copyOf(node);
  if (rest.length === 0) {
    if (mode === 'replace' && !Object.hasOwn(node, step)) return undefined;
    copy[step] = value;
    noteOrigin(copy, step, origin);
    return copy;
  }
  const child = put(Object.hasOwn(node, step) ? node[step] : undefined, rest, value, origin, mode);
  if (child === undefined) return undefined;
  copy[step] = child;
  return copy;
}

function putItem(
  list: readonly unknown[],
  step: string,
  rest: readonly string[],
  value: unknown,
  origin: Origin,
  mode: 'add' | 'replace',
): unknown {
  const index = step === '-' ? list.length : /^\d{1,9}$/.test(step) ? Number(step) : -1;
  if (index < 0 || index > list.length) return undefined;
  const copy = [...list];
  if (rest.length > 0) {
    const child = put(list[index], rest, value, origin, mode);
    if (child === undefined) return undefined;
    copy[index] = child;
    return copy;
  }
  if (mode === 'add') copy.splice(index, 0, value);
  else if (index < list.length) copy[index] = value;
  else return undefined;
  noteOrigin(copy, index, origin);
  return copy;
}

function remove(node: unknown, path: readonly string[]): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return undefined;
  if (Array.isArray(node)) {
    const index = /^\d{1,9}$/.test(step) ? Number(step) : -1;
    if (index < 0 || index >= node.length) return undefined;
    if (rest.length === 0) return node.toSpliced(index, 1);
    const child = remove(node[index], rest);
    return child === undefined ? undefined : node.with(index, child);
  }
  if (!isFields(node) || !Object.hasOwn(node, step)) return undefined;
  const copy = copyOf(node);
  if (rest.length === 0) {
    delete copy[step];
    return copy;
  }
  const child = remove(node[step], rest);
  if (child === undefined) return undefined;
  copy[step] = child;
  return copy;
}
