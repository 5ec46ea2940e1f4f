import type { Evaluate } from './form.ts';
import { listOf, recordOf } from './shape.ts';
import { CedarRecord, CedarSet, UNKNOWN, type Unknown, type Value } from './value.ts';
import type { World } from './world.ts';

/** Literals, so that sets of them are made only once. */
const CONSTANTS = new WeakMap<Evaluate, Value>();

export function constant(value: Value): Evaluate {
  const evaluate = () => value;
  CONSTANTS.set(evaluate, value);
  return evaluate;
}

export function set(body: unknown, part: (node: unknown) => Evaluate): Evaluate {
  const members = listOf(body, 'a set').map(part);
  const evaluate: Evaluate = (world) => {
    const values = valuesOf(members, world);
    return values === UNKNOWN ? UNKNOWN : new CedarSet(values);
  };
  const values = members.map((member) => CONSTANTS.get(member));
  return values.every((value) => value !== undefined) ? constant(new CedarSet(values)) : evaluate;
}

export function record(body: unknown, part: (node: unknown) => Evaluate): Evaluate {
  const entries = Object.entries(recordOf(body, 'a record'));
  const names = entries.map(([name]) => name);
  const fields = entries.map(([, field]) => part(field));
  return (world) => {
    const values = valuesOf(fields, world);
    if (values === UNKNOWN) return UNKNOWN;
    return new CedarRecord(new Map(names.map((name, index) => [name, values[index] as Value])));
  };
}

/** What comes after a value that is not known is not looked at: an error there is not the first that comes up. */
function valuesOf(parts: readonly Evaluate[], world: World): Value[] | Unknown {
  const values: Value[] = [];
  for (const part of parts) {
    const value = part(world);
    if (value === UNKNOWN) return UNKNOWN;
    values.push(value);
  }
  return values;
}
