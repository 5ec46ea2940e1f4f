import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeParts, openBytes, sealBytes } from './aead.ts';
import { fromBase64Url } from './base64url.ts';
import { flipBit } from './testing/flip.ts';

const hex = (text: string) => Buffer.from(text, 'hex');
const KEY = 'feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308';
const NONCE = 'cafebabefacedbaddecaf888';
const PLAIN =
  'd9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255';
const CIPHERTEXT =
  '522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662898015ad';

/** Test cases 13 to 16 of The Galois/Counter Mode of Operation, as submitted to NIST: AES-256 with nonces of 96 bits. */
const VECTORS: readonly [
  name: string,
  key: string,
  nonce: string,
  plain: string,
  boundTo: string,
  body: string,
  tag: string,
][] = [
  ['13', '00'.repeat(32), '00'.repeat(12), '', '', '', '530f8afbc74536b9a963b4f1c4cb738b'],
  [
    '14',
    '00'.repeat(32),
    '00'.repeat(12),
    '00'.repeat(16),
    '',
    'cea7403d4d606b6e074ec5d3baf39d18',
    'd0d1c8a799996bf0265b98b5d48ab919',
  ],
  ['15', KEY, NONCE, PLAIN, '', CIPHERTEXT, 'b094dac5d93471bdec1a502270e3cc6c'],
  [
    '16',
    KEY,
    NONCE,
    PLAIN.slice(0, 120),
    'feedfacedeadbeeffeedfacedeadbeefabaddad2',
    CIPHERTEXT.slice(0, 120),
    '76fc6ece0f4e1768cddf8853bb2d551b',
  ],
];

describe('AES-256-GCM', () => {
  it.each(VECTORS)('gives and takes test case %s', (_, key, nonce, plain, boundTo, body, tag) => {
    const sealed = sealBytes(hex(key), hex(plain), hex(boundTo), hex(nonce));
    expect(sealed.toString('hex')).toBe(nonce + body + tag);
    expect(openBytes(hex(key), sealed, hex(boundTo))?.toString('hex')).toBe(plain);
  });

  it('opens with nothing changed only: no bit, no length, no key, no binding', () => {
    const [key, boundTo] = [randomBytes(32), randomBytes(9)];
    const sealed = sealBytes(key, randomBytes(5), boundTo, randomBytes(12));
    expect(openBytes(key, sealed, boundTo)).toBeDefined();
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      expect(openBytes(key, flipBit(sealed, bit), boundTo)).toBeUndefined();
    }
    for (let end = 0; end < sealed.length; end++) {
      expect(openBytes(key, sealed.subarray(0, end), boundTo)).toBeUndefined();
    }
    expect(openBytes(flipBit(key, 255), sealed, boundTo)).toBeUndefined();
    expect(openBytes(key, sealed, boundTo.subarray(1))).toBeUndefined();
  });
});

describe('what things are bound to', () => {
  it.each([
    [
      ['a', 'bc'],
      ['ab', 'c'],
    ],
    [['a","b'], ['a', 'b']],
    [['1'], [1]],
    [['a'], ['a', '']],
    [['\ud800'], ['\ud801']],
    [['\ud800'], ['\\ud800']],
  ])('differs for %j and %j', (one, other) => {
    expect(encodeParts(...one)).not.toEqual(encodeParts(...other));
  });
});

describe('base64url', () => {
  it('is taken where Node would write the same, and nowhere else', () => {
    const texts = fc.oneof(
      fc.string({ unit: fc.constantFrom(...'AQgwZz09-_+/= é') }),
      fc.uint8Array().map((bytes) => Buffer.from(bytes).toString('base64url')),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const bytes = Buffer.from(text, 'base64url');
        const isRight = bytes.toString('base64url') === text;
        expect(fromBase64Url(text)).toEqual(isRight ? bytes : undefined);
      }),
      { numRuns: 1_000 },
    );
  });

  it.each(['AA=', 'AA==', 'A', 'A+A', 'A/A', 'AB', 'AA ', 'AA\n'])(
    'is written in one way, which %j is not',
    (text) => {
      expect(fromBase64Url(text)).toBeUndefined();
    },
  );
});
