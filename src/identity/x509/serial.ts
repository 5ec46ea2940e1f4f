import { element, TAG } from './der/index.ts';

/** Fills bytes with randomness: `crypto.randomFillSync`, or a test's own. */
export type FillRandom = (bytes: Buffer) => unknown;

const SERIAL_BYTES = 16;
const POOLED = 256;

/** A source of serial numbers as INTEGERs: 126 random bits, always 16 bytes long and positive.
 *  Randomness is fetched for many at a time.
 *  @see RFC 5280 §4.1.2.2; CA/Browser Forum Baseline Requirements §7.1 ask for 64 bits */
export function serialNumbers(fillRandom: FillRandom): () => Buffer {
  const pool = Buffer.alloc(SERIAL_BYTES * POOLED);
  let at = pool.length;
  return () => {
    if (at === pool.length) {
      fillRandom(pool);
      at = 0;
    }
    const digits = pool.subarray(at, at + SERIAL_BYTES);
    at += SERIAL_BYTES;
    digits[0] = ((digits[0] ?? 0) & 0x3f) | 0x40;
    return element(TAG.integer, digits);
  };
}
