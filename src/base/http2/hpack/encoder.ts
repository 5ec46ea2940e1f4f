import { huffmanEncode, huffmanLength } from './huffman.ts';
import { STATIC_FIELDS, STATIC_NAMES } from './static-table.ts';

/** A header block that means the same on every connection: nothing is put into the table of the other side, so that a
 *  block can be made once and sent again and again. */
export type HeaderBlock = Buffer;

/** Says that the table stays empty: belongs before the first header block of a connection, whatever the other side
 *  allows. @see RFC 7541 §4.2, §6.3 */
export const NO_TABLE: HeaderBlock = Buffer.from([0x20]);

const INDEXED = 0x80;
const LITERAL = 0x00;
const PACKED = 0x80;
const PLAIN = 0x00;

/** @param fields in their order, those that begin with `:` first; values in Latin-1
 *  @see RFC 7541 §6 */
export function encodeHeaders(fields: Iterable<readonly [string, string]>): HeaderBlock {
  return Buffer.concat([...fields].flatMap(([name, value]) => encodeField(name, value)));
}

function encodeField(name: string, value: string): Buffer[] {
  const same = STATIC_FIELDS.get(`${name}: ${value}`);
  if (same !== undefined) return [number(INDEXED, 7, same)];
  const named = STATIC_NAMES.get(name);
  if (named !== undefined) return [number(LITERAL, 4, named), ...text(value)];
  return [number(LITERAL, 4, 0), ...text(name), ...text(value)];
}

/** As Huffman code where that is shorter. */
function text(characters: string): Buffer[] {
  const bytes = Buffer.from(characters, 'latin1');
  const packedBytes = huffmanLength(bytes);
  return packedBytes < bytes.length
    ? [number(PACKED, 7, packedBytes), huffmanEncode(bytes)]
    : [number(PLAIN, 7, bytes.length), bytes];
}

/** @see RFC 7541 §5.1 */
function number(pattern: number, bits: number, value: number): Buffer {
  const mask = 2 ** bits - 1;
  if (value < mask) return Buffer.from([pattern | value]);
  const bytes = [pattern | mask];
  let rest = value - mask;
  for (; rest >= 0x80; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  return Buffer.from([...bytes, rest]);
}
