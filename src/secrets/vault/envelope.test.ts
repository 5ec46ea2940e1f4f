import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  MAX_ENVELOPE_LENGTH,
  openValue,
  type Place,
  rewrapEnvelope,
  rootVersionOf,
  sealValue,
} from './envelope.ts';
import { OpenKeys } from './keyring.ts';
import { codeOf, faultOf } from './testing/faults.ts';
import { flipBit } from './testing/flip.ts';
import { MAX_MEMBERS, MAX_VALUE_BYTES, valueToBytes } from './value.ts';

const first = randomBytes(32);
const keys = new OpenKeys(new Map([[1, first]]));
const rotated = new OpenKeys(
  new Map([
    [1, first],
    [2, randomBytes(32)],
  ]),
);
const place: Place = { secret: 'production/shop/orders/orders-db', version: 3 };
const value = { username: 'orders', password: randomBytes(18).toString('base64') };
const seal = (more: Partial<Place> = {}) =>
  sealValue(keys, { ...place, ...more }, value, randomBytes);

const values = fc.dictionary(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), {
  maxKeys: 9,
});
const places = fc.record({ secret: fc.string({ unit: 'binary' }), version: fc.nat() });

describe('an envelope', () => {
  it('gives back what was put in, whatever that is and wherever it belongs', () => {
    fc.assert(
      fc.property(places, values, (at, given) => {
        expect(openValue(keys, at, sealValue(keys, at, given, randomBytes))).toEqual(given);
      }),
    );
  });

  it('looks different each time, and shows nothing of the value', () => {
    const envelope = seal();
    expect(envelope).toMatch(/^reeve-envelope\.v1:1:[\w-]{80}:[\w-]+$/);
    expect(envelope).not.toBe(seal());
    const [, , , body = ''] = envelope.split(':');
    expect(Buffer.from(body, 'base64url').includes(value.username)).toBe(false);
  });

  it('holds equal bytes for values that are equal, in whatever order their members come', () => {
    const { username, password } = value;
    expect(valueToBytes({ password, username })).toEqual(valueToBytes({ username, password }));
    expect(valueToBytes({ b: '2', a: '1' }).toString()).toBe('{"a":"1","b":"2"}');
  });

  it.each<[string, Partial<Place>]>([
    ['another secret', { secret: 'production/shop/orders/orders-db2' }],
    ['another version', { version: 4 }],
    ['what is written alike', { secret: 'production/shop/orders/orders-db",3', version: 3 }],
  ])('does not open for %s', async (_, other) => {
    const envelope = seal();
    expect(await codeOf(() => openValue(keys, { ...place, ...other }, envelope))).toBe(
      'vault/envelope-refused',
    );
    expect(
      await codeOf(() => rewrapEnvelope(keys, { ...place, ...other }, envelope, randomBytes)),
    ).toBe('vault/envelope-refused');
  });

  it('opens nowhere but at its place, whichever two places there are', () => {
    fc.assert(
      fc.property(places, places, (one, other) => {
        fc.pre(one.secret !== other.secret || one.version !== other.version);
        const envelope = sealValue(keys, one, value, randomBytes);
        expect(() => openValue(keys, other, envelope)).toThrow('does not open');
      }),
    );
  });

  it('does not open with any of its bits changed', () => {
    const parts = seal().split(':');
    for (const at of [2, 3]) {
      const bytes = Buffer.from(parts[at] ?? '', 'base64url');
      for (let bit = 0; bit < bytes.length * 8; bit++) {
        const changed = parts.with(at, flipBit(bytes, bit).toString('base64url')).join(':');
        expect(() => openValue(keys, place, changed)).toThrow('The envelope does not open');
      }
    }
  });

  it('does not open with the data key of another, of the same place', async () => {
    const [one, other] = [seal().split(':'), seal().split(':')];
    const mixed = one.with(2, other[2] ?? '').join(':');
    expect(await codeOf(() => openValue(keys, place, mixed))).toBe('vault/envelope-refused');
  });

  it('does not open with the value of another place, though one data key had been drawn twice', async () => {
    const dataKey = randomBytes(32);
    const repeating = (bytes: number) => (bytes === 32 ? Buffer.from(dataKey) : randomBytes(bytes));
    const own = sealValue(keys, place, value, repeating).split(':');
    for (const other of [
      { ...place, version: 4 },
      { ...place, secret: 'other' },
    ]) {
      const foreign = sealValue(keys, other, value, repeating).split(':');
      const mixed = own.with(3, foreign[3] ?? '').join(':');
      expect(await codeOf(() => openValue(keys, place, mixed))).toBe('vault/envelope-refused');
    }
    const same = sealValue(keys, place, value, repeating).split(':');
    expect(openValue(keys, place, own.with(3, same[3] ?? '').join(':'))).toEqual(value);
  });

  it('says the same whatever is wrong with it', async () => {
    const envelope = seal();
    const wrong = [
      () => openValue(keys, { ...place, version: 4 }, envelope),
      () => openValue(keys, place, envelope.replace(':1:', ':2:')),
      () => openValue(rotated, place, envelope.replace(':1:', ':2:')),
      () => openValue(new OpenKeys(new Map([[1, randomBytes(32)]])), place, envelope),
      () => openValue(keys, place, envelope.slice(0, -1)),
      () => openValue(keys, place, 'nothing of the kind'),
      () => openValue(keys, place, envelope.replace('v1', 'v2')),
    ];
    const faults = await Promise.all(wrong.map(faultOf));
    const said = faults.map((fault) => [fault?.code, fault?.message, fault?.hint, fault?.cause]);
    expect(new Set(said.map((words) => JSON.stringify(words))).size).toBe(1);
    expect(said[0]?.[0]).toBe('vault/envelope-refused');
  });

  it('of any text is one fault, and never anything else', async () => {
    const envelope = seal();
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.nat(envelope.length - 1).map((end) => envelope.slice(0, end)),
      fc.string({ minLength: 1 }).map((more) => envelope + more),
      fc
        .tuple(fc.string(), fc.string(), fc.string())
        .map((parts) => ['reeve-envelope.v1', ...parts].join(':')),
    );
    await fc.assert(
      fc.asyncProperty(texts, async (text) => {
        expect(await codeOf(() => openValue(keys, place, text))).toBe('vault/envelope-refused');
        const rewrap = () => openValue(keys, place, rewrapEnvelope(keys, place, text, randomBytes));
        expect(await codeOf(rewrap)).toBe('vault/envelope-refused');
      }),
    );
  });

  it('is bounded', async () => {
    const full = { value: 'x'.repeat(MAX_VALUE_BYTES - '{"value":""}'.length) };
    expect(sealValue(keys, place, full, randomBytes).length).toBeLessThanOrEqual(
      MAX_ENVELOPE_LENGTH,
    );
    const over = { value: `${full.value}x` };
    const fault = await faultOf(() => sealValue(keys, place, over, randomBytes));
    expect(fault?.code).toBe('vault/value-too-large');
    expect(fault?.message).toBe(
      'The value of a secret is too large: 65537 bytes are more than the 65536 that are allowed',
    );
    const many = Object.fromEntries(
      Array.from({ length: MAX_MEMBERS + 1 }, (_, at) => [`m${at}`, '']),
    );
    expect(await codeOf(() => sealValue(keys, place, many, randomBytes))).toBe(
      'vault/value-too-large',
    );
    const odd = JSON.parse('{"value":7}');
    expect(await codeOf(() => sealValue(keys, place, odd, randomBytes))).toBe(
      'vault/value-malformed',
    );
  });
});

