/** The distinguished encoding rules of ASN.1, as far as certificates need them. */
export { DerReader, type Element } from './read.ts';
export { contextTag, TAG } from './tags.ts';
export {
  bitString,
  boolean,
  element,
  integer,
  integerOfBytes,
  namedBits,
  nothing,
  octetString,
  oid,
  sequence,
  set,
  text,
  time,
} from './write.ts';
