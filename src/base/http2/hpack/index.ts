/** Headers as HTTP/2 writes them. @see RFC 7541 */
export { type HeaderLimits, HpackDecoder } from './decoder.ts';
export { encodeHeaders, type HeaderBlock, NO_TABLE } from './encoder.ts';
export type { HeaderField } from './header-field.ts';
