import { createHash } from 'node:crypto';
import { dump } from 'js-yaml';
import { parseJson, parseYaml } from '../../../base/data.ts';
import { quote } from '../../../base/fault.ts';
import { entryOf } from '../../../base/pick.ts';
import {
  type Dict,
  fieldOf,
  isDict,
  isTrue,
  mergeValues,
  setKey,
  toDict,
  toList,
  toNumber,
  toText,
  type Value,
} from './value.ts';

export type TemplateFunction = (...args: readonly Value[]) => Value;

/** Text that one call may make. */
const MAX_TEXT = 1_048_576;
/** Items that one call may make. */
const MAX_ITEMS = 10_000;

function bounded(text: string): string {
  return text.length > MAX_TEXT ? text.slice(0, MAX_TEXT) : text;
}

const TEXT: Record<string, TemplateFunction> = {
  quote: (...args) =>
    args
      .filter(isThere)
      .map((one) => JSON.stringify(toText(one)))
      .join(' '),
  squote: (...args) =>
    args
      .filter(isThere)
      .map((one) => `'${toText(one)}'`)
      .join(' '),
  trim: (text) => toText(text).trim(),
  trimAll: (cut, text) => trimSet(toText(text), toText(cut)),
  trimSuffix: (suffix, text) => withoutEnd(toText(text), toText(suffix)),
  trimPrefix: (prefix, text) => withoutStart(toText(text), toText(prefix)),
  trunc: (length, text) => truncated(toNumber(length), toText(text)),
  abbrev: (length, text) => truncated(toNumber(length), toText(text)),
  replace: (old, fresh, text) => bounded(toText(text).replaceAll(toText(old), () => toText(fresh))),
  lower: (text) => toText(text).toLowerCase(),
  upper: (text) => toText(text).toUpperCase(),
  title: (text) => toText(text).replace(/\b[a-z]/g, (letter: string) => letter.toUpperCase()),
  untitle: (text) => toText(text).replace(/\b[A-Z]/g, (letter) => letter.toLowerCase()),
  nospace: (text) => toText(text).replace(/\s/g, ''),
  kebabcase: (text) => separated(toText(text), '-'),
  snakecase: (text) => separated(toText(text), '_'),
  camelcase: (text) =>
    toText(text).replace(/(?:^|[_\s-])(\w)/g, (_, letter: string) => letter.toUpperCase()),
  contains: (part, text) => toText(text).includes(toText(part)),
  hasPrefix: (prefix, text) => toText(text).startsWith(toText(prefix)),
  hasSuffix: (suffix, text) => toText(text).endsWith(toText(suffix)),
  repeat: (count, text) => {
    const unit = toText(text);
    return unit.repeat(
      Math.min(Math.max(0, toNumber(count)), Math.floor(MAX_TEXT / (unit.length || 1))),
    );
  },
  cat: (...args) => args.filter(isThere).map(toText).join(' '),
  substr: (start, end, text) => toText(text).slice(toNumber(start), toNumber(end)),
  indent: (count, text) => indented(toNumber(count), toText(text)),
  nindent: (count, text) => `\n${indented(toNumber(count), toText(text))}`,
  print: (...args) => args.map(toText).join(''),
  println: (...args) => `${args.map(toText).join(' ')}\n`,
  printf: (format, ...args) => bounded(formatted(toText(format), args)),
  toString: (value: Value) => toText(value),
  toStrings: (list) => toList(list).map(toText),
  html: (text) => toText(text),
};

function isThere(value: Value): boolean {
  return value !== null && value !== undefined;
}

function trimSet(text: string, cut: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && cut.includes(text[start] ?? '')) start++;
  while (end > start && cut.includes(text[end - 1] ?? '')) end--;
  return text.slice(start, end);
}

function withoutEnd(text: string, suffix: string): string {
  return suffix !== '' && text.endsWith(suffix) ? text.slice(0, -suffix.length) : text;
}

function withoutStart(text: string, prefix: string): string {
  return text.startsWith(prefix) ? text.slice(prefix.length) : text;
}

function truncated(length: number, text: string): string {
  return length < 0 ? text.slice(length) : text.slice(0, length);
}

function separated(text: string, sign: string): string {
  return text
    .replace(/(?<=[a-z0-9])(?=[A-Z])/g, sign)
    .replace(/[\s_-]+/g, sign)
    .toLowerCase();
}

