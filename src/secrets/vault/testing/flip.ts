/** Bytes with one bit turned over. */
export function flipBit(bytes: Buffer, bit: number): Buffer {
  const changed = Buffer.from(bytes);
  const at = bit >> 3;
  changed[at] = (changed[at] ?? 0) ^ (1 << (bit & 7));
  return changed;
}
