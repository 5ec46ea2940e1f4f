import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type Curve, isOnCurve } from './curves.ts';

/** The point of a key, as its SubjectPublicKeyInfo ends with it. */
function pointOf(namedCurve: string, bytes: number): Buffer {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve });
  return publicKey.export({ format: 'der', type: 'spki' }).subarray(-(1 + 2 * bytes));
}

describe.each<[Curve, number]>([
  ['P-256', 32],
  ['P-384', 48],
  ['P-521', 66],
])('a point of %s', (curve, bytes) => {
  it('is on it', () => {
    for (let times = 0; times < 20; times++) {
      expect(isOnCurve(curve, pointOf(curve, bytes))).toBe(true);
    }
  });

  it.each<[string, (point: Buffer) => Buffer]>([
    [
      'with a bit changed',
      (point) => Buffer.concat([point.subarray(0, -1), Buffer.of((point.at(-1) ?? 0) ^ 1)]),
    ],
    ['that is compressed', (point) => Buffer.concat([Buffer.of(2), point.subarray(1, 1 + bytes)])],
    ['in another form', (point) => Buffer.concat([Buffer.of(6), point.subarray(1)])],
    ['that is cut short', (point) => point.subarray(0, -1)],
    ['at infinity', () => Buffer.of(0)],
    ['of zeros', () => Buffer.concat([Buffer.of(4), Buffer.alloc(2 * bytes)])],
    ['beyond its field', () => Buffer.concat([Buffer.of(4), Buffer.alloc(2 * bytes, 0xff)])],
    ['without bytes', () => Buffer.alloc(0)],
  ])('%s is none', (_, change) => {
    expect(isOnCurve(curve, change(pointOf(curve, bytes)))).toBe(false);
  });
});
