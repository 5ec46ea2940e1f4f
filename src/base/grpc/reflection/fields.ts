import { integerField, messageField, textField } from '../../protobuf/index.ts';

/** The fields of a message by their names: number and type as a .proto file writes them (`1 string`,
 *  `2 repeated bytes`, `3 map<string, bytes>`, `4 example.v1.Order`), those of a oneof behind its name
 *  (`5 string of choice`). */
export type MessageTable = Readonly<Record<string, string>>;

/** What names of types mean. */
export interface Types {
  /** `.package`, or `` */
  readonly scope: string;
  readonly messages: Readonly<Record<string, unknown>>;
  readonly enums: Readonly<Record<string, unknown>>;
}

/** @see google.protobuf.FieldDescriptorProto.Type */
const SCALARS: Readonly<Record<string, number>> = {
  double: 1,
  float: 2,
  int64: 3,
  uint64: 4,
  int32: 5,
  fixed64: 6,
  fixed32: 7,
  bool: 8,
  string: 9,
  bytes: 12,
  uint32: 13,
  sfixed32: 15,
  sfixed64: 16,
  sint32: 17,
  sint64: 18,
};
const MESSAGE = 11;
const ENUM = 14;
const OPTIONAL = 1;
const REPEATED = 3;

const FIELD =
  /^(?<number>\d+) (?:map<(?<key>\w+), (?<value>[\w.]+)>|(?<repeated>repeated )?(?<type>[\w.]+))(?: of (?<oneOf>\w+))?$/;

/** What a DescriptorProto holds for the fields of a message: the fields, the messages that its maps are made of,
 *  and its oneofs.
 *  @see google.protobuf.DescriptorProto */
export function fieldsOf(message: string, table: MessageTable, types: Types): Buffer[] {
  const fields: Buffer[] = [];
  const nested: Buffer[] = [];
  const oneOfs: string[] = [];
  for (const [name, text] of Object.entries(table)) {
    const { number, key, value, repeated, type, oneOf } = FIELD.exec(text)?.groups ?? {};
    if (number === undefined) throw new RangeError(`${message}.${name}: ${text} is no field`);
    if (oneOf !== undefined && !oneOfs.includes(oneOf)) oneOfs.push(oneOf);
    const isMap = key !== undefined && value !== undefined;
    if (isMap) nested.push(messageField(3, ...entryOf(name, key, value, types)));
    const described = isMap ? messageType(`${message}.${entryName(name)}`) : typeOf(type, types);
    const label = isMap || repeated !== undefined ? REPEATED : OPTIONAL;
    const at = oneOf === undefined ? [] : [integerField(9, oneOfs.indexOf(oneOf))];
    fields.push(messageField(2, ...field(name, Number(number), label, described, at)));
  }
  return [...fields, ...nested, ...oneOfs.map((name) => messageField(8, textField(1, name)))];
}

/** A message for each entry of a map, as descriptors have it. */
function entryOf(name: string, key: string, value: string, types: Types): Buffer[] {
  return [
    textField(1, entryName(name)),
    messageField(2, ...field('key', 1, OPTIONAL, typeOf(key, types))),
    messageField(2, ...field('value', 2, OPTIONAL, typeOf(value, types))),
    messageField(7, integerField(7, 1)),
  ];
}

function field(
  name: string,
  number: number,
  label: number,
  type: readonly Buffer[],
  oneOf: readonly Buffer[] = [],
): Buffer[] {
  return [
    textField(1, name),
    integerField(3, number),
    integerField(4, label),
    ...type,
    ...oneOf,
    textField(10, camelCase(name)),
  ];
}

function typeOf(type: string | undefined, { scope, messages, enums }: Types): readonly Buffer[] {
  const name = type ?? '';
  const scalar = SCALARS[name];
  if (scalar !== undefined) return [integerField(5, scalar)];
  if (name in messages) return messageType(`${scope}.${name}`);
  if (name in enums) return [integerField(5, ENUM), textField(6, `${scope}.${name}`)];
  if (name.includes('.')) return messageType(`.${name}`);
  throw new RangeError(`There is no type ${name}`);
}

function messageType(name: string): readonly Buffer[] {
  return [integerField(5, MESSAGE), textField(6, name)];
}

function entryName(field: string): string {
  const camel = camelCase(field);
  return `${camel.charAt(0).toUpperCase()}${camel.slice(1)}Entry`;
}

function camelCase(name: string): string {
  return name.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
}
