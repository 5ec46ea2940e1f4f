import fc from 'fast-check';

/** Any bytes, or those of a document with one byte changed. */
export function brokenBytes(der: Uint8Array): fc.Arbitrary<Uint8Array> {
  const changed = fc
    .tuple(fc.nat(der.length - 1), fc.integer({ min: 1, max: 255 }))
    .map(([at, by]) => {
      const copy = Buffer.from(der);
      copy[at] = (copy[at] ?? 0) ^ by;
      return copy;
    });
  return fc.oneof(changed, fc.uint8Array({ maxLength: 300 }));
}
