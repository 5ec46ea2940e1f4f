import { Fault } from '../../base/fault.ts';
import type { SecretValue } from '../model/index.ts';

/** As much as an envelope may hold. */
export const MAX_VALUE_BYTES = 65_536;
export const MAX_MEMBERS = 64;

/** A value as bytes, equal for equal values: JSON with its members in the order of their names. The bytes are in memory
 *  of their own, to be wiped by whoever asked.
 *  @throws {Fault} `vault/value-too-large`, `vault/value-malformed`; neither shows anything of the value
 *  @see RFC 8785 */
export function valueToBytes(value: SecretValue): Buffer {
  const members = Object.entries(value);
  if (members.length > MAX_MEMBERS) {
    throw tooLarge(`${members.length} members are more than the ${MAX_MEMBERS} that are allowed`);
  }
  if (members.some(([, text]) => typeof text !== 'string')) {
    throw new Fault('vault/value-malformed', 'The members of a secret’s value are texts', {
      hint: 'write a structure as text, such as JSON, into one member',
    });
  }
  members.sort(([one], [other]) => (one < other ? -1 : 1));
  const json = `{${members.map(([name, text]) => `${JSON.stringify(name)}:${JSON.stringify(text)}`).join()}}`;
  const size = Buffer.byteLength(json);
  if (size > MAX_VALUE_BYTES) {
    throw tooLarge(`${size} bytes are more than the ${MAX_VALUE_BYTES} that are allowed`);
  }
  const bytes = Buffer.alloc(size);
  bytes.write(json);
  return bytes;
}

/** The value of which `valueToBytes` made these bytes; undefined: it made others. */
export function valueFromBytes(bytes: Buffer): SecretValue | undefined {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
  return isValue(value) ? value : undefined;
}

const isValue = (value: unknown): value is SecretValue =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  Object.values(value).every((text) => typeof text === 'string');

const tooLarge = (why: string) =>
  new Fault('vault/value-too-large', `The value of a secret is too large: ${why}`, {
    hint: 'keep a large file elsewhere, encrypted, and its key here',
  });
