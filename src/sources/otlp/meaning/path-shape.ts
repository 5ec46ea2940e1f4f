import { isValue, SHAPE_OF_BYTE } from '../../../estate/spans/index.ts';
import type { KeyWriter } from '../counting/index.ts';

const SLASH = 0x2f;
/** Stands in a key for a value; no path holds it. */
const VALUE = 0;

/** Writes a path into a key with one mark for each value: equal for paths that are alike.
 *  @see pathShape */
export function writeShape(bytes: Uint8Array, start: number, end: number, key: KeyWriter): void {
  for (let at = start; at <= end; at++) {
    const from = at;
    let sum = 0;
    while (at < end && bytes[at] !== SLASH) sum += SHAPE_OF_BYTE[bytes[at++] ?? 0] ?? 0;
    if (isValue(at - from, sum)) key.byte(VALUE);
    else key.range(bytes, from, at);
    if (at < end) key.byte(SLASH);
  }
}

/** Whether any segment of a path is a value. */
export function hasValue(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at <= end; at++) {
    const from = at;
    let sum = 0;
    while (at < end && bytes[at] !== SLASH) sum += SHAPE_OF_BYTE[bytes[at++] ?? 0] ?? 0;
    if (isValue(at - from, sum)) return true;
  }
  return false;
}
