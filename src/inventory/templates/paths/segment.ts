const PERCENT = 0x25;
const SEMICOLON = 0x3b;

/** A segment of a path as it is compared: matrix parameters (`;v=1`) stripped, and percent-encoding
 *  normalised: what need not be encoded in a segment is not, hexadecimal digits are capitals. An encoded
 *  slash stays encoded, and so inside its segment.
 *  @see RFC 3986 §3.3 and §6.2.2 */
export function cleanSegment(segment: string): string {
  const end = segment.indexOf(';');
  const bare = end < 0 ? segment : segment.slice(0, end);
  return bare.includes('%') ? bare.replace(/%[0-9a-fA-F]{2}/g, decoded) : bare;
}

/** Whether `cleanSegment` would change anything. */
export function isClean(segment: string): boolean {
  for (let index = 0; index < segment.length; index++) {
    const code = segment.charCodeAt(index);
    if (code === PERCENT || code === SEMICOLON) return false;
  }
  return true;
}

/** Unreserved characters, and those that a segment may hold as they are. */
const PLAIN = /[A-Za-z0-9\-._~!$&'()*+,=:@]/;

function decoded(triplet: string): string {
  const character = String.fromCharCode(Number.parseInt(triplet.slice(1), 16));
  return PLAIN.test(character) ? character : triplet.toUpperCase();
}

/** The segments of a path or template that are not empty: neither slashes at the end nor doubled ones
 *  make another path. */
export function segmentsOf(path: string): string[] {
  return path.split('/').filter((segment) => segment !== '');
}