describe('rewrapping', () => {
  it('brings an envelope under the newest root key, and leaves its value as it was', () => {
    const before = seal();
    const after = rewrapEnvelope(rotated, place, before, randomBytes);
    expect([rootVersionOf(before), rootVersionOf(after)]).toEqual([1, 2]);
    expect(after.split(':')[3]).toBe(before.split(':')[3]);
    expect(after.split(':')[2]).not.toBe(before.split(':')[2]);
    expect(openValue(rotated, place, after)).toEqual(value);
    expect(openValue(rotated, place, before)).toEqual(value);
    expect(() => openValue(keys, place, after)).toThrow('does not open');
  });
});

describe('random bytes', () => {
  it('are drawn anew for each envelope: a data key and two nonces', () => {
    const drawn: Buffer[] = [];
    const random = (bytes: number) => {
      const fresh = randomBytes(bytes);
      drawn.push(Buffer.from(fresh));
      return fresh;
    };
    sealValue(keys, place, value, random);
    sealValue(keys, place, value, random);
    expect(drawn.map(({ length }) => length)).toEqual([32, 12, 12, 32, 12, 12]);
    expect(new Set(drawn.map((bytes) => bytes.toString('hex'))).size).toBe(6);
  });

  it('that became a data key are wiped', () => {
    const drawn: Buffer[] = [];
    const random = (bytes: number) => {
      const fresh = randomBytes(bytes);
      drawn.push(fresh);
      return fresh;
    };
    sealValue(keys, place, value, random);
    expect(drawn[0]).toEqual(Buffer.alloc(32));
  });
});
