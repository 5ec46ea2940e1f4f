/** Whether these bytes stand at this place. */
export function isAt(bytes: Uint8Array, start: number, wanted: Uint8Array): boolean {
  for (let at = 0; at < wanted.length; at++) {
    if (bytes[start + at] !== wanted[at]) return false;
  }
  return true;
}

/** Whether the same bytes stand at two places. */
export function isSame(bytes: Uint8Array, one: number, other: number, length: number): boolean {
  for (let at = 0; at < length; at++) {
    if (bytes[one + at] !== bytes[other + at]) return false;
  }
  return true;
}
