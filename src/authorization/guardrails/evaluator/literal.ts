import { quote } from '../../../base/fault.ts';
import { UnusablePolicy } from './fault.ts';
import { entityOf, recordOf } from './shape.ts';
import { CedarRecord, CedarSet, type Value } from './value.ts';

const MAX_DEPTH = 32;

/** A literal of Cedar's JSON format. Whole numbers must be such as JSON carries unharmed. */
export function literalOf(json: unknown, depth = 0): Value {
  if (depth > MAX_DEPTH)
    throw new UnusablePolicy(`a literal is nested more than ${MAX_DEPTH} deep`);
  if (typeof json === 'boolean' || typeof json === 'string') return json;
  if (typeof json === 'number') return numberOf(json);
  if (Array.isArray(json)) return new CedarSet(json.map((one) => literalOf(one, depth + 1)));
  const object = recordOf(json, 'a literal');
  if (Object.hasOwn(object, '__entity')) return entityOf(object, 'a literal');
  if (Object.hasOwn(object, '__extn')) throw new UnusablePolicy('it has a value of an extension');
  const fields = Object.entries(object).map(
    ([name, field]) => [name, literalOf(field, depth + 1)] as const,
  );
  return new CedarRecord(new Map(fields));
}

function numberOf(json: number): bigint {
  if (!Number.isSafeInteger(json)) {
    throw new UnusablePolicy(`the number ${quote(json)} is beyond ±(2^53 - 1), or not whole`);
  }
  return BigInt(json);
}
