import { z } from 'zod';

const MAX_LENGTH = 40;

/** The known key that an unknown one was most likely meant to be; undefined where none is close. */
export function nearestKey(
  schema: z.ZodType,
  path: readonly PropertyKey[],
  key: string,
): string | undefined {
  if (key.length > MAX_LENGTH) return undefined;
  let best: { key: string; distance: number } | undefined;
  for (const known of keysAt(schema, path)) {
    const distance = editDistance(key.toLowerCase(), known.toLowerCase());
    if (distance < (best?.distance ?? Math.max(2, known.length / 2)))
      best = { key: known, distance };
  }
  return best?.key;
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

/** Levenshtein's distance. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substituted = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(substituted, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
