/** The bytes of a text in base64url without padding; undefined: it is none, or not the one way in which these bytes are
 *  written. Node skips what it does not know, reads plain base64 too, and takes bits behind the end: then two texts would
 *  be one. No pass over the text costs as much as decoding it.
 *  @see RFC 4648 §3.5 and §5 */
export function fromBase64Url(text: string): Buffer | undefined {
  if (text.length % 4 === 1 || text.includes('+') || text.includes('/')) return undefined;
  const bytes = Buffer.from(text, 'base64url');
  // shorter where something was skipped
  if (bytes.length !== Math.floor((text.length * 3) / 4)) return undefined;
  // only the last characters can have bits that stand for nothing
  const last = text.slice(text.length - (text.length % 4));
  const rest = bytes.subarray(bytes.length - (bytes.length % 3));
  return rest.toString('base64url') === last ? bytes : undefined;
}