function indented(count: number, text: string): string {
  const space = ' '.repeat(Math.min(Math.max(0, count), 100));
  return bounded(
    text
      .split('\n')
      .map((line) => space + line)
      .join('\n'),
  );
}

/** The verbs that charts use, with a width for numbers. */
function formatted(format: string, args: readonly Value[]): string {
  let next = 0;
  const verbs: Record<string, (value: Value, width: string) => string> = {
    d: (value) => String(Math.trunc(toNumber(value))),
    f: (value, width) => toNumber(value).toFixed(Number(width.split('.')[1] ?? 6)),
    x: (value) => Math.trunc(toNumber(value)).toString(16),
    q: (value) => JSON.stringify(toText(value)),
  };
  return format.replace(
    /%([-+0]?\d{0,3}(?:\.\d{1,2})?)([a-zA-Z%])/g,
    (_, width: string, verb: string) => {
      if (verb === '%') return '%';
      const value = args[next++];
      const text = verbs[verb]?.(value, width) ?? toText(value);
      const size = Number.parseInt(width.replace(/^[-+]/, ''), 10) || 0;
      if (width.startsWith('-')) return text.padEnd(size);
      return text.padStart(size, width.startsWith('0') ? '0' : ' ');
    },
  );
}

const LOGIC: Record<string, TemplateFunction> = {
  not: (value) => !isTrue(value),
  eq: (first, ...others) => others.some((other) => isEqual(first, other)),
  ne: (first, second) => !isEqual(first, second),
  lt: (first, second) => compare(first, second) < 0,
  le: (first, second) => compare(first, second) <= 0,
  gt: (first, second) => compare(first, second) > 0,
  ge: (first, second) => compare(first, second) >= 0,
  empty: (value) => !isTrue(value),
  default: (fallback, value) => (isTrue(value) ? value : fallback),
  coalesce: (...args) => args.find(isTrue) ?? null,
  ternary: (yes, no, test) => (isTrue(test) ? yes : no),
  required: (_, value) => value,
  kindOf: (value) => kindOf(value),
  kindIs: (kind, value) => kindOf(value) === toText(kind),
  typeOf: (value) => kindOf(value),
  typeIs: (kind, value) => kindOf(value) === toText(kind),
  all: (...args) => args.every(isTrue),
  any: (...args) => args.some(isTrue),
  semverCompare: (constraint, version) => meetsVersion(toText(constraint), toText(version)),
};

function isEqual(first: Value, second: Value): boolean {
  if (typeof first === 'object' || typeof second === 'object') {
    return JSON.stringify(first ?? null) === JSON.stringify(second ?? null);
  }
  return (first ?? null) === (second ?? null);
}

function compare(first: Value, second: Value): number {
  if (typeof first === 'string' && typeof second === 'string') {
    return first < second ? -1 : first > second ? 1 : 0;
  }
  return toNumber(first) - toNumber(second);
}

function kindOf(value: Value): string {
  if (value === null || value === undefined) return 'invalid';
  if (Array.isArray(value)) return 'slice';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'float64';
  if (typeof value === 'boolean') return 'bool';
  return typeof value === 'string' ? 'string' : 'map';
}

/** `>=1.19-0`, `^1.2`, `<2 || >=3`: comparisons of the numbers alone. */
function meetsVersion(constraint: string, version: string): boolean {
  const numbers = versionOf(version);
  return constraint.split('||').some((part) =>
    part.split(/[,\s]+(?=[<>=^~!])/).every((term) => {
      const [, sign = '', wanted = ''] = /^\s*([<>=!^~]*)\s*(.*)$/s.exec(term) ?? [];
      const order = compareVersions(numbers, versionOf(wanted));
      if (sign === '^') return order >= 0 && numbers[0] === versionOf(wanted)[0];
      if (sign === '~') {
        return (
          order >= 0 && compareVersions(numbers.slice(0, 2), versionOf(wanted).slice(0, 2)) === 0
        );
      }
      return entryOf(SIGNS, sign)?.(order) ?? order === 0;
    }),
  );
}

const SIGNS: Record<string, (order: number) => boolean> = {
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
  '!=': (order) => order !== 0,
};

function versionOf(text: string): number[] {
  const [, major, minor, patch] = /(\d+)(?:\.(\d+))?(?:\.(\d+))?/.exec(text) ?? [];
  return [major, minor, patch].map((part) => Number(part ?? 0));
}

