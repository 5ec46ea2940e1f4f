import { entryOf } from '../../../base/pick.ts';
import {
  itemsOf,
  type ListValue,
  listValue,
  native,
  plainText,
  type RecordValue,
  type TextValue,
  textValue,
  UNKNOWN,
  type Value,
} from '../interpreter/value.ts';

/** Methods of Python's own types, as far as programs build paths and lists of routes with them. */

/** Items that a list may grow to. */
const MAX_ITEMS = 20_000;

/** Functions that every module has and that loops over tables are written with. */
const GLOBAL_FUNCTIONS: Readonly<Record<string, (given: readonly Value[]) => Value>> = {
  list: ([given]) => sequence(given),
  tuple: ([given]) => sequence(given),
  set: ([given]) => sequence(given),
  sorted: ([given]) => sequence(given),
  reversed: ([given]) => listValue([...sequence(given).items].reverse()),
  enumerate: ([given]) =>
    listValue(
      sequence(given).items.map((item, index) => listValue([textValue(String(index)), item])),
    ),
  zip: (given) => {
    const [first, ...others] = given.map((value) => sequence(value).items);
    const rows = (first ?? []).map((item, index) => [
      item,
      ...others.map((items) => items[index] ?? UNKNOWN),
    ]);
    return listValue(rows.map((row) => listValue(row)));
  },
  str: ([given]) => (given?.is === 'text' ? given : UNKNOWN),
};

export function globalFunction(name: string): Value | undefined {
  const known = entryOf(GLOBAL_FUNCTIONS, name);
  return known && native((call) => known(call.positional));
}

/** What a loop over a value goes through. */
function sequence(value: Value | undefined): ListValue {
  if (value?.is === 'list') return value;
  if (value?.is === 'router') return listValue([value]);
  const isMap = value?.is === 'record' && value.class === undefined;
  return listValue(isMap ? [...value.fields.keys()].map((key) => textValue(key)) : []);
}

const TEXT_METHODS: Readonly<Record<string, (text: string, given: string | undefined) => string>> =
  {
    lower: (text) => text.toLowerCase(),
    upper: (text) => text.toUpperCase(),
    strip: (text, given) => stripEnd(stripStart(text, given), given),
    lstrip: stripStart,
    rstrip: stripEnd,
  };

function stripStart(text: string, characters = ' \t\r\n'): string {
  let start = 0;
  while (start < text.length && characters.includes(text[start] ?? '')) start++;
  return text.slice(start);
}

function stripEnd(text: string, characters = ' \t\r\n'): string {
  let end = text.length;
  while (end > 0 && characters.includes(text[end - 1] ?? '')) end--;
  return text.slice(0, end);
}

export function textMember(value: TextValue, name: string): Value | undefined {
  if (name === 'format') {
    return native((call) => {
      let next = 0;
      return textValue(
        value.text.replaceAll(/\{(\w*)\}/g, (whole, key: string) => {
          const given = call.named.get(key) ?? call.positional[key === '' ? next++ : Number(key)];
          return plainText(given) ?? whole;
        }),
      );
    });
  }
  const method = Object.hasOwn(TEXT_METHODS, name) ? TEXT_METHODS[name] : undefined;
  return method && native((call) => textValue(method(value.text, plainText(call.positional[0]))));
}

export function listMember(list: ListValue, name: string): Value | undefined {
  const push = (items: readonly Value[]): Value => {
    list.items.push(...items.slice(0, Math.max(0, MAX_ITEMS - list.items.length)));
    return UNKNOWN;
  };
  if (name === 'append') return native((call) => push(call.positional.slice(0, 1)));
  if (name === 'insert') return native((call) => push(call.positional.slice(1, 2)));
  return name === 'extend' ? native((call) => push(itemsOf(call.positional[0]))) : undefined;
}

export function recordMember(record: RecordValue, name: string): Value | undefined {
  if (record.class !== undefined) return undefined;
  const entries = [...record.fields];
  switch (name) {
    case 'items':
      return native(() =>
        listValue(entries.map(([key, value]) => listValue([textValue(key), value]))),
      );
    case 'values':
      return native(() => listValue(entries.map(([, value]) => value)));
    case 'keys':
      return native(() => listValue(entries.map(([key]) => textValue(key))));
    case 'get':
      return native(
        (call) =>
          record.fields.get(plainText(call.positional[0]) ?? '') ?? call.positional[1] ?? UNKNOWN,
      );
    default:
      return undefined;
  }
}
