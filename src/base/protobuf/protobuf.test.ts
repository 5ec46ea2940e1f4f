import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fault } from '../fault.ts';
import {
  bytesField,
  doubleField,
  integerField,
  messageField,
  textField,
  WireReader,
} from './index.ts';

/** Every field by number and kind, submessages tried as messages. */
function readAll(bytes: Buffer): number {
  const reader = new WireReader(bytes);
  let count = 0;
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    reader.skip();
    count++;
  }
  return count;
}

describe('a protobuf message', () => {
  it('gives back the fields that were written', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 0x1fffffff }),
        fc.maxSafeNat(),
        fc.double({ noNaN: true }),
        fc.string({ unit: 'grapheme' }),
        (field, integer, double, text) => {
          const reader = new WireReader(
            Buffer.concat([
              integerField(field, integer),
              doubleField(field, double),
              messageField(field, textField(1, text), integerField(2, 1)),
              bytesField(field, Buffer.from(text)),
            ]),
          );
          expect(reader.next()).toBe(field);
          expect(reader.integer()).toBe(integer);
          expect(reader.next()).toBe(field);
          expect(reader.double()).toBe(double);
          expect(reader.next()).toBe(field);
          const inner = reader.message();
          expect(inner.next()).toBe(1);
          expect(inner.text(10_000)).toBe(text);
          expect(inner.next()).toBe(2);
          expect(inner.boolean()).toBe(true);
          expect(inner.next()).toBe(0);
          expect(reader.next()).toBe(field);
          expect(reader.bytes().toString()).toBe(Buffer.from(text).toString());
          expect(reader.next()).toBe(0);
        },
      ),
    );
  });

  it('is cut to the text that is wanted', () => {
    const reader = new WireReader(textField(1, 'abcdef'));
    reader.next();
    expect(reader.text(3)).toBe('abc');
    expect(reader.next()).toBe(0);
  });

  it.each([
    ['0a05', 'longer than its message'],
    ['08', 'inside a number'],
    ['08ffffffffffffffffffff01', 'more than 10 bytes'],
    ['0000', 'out of range'],
    ['0b', 'proto3 does not know'],
    ['0901', 'longer than its message'],
    ['0d01', 'longer than its message'],
  ])('of %s is malformed', (hex, why) => {
    expect(() => readAll(Buffer.from(hex, 'hex'))).toThrow(
      expect.objectContaining({
        code: 'protobuf/malformed',
        message: expect.stringContaining(why),
      }),
    );
  });

  it('is compared where it lies', () => {
    const one = (text: string) => {
      const reader = new WireReader(Buffer.concat([textField(1, text), integerField(2, 7)]));
      reader.next();
      return reader;
    };
    const te = Buffer.from('te');
    const answers = ['t', 'te', 'ten', ''].map((text) => {
      const reader = one(text);
      return [reader.begins(te), reader.is(te), reader.next(), reader.integer()];
    });
    expect(answers).toEqual([
      [false, false, 2, 7],
      [true, true, 2, 7],
      [true, false, 2, 7],
      [false, false, 2, 7],
    ]);
  });

  it('whose field has another type than the one wanted is malformed', () => {
    for (const read of ['integer', 'double', 'message'] as const) {
      const bytes = read === 'integer' ? textField(1, 'x') : integerField(1, 1);
      const reader = new WireReader(bytes);
      reader.next();
      expect(() => reader[read]()).toThrow(/the wrong type/);
    }
  });

  it('of any bytes gives fields or a Fault', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          readAll(Buffer.from(bytes));
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(Fault);
        }
      }),
    );
  });
});
