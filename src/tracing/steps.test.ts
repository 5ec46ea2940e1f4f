import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { finish, jsonPieces, toJsonBytes, withHead } from './steps.ts';

describe('work in steps', () => {
  it('writes JSON as it is written at once', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        expect([...jsonPieces(value)].join('')).toBe(JSON.stringify(value));
      }),
    );
  });

  it('writes long arrays a part after another, and rests in between', () => {
    const value = { numbers: Array.from({ length: 10_000 }, (_, number) => number), none: [] };
    const steps = toJsonBytes(value);
    let rests = 0;
    for (;;) {
      const { done, value: bytes } = steps.next();
      if (done) {
        expect(Buffer.concat(bytes).toString()).toBe(JSON.stringify(value));
        break;
      }
      rests++;
    }
    expect(rests).toBeGreaterThan(5);
  });

  it('sums up all parts, however they are cut', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array()), (parts) => {
        const [head, ...rest] = finish(withHead(7, 9, parts));
        expect(rest).toEqual(parts);
        const words = new DataView(head?.buffer ?? new ArrayBuffer(0), head?.byteOffset);
        expect([0, 4, 8, 12].map((at) => words.getUint32(at, true))).toEqual([
          ...[7, 9, crc32(Buffer.concat(parts)), 0],
        ]);
      }),
    );
  });
});
