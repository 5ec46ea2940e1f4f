import { z } from 'zod';
import { nearestOf } from '../../base/nearest.ts';

/** The known key that an unknown one was most likely meant to be; undefined where none is close. */
export function nearestKey(
  schema: z.ZodType,
  path: readonly PropertyKey[],
  key: string,
): string | undefined {
  return nearestOf(key, keysAt(schema, path));
}

/** The keys of the object that a schema wants at `path`. */
function keysAt(schema: z.ZodType, path: readonly PropertyKey[]): readonly string[] {
  let current: unknown = unwrap(schema);
  for (const step of path) {
    if (current instanceof z.ZodObject) current = unwrap(current.shape[String(step)]);
    else if (current instanceof z.ZodArray) current = unwrap(current.element);
    else return [];
  }
  return current instanceof z.ZodObject ? Object.keys(current.shape) : [];
}

function unwrap(schema: unknown): unknown {
  return schema instanceof z.ZodOptional ? unwrap(schema.unwrap()) : schema;
}
