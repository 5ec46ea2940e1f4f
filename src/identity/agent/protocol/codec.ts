import { Fault, quote } from '../../../base/fault.ts';
import { bytesField, integerField, textField, WireReader } from '../../../base/protobuf/index.ts';
import { MESSAGES } from './description.ts';

export type MessageName = keyof typeof MESSAGES;

/** What a field is read as, by how the table writes it. A message within another is its bytes. */
type FieldValue<Text> = Text extends `${number} repeated string`
  ? readonly string[]
  : Text extends `${number} repeated ${string}`
    ? readonly Buffer[]
    : Text extends `${number} string`
      ? string
      : Text extends `${number} bool`
        ? boolean
        : Text extends `${number} uint64`
          ? number
          : Buffer;

/** The fields of a message. One that is not there is empty, false or 0. */
export type Message<Name extends MessageName> = {
  readonly [Field in keyof (typeof MESSAGES)[Name]]: FieldValue<(typeof MESSAGES)[Name][Field]>;
};

const MAX_TEXT_BYTES = 16 * 1_024;
const MAX_ITEMS = 100_000;
const BOOL = 'bool';
const UINT64 = 'uint64';
const STRING = 'string';

interface Field {
  readonly name: string;
  readonly number: number;
  readonly isRepeated: boolean;
  readonly type: string;
}

const FIELDS: Readonly<Record<string, ReadonlyMap<number, Field>>> = Object.fromEntries(
  Object.entries(MESSAGES).map(([message, table]) => [
    message,
    new Map(
      Object.entries(table as Readonly<Record<string, string>>).map(([name, text]) => {
        const [number = '', ...types] = text.split(' ');
        const type = types.at(-1) ?? '';
        const isRepeated = types.length > 1;
        return [Number(number), { name, number: Number(number), isRepeated, type }];
      }),
    ),
  ]),
);

/** Reads a message. What is too long is refused and never cut; fields that are not known are passed over.
 *  @throws {Fault} `protobuf/malformed`, `identity/agent-message-invalid` */
export function readMessage<Name extends MessageName>(name: Name, bytes: Buffer): Message<Name> {
  const fields = FIELDS[name] as ReadonlyMap<number, Field>; // every name of the table is in it
  const values: Record<string, unknown> = Object.fromEntries(
    [...fields.values()].map((field) => [field.name, emptyOf(field)]),
  );
  const reader = new WireReader(bytes);
  for (let number = reader.next(); number !== 0; number = reader.next()) {
    const field = fields.get(number);
    if (!field) reader.skip();
    else if (field.isRepeated) add(values[field.name] as unknown[], readValue(reader, field));
    else values[field.name] = readValue(reader, field);
  }
  return values as Message<Name>;
}

/** Writes a message. Fields that are left out, and those that are empty, are not there. */
export function writeMessage<Name extends MessageName>(
  name: Name,
  values: Partial<Message<Name>>,
): Buffer {
  const fields = FIELDS[name] as ReadonlyMap<number, Field>; // every name of the table is in it
  const given = values as Readonly<Record<string, unknown>>;
  const written = [...fields.values()].flatMap((field) => {
    const value = given[field.name];
    if (value === undefined) return [];
    if (!field.isRepeated) return isEmpty(value) ? [] : [writeValue(field.number, value)];
    return (value as readonly unknown[]).map((one) => writeValue(field.number, one));
  });
  return Buffer.concat(written);
}

function emptyOf({ isRepeated, type }: Field): unknown {
  if (isRepeated) return [];
  if (type === STRING) return '';
  if (type === BOOL) return false;
  return type === UINT64 ? 0 : Buffer.alloc(0);
}

function add(values: unknown[], value: unknown): void {
  if (values.length >= MAX_ITEMS) throw invalid(`has a list of more than ${MAX_ITEMS} items`);
  values.push(value);
}

function readValue(reader: WireReader, { name, type }: Field): unknown {
  if (type === BOOL) return reader.boolean();
  if (type === UINT64) return reader.integer();
  const bytes = reader.bytes();
  return type === STRING ? readText(name, bytes) : bytes;
}

function readText(name: string, bytes: Buffer): string {
  if (bytes.length > MAX_TEXT_BYTES) {
    const why = `${bytes.length} bytes, and more than ${MAX_TEXT_BYTES} are not taken`;
    throw invalid(`has ${quote(name)} of ${why}`);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw invalid(`has ${quote(name)} that is not text in UTF-8`);
  }
}

const isEmpty = (value: unknown): boolean =>
  value === '' || value === 0 || value === false || (Buffer.isBuffer(value) && value.length === 0);

function writeValue(number: number, value: unknown): Buffer {
  if (typeof value === 'string') return textField(number, value);
  if (typeof value === 'number') return integerField(number, value);
  if (typeof value === 'boolean') return integerField(number, value ? 1 : 0);
  return bytesField(number, value as Uint8Array);
}

/** The refusal of a message that says what it must not. */
export const invalid = (why: string): Fault =>
  new Fault('identity/agent-message-invalid', `The message ${why}`);
