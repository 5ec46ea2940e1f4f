import { posix } from 'node:path';
import { entryOf } from '../table.ts';
import type { Interpreter } from './interpreter.ts';
import {
  asText,
  type ExternalValue,
  type ListValue,
  type ObjectValue,
  toList,
  toText,
  UNKNOWN,
  type Value,
} from './values.ts';

/** Iterations of one callback. */
const MAX_ITERATIONS = 500;

/** Methods of the language itself that set-up code uses on texts, lists and objects; undefined where
 *  the method is none of them. */
export function callBuiltin(
  receiver: Value,
  method: string,
  values: readonly Value[],
  run: Interpreter,
): Value | undefined {
  switch (receiver.kind) {
    case 'text':
      return entryOf(TEXT, method)?.(receiver.text, values) ?? UNKNOWN;
    case 'list':
      return entryOf(LIST, method)?.(receiver, values, run);
    case 'function':
      return entryOf(FUNCTION, method)?.(receiver, values, run);
    case 'external':
      return isPath(receiver) ? entryOf(PATH, method)?.(values) : undefined;
    case 'unknown':
      return entryOf(OBJECT, method)?.(values, run);
    default:
      return undefined;
  }
}

function isPath(value: ExternalValue): boolean {
  return value.module === 'path' && (value.path.length === 0 || value.path[0] === 'posix');
}

type TextMethod = (text: string, values: readonly Value[]) => Value;
const TEXT: Readonly<Record<string, TextMethod>> = {
  toLowerCase: (text) => toText(text.toLowerCase()),
  toUpperCase: (text) => toText(text.toUpperCase()),
  toString: (text: string) => toText(text),
  trim: (text) => toText(text.trim()),
  concat: (text, values) => joined([toText(text), ...values], ''),
  split: (text, values) => {
    const separator = asText(values[0]);
    return separator === undefined ? UNKNOWN : toList(text.split(separator, 500).map(toText));
  },
  replace: (text, values) => {
    const [from, to] = values.map(asText);
    return from === undefined || to === undefined ? UNKNOWN : toText(text.replace(from, () => to));
  },
};

type ListMethod = (list: ListValue, values: readonly Value[], run: Interpreter) => Value;
const each: ListMethod = (list, [callback], run) => {
  if (callback === undefined) return UNKNOWN;
  const results = list.items
    .slice(0, MAX_ITERATIONS)
    .map((item, index) => run.call(callback, [item, toText(String(index)), list]));
  return toList(results);
};
const LIST: Readonly<Record<string, ListMethod>> = {
  forEach: each,
  map: each,
  flatMap: (list, values, run) => {
    const results = each(list, values, run);
    return results.kind === 'list' ? toList(results.items.flatMap(flat)) : results;
  },
  filter: (list) => list,
  slice: (list) => list,
  sort: (list) => list,
  reverse: (list) => list,
  flat: (list) => toList(list.items.flatMap(flat)),
  concat: (list, values) => toList([...list.items, ...values.flatMap(flat)].slice(0, 5_000)),
  push: (list, values) => {
    if (list.items.length < 5_000) list.items.push(...values);
    return UNKNOWN;
  },
  join: (list, values) => joined(list.items, asText(values[0]) ?? ','),
  reduce: (list, [callback, initial], run) => {
    if (callback === undefined) return UNKNOWN;
    return list.items
      .slice(0, MAX_ITERATIONS)
      .reduce((sum, item) => run.call(callback, [sum, item]), initial ?? UNKNOWN);
  },
};

function flat(value: Value): Value[] {
  return value.kind === 'list' ? value.items : [value];
}

function joined(values: readonly Value[], separator: string): Value {
  const texts = values.map(asText);
  if (texts.some((text) => text === undefined)) return UNKNOWN;
  const text = texts.join(separator);
  return text.length > 4_000 ? UNKNOWN : toText(text);
}

type FunctionMethod = (callee: Value, values: readonly Value[], run: Interpreter) => Value;
const FUNCTION: Readonly<Record<string, FunctionMethod>> = {
  bind: (callee) => callee,
  call: (callee, [self, ...values], run) => run.call(callee, values, self),
  apply: (callee, [self, list], run) =>
    run.call(callee, list?.kind === 'list' ? list.items : [], self),
};

const PATH: Readonly<Record<string, (values: readonly Value[]) => Value>> = {
  join: joinPath,
  resolve: joinPath,
  dirname: ([path]) => {
    const text = asText(path);
    return text === undefined ? UNKNOWN : toText(posix.dirname(text));
  },
};

function joinPath(values: readonly Value[]): Value {
  const texts = values.map(asText);
  if (texts.some((text) => text === undefined)) return UNKNOWN;
  return toText(posix.join(...texts.filter((text) => text !== undefined)));
}

type ObjectMethod = (values: readonly Value[], run: Interpreter) => Value | undefined;
/** `Object.entries(x)` and its like; any other unknown receiver with a known object as its argument
 *  would do the same to it. */
const OBJECT: Readonly<Record<string, ObjectMethod>> = {
  entries: ([value]) =>
    ofObject(value, ({ fields }) =>
      toList([...fields].map(([name, each]) => toList([toText(name), each]))),
    ),
  keys: ([value]) => ofObject(value, ({ fields }) => toList([...fields.keys()].map(toText))),
  values: ([value]) => ofObject(value, ({ fields }) => toList([...fields.values()])),
  freeze: ([value]) => value,
  all: ([value], run) => (value?.kind === 'list' ? value : run.call(UNKNOWN, value ? [value] : [])),
};

function ofObject(
  value: Value | undefined,
  give: (object: ObjectValue) => Value,
): Value | undefined {
  return value?.kind === 'object' ? give(value) : undefined;
}
