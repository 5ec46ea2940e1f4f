import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConnectionFault } from '../protocol-fault.ts';
import { HpackDecoder } from './decoder.ts';
import { encodeHeaders, NO_TABLE } from './encoder.ts';
import { huffmanDecode, huffmanEncode, huffmanLength } from './huffman.ts';
import { EOS, HUFFMAN_CODES } from './huffman-codes.ts';

const LIMITS = { maxFields: 100, maxListBytes: 16_384 };
const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');

function read(decoder: HpackDecoder, block: Buffer): string[] | undefined {
  const fields = decoder.decode(block, 0, block.length);
  return fields?.map(({ name, value }) => `${name}: ${value}`);
}

const WEB = [':method: GET', ':scheme: http', ':path: /', ':authority: www.example.com'];
const WEB_UNCACHED = [...WEB, 'cache-control: no-cache'];
const WEB_CUSTOM = [
  ':method: GET',
  ':scheme: https',
  ':path: /index.html',
  ':authority: www.example.com',
  'custom-key: custom-value',
];
const answer = (status: string, second: number) => [
  `:status: ${status}`,
  'cache-control: private',
  `date: Mon, 21 Oct 2013 20:13:${second} GMT`,
  'location: https://www.example.com',
];
const COOKIE = 'set-cookie: foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1';
/** Makes the table as small as the examples of answers have it. */
const TABLE_OF_256 = '3fe101';

/** @see RFC 7541 Appendix C */
describe('the examples of RFC 7541', () => {
  it.each<[string, [string, string[]][]]>([
    [
      'C.2.1',
      [['400a637573746f6d2d6b65790d637573746f6d2d686561646572', ['custom-key: custom-header']]],
    ],
    ['C.2.2', [['040c2f73616d706c652f70617468', [':path: /sample/path']]]],
    ['C.2.3', [['100870617373776f726406736563726574', ['password: secret']]]],
    ['C.2.4', [['82', [':method: GET']]]],
    [
      'C.3',
      [
        ['828684410f7777772e6578616d706c652e636f6d', WEB],
        ['828684be58086e6f2d6361636865', WEB_UNCACHED],
        ['828785bf400a637573746f6d2d6b65790c637573746f6d2d76616c7565', WEB_CUSTOM],
      ],
    ],
    [
      'C.4',
      [
        ['828684418cf1e3c2e5f23a6ba0ab90f4ff', WEB],
        ['828684be5886a8eb10649cbf', WEB_UNCACHED],
        ['828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf', WEB_CUSTOM],
      ],
    ],
    [
      'C.5',
      [
        [
          `${TABLE_OF_256}4803333032580770726976617465611d4d6f6e2c203231204f637420323031332032303a31333a323120474d546e1768747470733a2f2f7777772e6578616d706c652e636f6d`,
          answer('302', 21),
        ],
        ['4803333037c1c0bf', answer('307', 21)],
        [
          '88c1611d4d6f6e2c203231204f637420323031332032303a31333a323220474d54c05a04677a69707738666f6f3d4153444a4b48514b425a584f5157454f50495541585157454f49553b206d61782d6167653d333630303b2076657273696f6e3d31',
          [...answer('200', 22), 'content-encoding: gzip', COOKIE],
        ],
      ],
    ],
    [
      'C.6',
      [
        [
          `${TABLE_OF_256}488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a62d1bff6e919d29ad171863c78f0b97c8e9ae82ae43d3`,
          answer('302', 21),
        ],
        ['4883640effc1c0bf', answer('307', 21)],
        [
          '88c16196d07abe941054d444a8200595040b8166e084a62d1bffc05a839bd9ab77ad94e7821dd7f2e6c7b335dfdfcd5b3960d5af27087f3672c1ab270fb5291f9587316065c003ed4ee5b1063d5007',
          [...answer('200', 22), 'content-encoding: gzip', COOKIE],
        ],
      ],
    ],
  ])('%s are read', (_, blocks) => {
    const decoder = new HpackDecoder(LIMITS);
    for (const [block, fields] of blocks) expect(read(decoder, hex(block))).toEqual(fields);
  });
});

