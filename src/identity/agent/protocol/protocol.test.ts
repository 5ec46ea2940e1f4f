import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import protobuf from 'protobufjs';
import descriptor from 'protobufjs/ext/descriptor/index.js';
import { describe, expect, it } from 'vitest';
import { Fault } from '../../../base/fault.ts';
import type { Denial } from '../../authority/index.ts';
import { entryWith } from '../../registration/testing/entries.ts';
import { writeBundle } from '../../spiffe/index.ts';
import { type MessageName, readMessage, writeMessage } from './codec.ts';
import { readDenial, writeDenial } from './denials.ts';
import { AGENT_FILE, MESSAGES } from './description.ts';
import { readEntry, writeEntry } from './entries.ts';
import { readUpdate, writeBundleItem, writeCrlItem, writeUpdate } from './updates.ts';

const PROTO = readFileSync(join(import.meta.dirname, 'testdata', 'agent.proto'), 'utf8');
const { root } = protobuf.parse(PROTO, { keepCase: true });
root.resolveAll();

/** Values of a field, as the table writes it. */
function anyValueOf(type: string): fc.Arbitrary<unknown> {
  if (type.startsWith('repeated ')) return fc.array(anyValueOf(type.slice(9)), { maxLength: 4 });
  if (type === 'string') return fc.string({ unit: 'binary', maxLength: 20 });
  if (type === 'bool') return fc.boolean();
  if (type === 'uint64') return fc.nat();
  return fc.uint8Array({ maxLength: 30 }).map((bytes) => Buffer.from(bytes));
}

const anyMessage = fc.constantFrom(...(Object.keys(MESSAGES) as MessageName[])).chain((name) => {
  const fields = Object.entries(MESSAGES[name] as Readonly<Record<string, string>>);
  const model = fields.map(([field, text]) => [field, anyValueOf(text.replace(/^\d+ /, ''))]);
  return fc.record({ name: fc.constant(name), values: fc.record(Object.fromEntries(model)) });
});

const ENTRY = entryWith({
  parent: 'spiffe://example.org/reeve/agent/node-1',
  dnsNames: ['orders.shop.svc'],
  federatesWith: ['other.example'],
  hint: 'internal',
  expiresAt: '2027-02-01T00:00:00.000Z',
});
const denial = {
  id: 'denial-1',
  why: 'keyCompromise',
  at: 1_700_000_000_000,
  keepUntil: null,
} as const;
const DENIALS: readonly Denial[] = [
  { ...denial, deny: 'identity', value: ENTRY.spiffeId, issuedBefore: null, until: null },
  { ...denial, deny: 'identity', value: ENTRY.spiffeId, issuedBefore: 1_700, until: 1_800 },
  { ...denial, deny: 'serial', value: '0a', authority: 'a'.repeat(32), until: 1_800 },
  { ...denial, deny: 'key', value: 'b'.repeat(64), until: null },
];

describe('what agents and the server say', () => {
  it('is what the .proto file says', () => {
    const set = { file: [descriptor.FileDescriptorProto.decode(AGENT_FILE.bytes)] };
    // The types of the package do not know of its extension.
    const described = (
      protobuf.Root as unknown as { fromDescriptor(set: unknown): protobuf.Root }
    ).fromDescriptor(set);
    const plain = (from: protobuf.Namespace) =>
      JSON.parse(
        JSON.stringify(from.resolveAll().lookup('reeve.agent.v1')).replaceAll(
          '.reeve.agent.v1.',
          '',
        ),
      );
    expect(plain(described)).toEqual(plain(root));
  });

  it('is read by whoever has the .proto file as it was written, and back', () => {
    fc.assert(
      fc.property(anyMessage, ({ name, values }) => {
        const type = root.lookupType(`reeve.agent.v1.${name}`);
        const isMessage = (text: string) => / [A-Z]/.test(text);
        // messages within messages are bytes here
        if (Object.values(MESSAGES[name]).some(isMessage)) return;
        const bytes = writeMessage(name, values);
        expect(readMessage(name, bytes)).toEqual(values);
        const theirs = type.encode(type.fromObject(values)).finish();
        expect(readMessage(name, Buffer.from(theirs))).toEqual(values);
      }),
      { numRuns: 50 },
    );
  });

  it.each(Object.keys(MESSAGES) as MessageName[])(
    '%s is a value or a fault, whatever its bytes',
    (name) => {
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
          try {
            readMessage(name, Buffer.from(bytes));
          } catch (thrown) {
            expect(thrown).toBeInstanceOf(Fault);
          }
        }),
      );
    },
  );

  it('refuses texts that are too long, or no text', () => {
    const long = writeMessage('SignX509Request', { entry_id: 'x'.repeat(16_385) });
    expect(() => readMessage('SignX509Request', long)).toThrow(/16385 bytes/);
    const odd = Buffer.from([0x0a, 0x02, 0xc3, 0x28]);
    expect(() => readMessage('SignX509Request', odd)).toThrow(/not text in UTF-8/);
  });
});

