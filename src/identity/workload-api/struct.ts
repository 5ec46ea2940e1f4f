import { Fault } from '../../base/fault.ts';
import { doubleField, integerField, messageField, textField } from '../../base/protobuf/index.ts';

const MAX_DEPTH = 32;

/** A google.protobuf.Struct of a JSON object.
 *  @throws {Fault} `identity/claims-too-large` for one that is nested too deep
 *  @see google/protobuf/struct.proto */
export function structOf(object: Readonly<Record<string, unknown>>, depth = 0): Buffer {
  const fields = Object.entries(object)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) =>
      messageField(1, textField(1, name), messageField(2, jsonValue(value, depth + 1))),
    );
  return Buffer.concat(fields);
}

/** A google.protobuf.Value. Of a oneof, what is set is written even if it is empty. */
function jsonValue(value: unknown, depth: number): Buffer {
  if (depth > MAX_DEPTH) {
    throw new Fault(
      'identity/claims-too-large',
      `The claims of the token are nested deeper than ${MAX_DEPTH} levels`,
    );
  }
  if (typeof value === 'number') return doubleField(2, value);
  if (typeof value === 'string') return textField(3, value);
  if (typeof value === 'boolean') return integerField(4, value ? 1 : 0);
  if (Array.isArray(value)) {
    return messageField(6, ...value.map((item) => messageField(1, jsonValue(item, depth + 1))));
  }
  if (typeof value === 'object' && value !== null) {
    return messageField(5, structOf(value as Record<string, unknown>, depth));
  }
  return integerField(1, 0);
}
