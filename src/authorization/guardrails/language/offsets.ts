/** Where a byte of the UTF-8 of a well-formed text lies in the text itself, in UTF-16 code units: Cedar counts bytes. */
export function toOffset(text: string, bytes: number): number {
  let counted = 0;
  let at = 0;
  while (counted < bytes && at < text.length) {
    const code = text.codePointAt(at) ?? 0;
    counted += lengthOf(code);
    at += code > 0xffff ? 2 : 1;
  }
  return at;
}

/** In bytes. */
function lengthOf(code: number): number {
  if (code < 0x80) return 1;
  if (code < 0x800) return 2;
  return code < 0x10000 ? 3 : 4;
}
