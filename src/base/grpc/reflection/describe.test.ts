import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import protobuf from 'protobufjs';
import descriptor from 'protobufjs/ext/descriptor/index.js';
import { describe, expect, it } from 'vitest';
import { describeFile, type FileTable } from './describe.ts';
import { STRUCT_FILE } from './files.ts';

const ORDERS: FileTable = {
  name: 'orders.proto',
  package: 'example.v1',
  imports: [STRUCT_FILE],
  enums: {
    Colour: { COLOUR_UNKNOWN: 0, COLOUR_RED: 1 },
    'Order.State': { OPEN: 0, CLOSED: 7 },
  },
  messages: {
    Item: { name: '1 string' },
    Order: {
      order_id: '1 string',
      items: '2 repeated Item',
      small_parts: '3 map<string, bytes>',
      by_number: '4 map<int32, Item>',
      state: '5 Order.State',
      colour: '6 Colour',
      card_number: '7 string of paid_by',
      barter: '8 Item of paid_by',
      notes: '9 google.protobuf.Struct',
      weights: '20 repeated double',
      is_urgent: '536870911 bool',
    },
  },
  services: {
    Orders: {
      Place: 'Order -> Item',
      Follow: 'Item -> stream Order',
      Fill: 'stream Item -> Order',
      Talk: 'stream Item -> stream Item',
    },
  },
};

/** What descriptors say, in the words of protobufjs. */
function read(...files: readonly Uint8Array[]) {
  const set = { file: files.map((file) => descriptor.FileDescriptorProto.decode(file)) };
  // The types of the package do not know of its extension.
  const root = protobuf.Root as unknown as { fromDescriptor(set: unknown): protobuf.Root };
  return root.fromDescriptor(set).resolveAll();
}

describe('a described file', () => {
  it('says what the .proto file says', () => {
    const text = readFileSync(join(import.meta.dirname, 'testdata', 'orders.proto'), 'utf8');
    const wanted = protobuf.parse(text, { keepCase: true }).root;
    const found = read(STRUCT_FILE.bytes, describeFile(ORDERS).bytes);
    const ofPackage = (root: protobuf.Namespace) =>
      JSON.parse(JSON.stringify(root.lookup('example.v1')).replaceAll('".', '"'));
    expect(shortened(ofPackage(found))).toEqual(shortened(ofPackage(wanted)));
  });

  it('says as much of google.protobuf.Struct as everybody knows', () => {
    const common = protobuf.common.get('google/protobuf/struct.proto') as protobuf.INamespace;
    const wanted = protobuf.Root.fromJSON(common).resolveAll();
    // It has the names of fields as programs have them.
    const found = JSON.stringify(read(STRUCT_FILE.bytes)).replaceAll(
      /(?<=[a-z])_([a-z])/g,
      (_, letter: string) => letter.toUpperCase(),
    );
    expect(shortened(JSON.parse(found))).toEqual(shortened(wanted.toJSON()));
  });

  it('knows the full names of what it defines', () => {
    expect(describeFile(ORDERS).symbols).toEqual(
      ['Item', 'Order', 'Colour', 'Order.State', 'Orders', 'Orders.Place', 'Orders.Follow']
        .concat(['Orders.Fill', 'Orders.Talk'])
        .map((name) => `example.v1.${name}`),
    );
  });

  it.each<[string, FileTable]>([
    ['type', { name: 'a', messages: { A: { b: '1 Missing' } } }],
    ['field', { name: 'a', messages: { A: { b: 'string' } } }],
    ['signature', { name: 'a', services: { A: { B: 'A, B' } } }],
  ])('of a table with no such %s is a mistake', (what, table) => {
    expect(() => describeFile(table)).toThrow(what);
  });
});

/** Without what is told in two ways: packing, names of types with and without their package, and maps, which
 *  descriptors have as messages for their entries. */
function shortened(json: unknown): unknown {
  return JSON.parse(
    JSON.stringify(json, (key, value) => {
      if (['options', 'edition', 'syntax', 'comment', 'filename'].includes(key)) return undefined;
      if (/[tT]ype$/.test(key) && typeof value === 'string') return value.split('.').at(-1);
      return value?.fields ? withEntries(value) : value;
    }),
  );
}

type Fields = Record<string, { id: number; type: string; keyType?: string; rule?: string }>;

function withEntries(message: { fields: Fields; nested?: object }): object {
  const fields: Fields = {};
  const nested: Record<string, object> = {};
  for (const [name, field] of Object.entries(message.fields)) {
    const { id, type, keyType } = field;
    if (keyType === undefined) {
      fields[name] = field;
      continue;
    }
    const entry = `${name.replaceAll(/(?:^|_)(\w)/g, (_, letter) => letter.toUpperCase())}Entry`;
    fields[name] = { id, type: entry, rule: 'repeated' };
    nested[entry] = { fields: { key: { id: 1, type: keyType }, value: { id: 2, type } } };
  }
  const all = { ...message.nested, ...nested };
  return { ...message, fields, ...(Object.keys(all).length > 0 && { nested: all }) };
}