describe('a header block', () => {
  it.each([
    ['ends inside a number', 'ff80', /ends inside/],
    ['has a number that is too large', 'ffffffffffffff7f', /too large/],
    ['has a text beyond its end', '400a63', /longer than its header block/],
    ['refers to the entry 0', '80', /does not have/],
    ['refers to an entry that is not there', 'be', /does not have/],
    ['makes the table larger than it may be', '3fe220', /larger than it may be/],
    ['changes the table behind a header', '8220', /within a header block/],
    ['has a text of a broken code', '0081fe00', /Huffman/],
    ['has a text with EOS', '0084ffffffff00', /Huffman/],
    ['has a text with more padding than it needs', '008287ff00', /Huffman/],
  ])('that %s ends the connection', (_, block, why) => {
    const decoder = new HpackDecoder(LIMITS);
    expect(() => read(decoder, hex(block))).toThrow(why);
    expect(() => read(new HpackDecoder(LIMITS), hex(block))).toThrow(ConnectionFault);
  });

  it('of any bytes gives fields within the limits, or a fault', () => {
    const limits = { maxFields: 5, maxListBytes: 300 };
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 80 }), { maxLength: 4 }), (blocks) => {
        const decoder = new HpackDecoder(limits);
        try {
          for (const block of blocks) {
            const fields = decoder.decode(Buffer.from(block), 0, block.length) ?? [];
            expect(fields.length).toBeLessThanOrEqual(limits.maxFields);
            const bytes = fields.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
            expect(bytes).toBeLessThanOrEqual(limits.maxListBytes);
          }
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(ConnectionFault);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('over the limits keeps its place in the table', () => {
    const decoder = new HpackDecoder({ maxFields: 2, maxListBytes: 16_384 });
    // three new entries, the last of which is then the newest
    expect(read(decoder, hex('400161016240016301644001650166'))).toBeUndefined();
    expect(read(decoder, hex('bec0'))).toEqual(['e: f', 'a: b']);
  });

  it('that says one large header thousands of times is not read into memory', () => {
    const decoder = new HpackDecoder(LIMITS);
    const large = encodeHeaders([['x', 'y'.repeat(3_900)]]);
    large[0] = 0x40;
    expect(decoder.decode(large, 0, large.length)).toHaveLength(1);
    expect(read(decoder, Buffer.alloc(60_000, 0xbe))).toBeUndefined();
  });
});

const latin1 = fc
  .uint8Array({ maxLength: 60 })
  .map((bytes) => Buffer.from(bytes).toString('latin1'));

describe('headers', () => {
  it('are read as they were written', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(latin1, latin1), { maxLength: 20 }), (fields) => {
        const block = Buffer.concat([NO_TABLE, encodeHeaders(fields)]);
        const wanted = fields.map(([name, value]) => `${name}: ${value}`);
        expect(read(new HpackDecoder(LIMITS), block)).toEqual(wanted);
      }),
    );
  });

  it('are read as they were written into a table, which forgets the oldest', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.stringMatching(/^[a-z]{1,20}$/), fc.nat(600)), { maxLength: 40 }),
        (fields) => {
          const decoder = new HpackDecoder(LIMITS);
          const kept: string[] = [];
          let bytes = 0;
          for (const [name, length] of fields) {
            const block = encodeHeaders([[`x-${name}`, 'v'.repeat(length)]]);
            block[0] = 0x40; // literal with incremental indexing
            decoder.decode(block, 0, block.length);
            kept.unshift(`x-${name}: ${'v'.repeat(length)}`);
            bytes += kept[0] === undefined ? 0 : kept[0].length - 2 + 32;
            while (bytes > 4_096) bytes -= (kept.pop()?.length ?? 0) - 2 + 32;
          }
          const all = Buffer.from(kept.slice(0, 60).map((_, at) => 0x80 | (62 + at)));
          expect(read(new HpackDecoder(LIMITS), Buffer.alloc(0))).toEqual([]);
          const wide = decoder.decode(all, 0, all.length);
          if (wide) expect(wide.map(({ name, value }) => `${name}: ${value}`)).toEqual(kept);
          const beyond = Buffer.from([0x80 | (62 + kept.length)]);
          expect(() => decoder.decode(beyond, 0, 1)).toThrow(ConnectionFault);
        },
      ),
    );
  });
});

describe('the Huffman code', () => {
  it('is complete: every text of bits begins with one of its codes', () => {
    const sum = HUFFMAN_CODES.reduce((all, { length }) => all + 2 ** -length, 0);
    expect(sum).toBe(1);
    expect(HUFFMAN_CODES).toHaveLength(EOS + 1);
  });

  it('gives back every text', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const packed = huffmanEncode(Buffer.from(bytes));
        expect(packed).toHaveLength(huffmanLength(Buffer.from(bytes)));
        const text = huffmanDecode(packed, 0, packed.length);
        expect(text).toBe(Buffer.from(bytes).toString('latin1'));
      }),
    );
  });

  it('reads no other bytes than it writes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 12 }), (bytes) => {
        const text = huffmanDecode(Buffer.from(bytes), 0, bytes.length);
        if (text === undefined) return;
        expect(huffmanEncode(Buffer.from(text, 'latin1'))).toEqual(Buffer.from(bytes));
      }),
      { numRuns: 5_000 },
    );
  });
});
