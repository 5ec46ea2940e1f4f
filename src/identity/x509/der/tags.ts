/** Tags of the types that certificates are made of, with their class and form.
 *  @see X.690 §8.1.2, X.680 §8.6 */
export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  enumerated: 0x0a,
  utf8String: 0x0c,
  printableString: 0x13,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

/** The context-specific tag `[number]`: of a primitive type, or around others. */
export const contextTag = (number: number, isConstructed = false): number =>
  (isConstructed ? 0xa0 : 0x80) | number;
