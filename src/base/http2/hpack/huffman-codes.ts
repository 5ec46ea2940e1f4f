/** How many bits the code of each byte has, and, at the end, that of EOS.
 *  @see RFC 7541 Appendix B */
// biome-ignore format: sixteen a row
const LENGTHS = [
  13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28,
  28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 28,
  6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6,
  5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10,
  13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
  7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6,
  15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5,
  6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28,
  20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23,
  24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24,
  22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23,
  21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23,
  26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25,
  19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27,
  20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23,
  26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26,
  30,
] as const;

export interface HuffmanCode {
  /** Its bits, the last of them lowest. */
  readonly bits: number;
  readonly length: number;
}

/** No byte but the end of a text, which is never written. */
export const EOS = 256;

/** The codes of all bytes and of EOS. The code is canonical: those of one length follow one another, in the order of
 *  their bytes. */
export const HUFFMAN_CODES: readonly HuffmanCode[] = codes();

function codes(): readonly HuffmanCode[] {
  const made: HuffmanCode[] = [];
  let next = 0;
  let before = 0;
  for (const symbol of LENGTHS.map((_, at) => at).sort(shorterFirst)) {
    const length = LENGTHS[symbol] ?? 0;
    next *= 2 ** (length - before);
    made[symbol] = { bits: next++, length };
    before = length;
  }
  return made;
}

function shorterFirst(one: number, other: number): number {
  return (LENGTHS[one] ?? 0) - (LENGTHS[other] ?? 0) || one - other;
}
