import type { CodePlace } from '../routes.ts';
import type { Expression } from './program.ts';
import { textValue, type Value } from './value.ts';

/** A text that is written out here (not a name for one) gets this place, unless it has one. */
export function placed(value: Value, written: Expression, place: CodePlace | undefined): Value {
  const isWritten = written.is === 'text' || written.is === 'join';
  if (value.is !== 'text' || !isWritten || value.place || !place) return value;
  return { ...value, place };
}

/** A constant that is looked up by its name is used where it is looked up. */
export function unplaced(value: Value): Value {
  return value.is === 'text' && value.place ? textValue(value.text) : value;
}