function compareVersions(a: readonly number[], b: readonly number[]): number {
  const index = a.findIndex((number, at) => number !== b[at]);
  return index < 0 ? 0 : (a[index] ?? 0) - (b[index] ?? 0);
}

const NUMBERS: Record<string, TemplateFunction> = {
  int: (value) => Math.trunc(toNumber(value)),
  int64: (value) => Math.trunc(toNumber(value)),
  float64: (value) => toNumber(value),
  atoi: (value) => Math.trunc(toNumber(value)),
  add: (...args) => args.reduce<number>((sum, one) => sum + toNumber(one), 0),
  add1: (value) => toNumber(value) + 1,
  sub: (first, second) => toNumber(first) - toNumber(second),
  mul: (...args) => args.reduce<number>((product, one) => product * toNumber(one), 1),
  div: (first, second) => Math.trunc(toNumber(first) / (toNumber(second) || 1)),
  mod: (first, second) => toNumber(first) % (toNumber(second) || 1),
  max: (...args) => Math.max(...args.map(toNumber)),
  min: (...args) => Math.min(...args.map(toNumber)),
  ceil: (value) => Math.ceil(toNumber(value)),
  floor: (value) => Math.floor(toNumber(value)),
  round: (value, digits) =>
    Number(toNumber(value).toFixed(Math.min(20, Math.max(0, toNumber(digits))))),
  until: (count) => steps(0, toNumber(count), 1),
  untilStep: (start, stop, step) => steps(toNumber(start), toNumber(stop), toNumber(step)),
};

function steps(start: number, stop: number, step: number): number[] {
  const count = step === 0 ? 0 : Math.ceil((stop - start) / step);
  const length = Math.min(Math.max(0, count), MAX_ITEMS);
  return Array.from({ length }, (_, index) => start + index * step);
}

const COLLECTIONS: Record<string, TemplateFunction> = {
  len: (value) =>
    isDict(value)
      ? Object.keys(value).length
      : Array.isArray(value)
        ? value.length
        : toText(value).length,
  list: (...args) => args,
  tuple: (...args) => args,
  first: (list) => toList(list)[0],
  last: (list) => toList(list).at(-1),
  rest: (list) => toList(list).slice(1),
  initial: (list) => toList(list).slice(0, -1),
  append: (list, item) => [...toList(list), item],
  prepend: (list, item) => [item, ...toList(list)],
  concat: (...lists) => lists.flatMap(toList).slice(0, MAX_ITEMS),
  reverse: (list) => toList(list).toReversed(),
  uniq: (list) => [...new Map(toList(list).map((item) => [JSON.stringify(item), item])).values()],
  compact: (list) => toList(list).filter(isTrue),
  has: (item, list) => toList(list).some((one) => isEqual(one, item)),
  without: (list, ...items) =>
    toList(list).filter((one) => !items.some((item) => isEqual(one, item))),
  slice: (list, start, end) =>
    toList(list).slice(toNumber(start), end === undefined ? undefined : toNumber(end)),
  sortAlpha: (list) => toList(list).map(toText).sort(),
  join: (sign, list) =>
    bounded(Array.isArray(list) ? list.map(toText).join(toText(sign)) : toText(list)),
  splitList: (sign, text) => toText(text).split(toText(sign)).slice(0, MAX_ITEMS),
  split: (sign, text) =>
    Object.fromEntries(
      toText(text)
        .split(toText(sign))
        .slice(0, MAX_ITEMS)
        .map((part, index) => [`_${index}`, part]),
    ),
  index: (value, ...path) => path.reduce<Value>(item, value),
  dict: (...args) => dictOf(args),
  get: (dict, key) => fieldOf(dict, toText(key)) ?? '',
  set: (dict, key, value) => {
    if (isDict(dict)) setKey(dict, toText(key), value);
    return dict;
  },
  unset: (dict, key) => {
    if (isDict(dict)) delete dict[toText(key)];
    return dict;
  },
  hasKey: (dict, key) => isDict(dict) && Object.hasOwn(dict, toText(key)),
  keys: (...dicts) => dicts.flatMap((dict) => Object.keys(toDict(dict))).sort(),
  values: (dict) => Object.values(toDict(dict)),
  pick: (dict, ...keys) => selected(dict, (key) => keys.map(toText).includes(key)),
  omit: (dict, ...keys) => selected(dict, (key) => !keys.map(toText).includes(key)),
  merge: (target, ...others) =>
    mergeInto(target, others, (known, other) => mergeValues(other, known)),
  mergeOverwrite: (target, ...others) => mergeInto(target, others, mergeValues),
  deepCopy: (value) => copied(value),
  dig: (...args) => dug(args),
};

