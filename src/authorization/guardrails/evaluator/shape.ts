import { quote } from '../../../base/fault.ts';
import { Entity } from './entity.ts';
import { UnusablePolicy } from './fault.ts';

/** Readers of Cedar's JSON format, which comes from wherever a policy comes from. All refuse by `UnusablePolicy`. */

export type Json = Readonly<Record<string, unknown>>;

/** An object with no members but these; `required` it must have.  */
export function objectOf(
  value: unknown,
  what: string,
  required: readonly string[],
  optional: readonly string[] = [],
): Json {
  const object = recordOf(value, what);
  for (const name of required) {
    if (!Object.hasOwn(object, name)) throw new UnusablePolicy(`${what} has no ${quote(name)}`);
  }
  for (const name of Object.keys(object)) {
    if (!required.includes(name) && !optional.includes(name)) {
      throw new UnusablePolicy(`${what} has ${quote(name)}, which is unknown`);
    }
  }
  return object;
}

export function recordOf(value: unknown, what: string): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new UnusablePolicy(`${what} is no object`);
  }
  return value as Json;
}

export function listOf(value: unknown, what: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new UnusablePolicy(`${what} is no list`);
  return value;
}

export function textOf(value: unknown, what: string): string {
  if (typeof value !== 'string') throw new UnusablePolicy(`${what} is no text`);
  return value;
}

/** `{type, id}`, with or without `__entity` around it. */
export function entityOf(value: unknown, what: string): Entity {
  const outer = recordOf(value, what);
  const inner = Object.hasOwn(outer, '__entity') ? outer.__entity : outer;
  const { type, id } = objectOf(inner, what, ['type', 'id']);
  return new Entity(textOf(type, what), textOf(id, what));
}