describe('entries', () => {
  it("come as they are, without what is nobody else's business", () => {
    const read = readEntry(writeEntry({ ...ENTRY, services: ['a'], createdBy: 'ada' }));
    expect(read).toEqual({ ...ENTRY, createdBy: '' });
    const bare = entryWith();
    expect(readEntry(writeEntry(bare))).toEqual({ ...bare, createdBy: '' });
  });

  it.each([
    ['no id', { id: '' }],
    ['no selector', { selectors: [] }],
    ['a selector that is none', { selectors: ['uid'] }],
    ['no lifetime', { x509TtlSeconds: 0 }],
    ['a lifetime of years', { jwtTtlSeconds: 1e9 }],
    ['no beginning', { createdAt: 'soon' }],
    ['another end', { expiresAt: 'never' }],
    ['no SPIFFE ID', { spiffeId: 'orders' }],
    ['a trust domain that is none', { federatesWith: ['A B'] }],
  ])('with %s are refused', (_, change) => {
    expect(() => readEntry(writeEntry({ ...ENTRY, ...change }))).toThrow(Fault);
  });
});

describe('denials', () => {
  it.each(DENIALS)('come as they are: %#', (one) => {
    expect(readDenial(writeDenial(one))).toEqual(one);
  });

  it.each([
    ['of nothing', { value: '' }],
    ['without a reason that there is', { why: 'toString' }],
    ['of a kind that there is not', { deny: 'everything' }],
  ])('%s are refused', (_, change) => {
    const bytes = writeMessage('Denial', {
      id: 'x',
      deny: 'key',
      value: 'a',
      why: 'superseded',
      ...change,
    });
    expect(() => readDenial(bytes)).toThrow(
      expect.objectContaining({ code: 'identity/agent-message-invalid' }),
    );
  });
});

describe('an update', () => {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const bundle = {
    trustDomain: 'example.org',
    x509Authorities: [],
    jwtAuthorities: [{ keyId: 'a', publicKey }],
    sequence: 7n,
  };

  it('comes as it was written', () => {
    const bytes = writeUpdate(
      [
        { kind: 'entries', put: [writeEntry(ENTRY)], gone: ['entry-1'] },
        { kind: 'denials', put: DENIALS.slice(0, 1).map(writeDenial), gone: [] },
        {
          kind: 'bundles',
          put: [writeBundleItem('example.org', writeBundle(bundle))],
          gone: ['x'],
        },
        { kind: 'crls', put: [writeCrlItem('1', Buffer.from('list'))], gone: ['0'] },
      ],
      { isFirst: true, isWhole: true, reissueAt: 1_700_000_000_000 },
    );
    const { changes, ...flags } = readUpdate(bytes);
    expect(flags).toEqual({ isFirst: true, isWhole: true, reissueAt: 1_700_000_000_000 });
    expect(changes.entries.put.get(ENTRY.id)?.spiffeId).toBe(ENTRY.spiffeId);
    expect(changes.entries.gone).toEqual(['entry-1']);
    expect([...changes.denials.put]).toEqual([['denial-1', DENIALS[0]]]);
    expect(changes.bundles.put.get('example.org')).toMatchObject({ sequence: 7n });
    expect(changes.bundles.gone).toEqual(['x']);
    expect(changes.crls.put).toEqual(new Map([['1', Buffer.from('list')]]));
  });

  it('is a value or a fault, whatever its bytes', () => {
    const wholes = [
      ...DENIALS.map(writeDenial),
      writeEntry(ENTRY),
      writeBundleItem('a', '{"keys":[]}'),
    ];
    const parts = fc.oneof(fc.uint8Array({ maxLength: 60 }), fc.constantFrom(...wholes));
    const fields = fc.array(fc.tuple(fc.integer({ min: 1, max: 12 }), parts), { maxLength: 6 });
    fc.assert(
      fc.property(fields, (all) => {
        const bytes = Buffer.concat(
          all.map(([field, part]) =>
            Buffer.concat([Buffer.from([field * 8 + 2, part.length & 0x7f]), part]),
          ),
        );
        try {
          readUpdate(bytes);
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(Fault);
        }
      }),
    );
  });
});
