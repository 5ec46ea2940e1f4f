import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fault } from '../../../base/fault.ts';
import {
  bitString,
  boolean,
  contextTag,
  DerReader,
  element,
  integer,
  integerOfBytes,
  namedBits,
  nothing,
  octetString,
  oid,
  sequence,
  set,
  TAG,
  text,
  time,
} from './index.ts';

const reader = (bytes: Uint8Array) => new DerReader(bytes, 'the sample');
const hex = (bytes: Buffer) => bytes.toString('hex');

describe('DER', () => {
  it.each<[Buffer, string]>([
    [integer(0), '020100'],
    [integer(127), '02017f'],
    [integer(128), '02020080'],
    [integer(65_537), '0203010001'],
    [integer(2n ** 64n), '0209010000000000000000'],
    [integerOfBytes(Buffer.of(0, 0, 0xff)), '020200ff'],
    [integerOfBytes(Buffer.of()), '020100'],
    [boolean(true), '0101ff'],
    [nothing(), '0500'],
    [octetString(Buffer.of(1), Buffer.of(2)), '04020102'],
    [bitString(Buffer.of(1)), '03020001'],
    [namedBits([]), '030100'],
    [namedBits([0]), '03020780'],
    [namedBits([5, 6]), '03020106'],
    [namedBits([8]), '0303070080'],
    [oid('2.5.29.15'), '0603551d0f'],
    [oid('1.2.840.113549.1.9.14'), '06092a864886f70d01090e'],
    [oid('2.999.3'), '0603883703'],
    [set(Buffer.of(5, 0), Buffer.of(1, 1, 0)), '31050101000500'],
    [text(TAG.utf8String, 'é'), '0c02c3a9'],
    [time(Date.UTC(2049, 11, 31, 23, 59, 59, 999)), '170d3439313233313233353935395a'],
    [time(Date.UTC(2050, 0, 1)), '180f32303530303130313030303030305a'],
    [time(Date.UTC(1949, 0, 1)), '180f31393439303130313030303030305a'],
    [element(contextTag(3, true), nothing()), 'a3020500'],
  ])('%# is written as %s', (bytes, want) => {
    expect(hex(bytes)).toBe(want);
  });

  it.each([0, 127, 128, 255, 256, 65_535, 65_536, 70_000])(
    'of %i bytes of content is read again',
    (length) => {
      const bytes = Buffer.alloc(length, 7);
      const read = reader(sequence(octetString(bytes)));
      const inner = read.sequence('it');
      expect(inner.element(TAG.octetString, 'it').content.equals(bytes)).toBe(true);
      inner.end();
      read.end();
    },
  );

  it('gives back what was written', () => {
    const arcs = fc.tuple(fc.nat(1), fc.nat(39), fc.array(fc.nat(), { maxLength: 6 }));
    const seconds = fc.integer({ min: -6e10, max: 2.5e11 });
    fc.assert(
      fc.property(
        fc.nat(),
        fc.boolean(),
        arcs,
        seconds,
        fc.uniqueArray(fc.nat(31)),
        (n, b, [a1, a2, more], at, bits) => {
          const dotted = [a1, a2, ...more].join('.');
          const read = reader(
            Buffer.concat([integer(n), boolean(b), oid(dotted), time(at * 1_000), namedBits(bits)]),
          );
          expect(read.integer('n')).toBe(n);
          expect(read.boolean('b')).toBe(b);
          expect(read.oid('o')).toBe(dotted);
          expect(read.time('t')).toBe(at * 1_000);
          expect([...read.namedBits('s')]).toEqual(bits.toSorted((x, y) => x - y));
          read.end();
        },
      ),
    );
  });

  const READ: Readonly<Record<string, (read: DerReader) => unknown>> = {
    any: (read) => read.next(),
    integer: (read) => read.integer('it'),
    boolean: (read) => read.boolean('it'),
    oid: (read) => read.oid('it'),
    time: (read) => read.time('it'),
    bits: (read) => read.namedBits('it'),
    string: (read) => read.bitString('it'),
    end: (read) => read.end(),
  };
  const utc = (digits: string) => hex(text(TAG.utcTime, digits));
  const general = (digits: string) => hex(text(TAG.generalizedTime, digits));
  it.each([
    ['', 'any', 'ends too early'],
    ['30', 'any', 'ends too early'],
    ['3082', 'any', 'ends too early'],
    ['300100'.slice(0, 4), 'any', 'longer than what holds it'],
    ['3080', 'any', 'indefinite'],
    ['30810100', 'any', 'not in its shortest form'],
    ['3082000100', 'any', 'not in its shortest form'],
    ['30850000000001', 'any', 'more than 4 bytes'],
    ['30ff', 'any', 'more than 4 bytes'],
    ['3084ffffffff', 'any', 'longer than what holds it'],
    ['1f0100', 'any', 'a tag of several bytes'],
    ['0101ff', 'integer', 'missing or of another type'],
    ['0200', 'integer', 'not a whole number'],
    ['02020001', 'integer', 'not a whole number'],
    ['0202ffff', 'integer', 'not a whole number'],
    ['0201ff', 'integer', 'negative or too large'],
    ['020701000000000000', 'integer', 'negative or too large'],
    ['010101', 'boolean', 'neither true nor false'],
    ['0100', 'boolean', 'neither true nor false'],
    ['0600', 'oid', 'not an object identifier'],
    ['060155', 'oid', ''],
    ['060180', 'oid', 'not in its shortest form'],
    ['06022a80', 'oid', 'not in its shortest form'],
    ['06022a81', 'oid', 'not an object identifier'],
    ['060b2affffffffffffffffffff', 'oid', 'too large a number'],
    [`0641${'2a'.repeat(65)}`, 'oid', 'not an object identifier'],
    [utc('2501010000Z'), 'time', 'not a time in UTC'],
    [utc('250101000000+'), 'time', 'not a time in UTC'],
    [utc('250101000000z'), 'time', 'not a time in UTC'],
    [utc('251301000000Z'), 'time', 'not a time that exists'],
    [utc('250230000000Z'), 'time', 'not a time that exists'],
    [utc('250101240000Z'), 'time', 'not a time that exists'],
    [utc('250101000060Z'), 'time', 'not a time that exists'],
    [general('20250101000000.5Z'), 'time', 'not a time in UTC'],
    [general('2025010100000Z'), 'time', 'not a time in UTC'],
    ['0c0d3235303130313030303030305a', 'time', 'not a time in UTC'],
    ['0300', 'bits', 'not a string of named bits'],
    ['030101', 'bits', 'not a string of named bits'],
    ['03020880', 'bits', 'not a string of named bits'],
    ['0306000000000001', 'bits', 'not a string of named bits'],
    ['03020081', 'bits', ''],
    ['03020080', 'bits', 'bits behind its last one'],
    ['03020781', 'bits', 'bits behind its last one'],
    ['03020000', 'bits', 'bits behind its last one'],
    ['0300', 'string', 'not made of whole bytes'],
    ['03020780', 'string', 'not made of whole bytes'],
    ['00', 'end', 'something follows'],
  ])('`%s`, read as %s, is refused: %s', (bytes, as, why) => {
    const read = () => READ[as]?.(reader(Buffer.from(bytes, 'hex')));
    if (why === '') expect(read).not.toThrow();
    else {
      expect(read).toThrow(
        expect.objectContaining({
          code: 'identity/der-malformed',
          message: expect.stringContaining(why),
        }),
      );
    }
  });

  it('of any bytes gives values or a Fault', () => {
    const ways = fc.constantFrom(...Object.values(READ));
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.array(ways), (bytes, all) => {
        const read = reader(bytes);
        try {
          for (const way of all) way(read);
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(Fault);
        }
      }),
    );
  });
});
