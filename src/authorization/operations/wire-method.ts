import type { Refusal } from './wire-path.ts';

const MAX_METHOD_LENGTH = 32;
const REFUSED: Refusal = {
  code: 'method-malformed',
  problem: `is not 1 to ${MAX_METHOD_LENGTH} upper-case letters, digits, \`-\` or \`_\``,
};

/** A method as it was sent, where it may be compared with declared ones. In other case it is refused: methods are
 *  case-sensitive, and servers disagree about who minds.
 *  @see RFC 9110 §9.1 */
export function toWireMethod(raw: string): string | Refusal {
  if (raw.length === 0 || raw.length > MAX_METHOD_LENGTH) return REFUSED;
  for (let at = 0; at < raw.length; at++) {
    const code = raw.charCodeAt(at);
    const isUpper = code >= 0x41 && code <= 0x5a;
    const isOther = (code >= 0x30 && code <= 0x39) || code === 0x2d || code === 0x5f;
    if (!isUpper && (!isOther || at === 0)) return REFUSED;
  }
  return raw;
}
