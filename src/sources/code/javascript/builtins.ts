import { posix } from 'node:path';
import { entryOf } from '../table.ts';
import type { Interpreter } from './interpreter.ts';
import {
  asText,
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
    case 'unknown':
      return entryOf(OBJECT, method)?.(values, run);
    default:
      return undefined;
  }
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
  slice: (text, values) => {
    const [from = 0, to] = values.map((value) => Number(asText(value)));
    return Number.isNaN(from) || Number.isNaN(to ?? 0) ? UNKNOWN : toText(text.slice(from, to));
  },
  replace: (text, values) => {
    const [from, to] = values.map(asText);
    if (isExtension(values[0]) && to === '') {
      return toText(text.slice(0, text.length - posix.extname(text).length));
    }
    return from === undefined || to === undefined ? UNKNOWN : toText(text.replace(from, () => to));
  },
};

/** `/\.(js|ts)$/`: the ending of a file's name. */
function isExtension(value: Value | undefined): boolean {
  return value?.kind === 'regex' && /^\\\.[\w()[\]|?:+]+\$$/.test(value.source);
}

type ListMethod = (list: ListValue, values: readonly Value[], run: Interpreter) => Value;
const each: ListMethod = (list, [callback], run) => {
  if (callback === undefined) return UNKNOWN;
  const results = list.items.slice(0, MAX_ITERATIONS).map((item, index) => {
    const ofMap = list.isMap && item.kind === 'list';
    const [key = UNKNOWN, value = UNKNOWN] = ofMap ? item.items : [toText(String(index)), item];
    return run.call(callback, [value, key, list]);
  });
  return toList(results);
};
/** Of a Map its keys or values; of a list or a Set their counterparts. */
const part = (list: ListValue, index: 0 | 1): Value =>
  toList(
    list.items.map((item) => (item.kind === 'list' ? item.items[index] : undefined) ?? UNKNOWN),
  );
const add: ListMethod = (list, values) => {
  if (list.items.length < 5_000) list.items.push(...values);
  return list;
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
  push: add,
  add,
  set: (list, values, run) => add(list, [toList(values)], run),
  get: (list, [key]) => {
    const name = asText(key);
    const found = list.items.find(
      (item) => item.kind === 'list' && name !== undefined && asText(item.items[0]) === name,
    );
    return (found?.kind === 'list' ? found.items[1] : undefined) ?? UNKNOWN;
  },
  keys: (list) =>
    list.isMap ? part(list, 0) : toList(list.items.map((_, index) => toText(String(index)))),
  values: (list) => (list.isMap ? part(list, 1) : list),
  entries: (list) =>
    list.isMap
      ? list
      : toList(list.items.map((item, index) => toList([toText(String(index)), item]))),
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
  from: ([value, callback], run) =>
    value?.kind === 'list' && callback !== undefined ? each(value, [callback], run) : value,
  assign: (values) => {
    const [target, ...others] = values;
    if (target?.kind !== 'object') return undefined;
    for (const other of others) {
      if (other.kind !== 'object') continue;
      for (const [name, field] of other.fields) target.fields.set(name, field);
    }
    return target;
  },
  all: ([value], run) => (value?.kind === 'list' ? value : run.call(UNKNOWN, value ? [value] : [])),
};

function ofObject(
  value: Value | undefined,
  give: (object: ObjectValue) => Value,
): Value | undefined {
  return value?.kind === 'object' ? give(value) : undefined;
}

/** `new Map([[key, value]])` and `new Set([item])`; undefined for anything else. */
export function makeCollection(name: string, [items]: readonly Value[]): Value | undefined {
  if (name !== 'Map' && name !== 'Set') return undefined;
  const given = items?.kind === 'list' ? items.items.slice(0, 5_000) : [];
  return { ...toList(given), isMap: name === 'Map' };
}