function item(value: Value, step: Value): Value {
  return Array.isArray(value) ? value[toNumber(step)] : fieldOf(value, toText(step));
}

function dictOf(args: readonly Value[]): Dict {
  const dict: Dict = {};
  for (let index = 0; index < args.length; index += 2) {
    setKey(dict, toText(args[index]), args[index + 1] ?? '');
  }
  return dict;
}

function selected(dict: Value, isWanted: (key: string) => boolean): Dict {
  return Object.fromEntries(Object.entries(toDict(dict)).filter(([key]) => isWanted(key)));
}

/** Merging changes its first argument, which charts rely on. */
function mergeInto(
  target: Value,
  others: readonly Value[],
  merge: (known: Dict, other: Dict) => Dict,
): Value {
  const dict = toDict(target);
  const merged = others.map(toDict).reduce((known, other) => merge(known, other), dict);
  for (const [key, value] of Object.entries(merged)) setKey(dict, key, value);
  return dict;
}

function copied(value: Value): Value {
  return typeof value === 'object' && value !== null
    ? (JSON.parse(JSON.stringify(value)) as Value)
    : value;
}

/** `dig "a" "b" default dict`. */
function dug(args: readonly Value[]): Value {
  const path = args.slice(0, -2);
  const found = path.reduce<Value>((value, step) => fieldOf(value, toText(step)), args.at(-1));
  return found ?? args.at(-2);
}

const ENCODING: Record<string, TemplateFunction> = {
  toYaml: (value) => toYaml(value),
  toYamlPretty: (value) => toYaml(value),
  fromYaml: (text) => toDict(firstDocument(parseYaml(toText(text)).documents)),
  fromYamlArray: (text) => toList(firstDocument(parseYaml(toText(text)).documents)),
  toJson: (value) => bounded(JSON.stringify(value ?? null) ?? ''),
  toPrettyJson: (value) => bounded(JSON.stringify(value ?? null, null, 2) ?? ''),
  toRawJson: (value) => bounded(JSON.stringify(value ?? null) ?? ''),
  fromJson: (text) => firstDocument(parseJson(toText(text)).documents),
  b64enc: (text) => Buffer.from(toText(text)).toString('base64'),
  b64dec: (text) => Buffer.from(toText(text), 'base64').toString(),
  sha1sum: (text) => createHash('sha1').update(toText(text)).digest('hex'),
  sha256sum: (text) => createHash('sha256').update(toText(text)).digest('hex'),
  urlquery: (text) => encodeURIComponent(toText(text)),
};

function firstDocument(documents: readonly { readonly value: unknown }[]): Value {
  return documents[0]?.value as Value;
}

function toYaml(value: Value): string {
  if (value === undefined || value === null) return 'null';
  return bounded(
    dump(value, { sortKeys: true, noRefs: true, lineWidth: -1, skipInvalid: true }).trimEnd(),
  );
}

/** What is made up when a chart is installed, or asked of the cluster: nothing that a file could
 *  tell, so it is empty here. */
const UNKNOWABLE = [
  'randAlphaNum',
  'randAlpha',
  'randNumeric',
  'randAscii',
  'randBytes',
  'uuidv4',
  'genPrivateKey',
  'derivePassword',
  'htpasswd',
  'bcrypt',
  'now',
  'date',
  'dateModify',
  'toDate',
  'unixEpoch',
  'getHostByName',
  'env',
  'expandenv',
];
const UNKNOWABLE_OBJECTS = [
  'lookup',
  'genCA',
  'genSelfSignedCert',
  'genSignedCert',
  'buildCustomCert',
];

/** Every function that a template may call, by name. */
export const FUNCTIONS: ReadonlyMap<string, TemplateFunction> = new Map([
  ...Object.entries({ ...TEXT, ...LOGIC, ...NUMBERS, ...COLLECTIONS, ...ENCODING }),
  ...UNKNOWABLE.map((name) => [name, () => ''] as const),
  ...UNKNOWABLE_OBJECTS.map((name) => [name, () => ({})] as const),
]);

/** A call that this reading does not know. */
export class UnknownFunction extends Error {
  constructor(name: string) {
    super(`the function ${quote(name)}`);
  }
}
