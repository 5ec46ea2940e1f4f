/** The bytes of a text in base64url without padding; undefined: it is none, or not the one way in which these bytes are
 *  written. Node skips what it does not know, and takes bits behind the end: then two texts would be one.
 *  @see RFC 4648 §3.5 and §5 */
export function fromBase64Url(text: string): Buffer | undefined {
  if (!/^[\w-]*$/.test(text)) return undefined;
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('base64url') === text ? bytes : undefined;
}
