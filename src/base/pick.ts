/** Reads values whose shape is not known: each function gives a value of its type or an empty one,
 *  and never throws. */

export type Fields = Readonly<Record<string, unknown>>;
const NO_FIELDS: Fields = Object.freeze({});

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Follows steps into a value; undefined where one leads nowhere. Inherited properties do not count. */
export function pick(value: unknown, ...path: readonly (string | number)[]): unknown {
  let current = value;
  for (const step of path) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, step)) {
      return undefined;
    }
    current = (current as Record<string | number, unknown>)[step];
  }
  return current;
}

export function fieldsAt(value: unknown, ...path: readonly (string | number)[]): Fields {
  const found = pick(value, ...path);
  return isFields(found) ? found : NO_FIELDS;
}

export function listAt(value: unknown, ...path: readonly (string | number)[]): readonly unknown[] {
  const found = pick(value, ...path);
  return Array.isArray(found) ? found : [];
}

/** Text, or the text of a number or boolean. */
export function textAt(value: unknown, ...path: readonly (string | number)[]): string | undefined {
  const found = pick(value, ...path);
  if (typeof found === 'string') return found;
  return typeof found === 'number' || typeof found === 'boolean' ? String(found) : undefined;
}

export function numberAt(
  value: unknown,
  ...path: readonly (string | number)[]
): number | undefined {
  const found = pick(value, ...path);
  return typeof found === 'number' && Number.isFinite(found) ? found : undefined;
}

/** The text values of a mapping; everything else in it is left out. */
export function textsAt(
  value: unknown,
  ...path: readonly (string | number)[]
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(fieldsAt(value, ...path)).flatMap(([key, item]) => {
      const text = textAt(item);
      return text === undefined ? [] : [[key, text] as const];
    }),
  );
}

/** The entry of a table by a name that comes from input: `constructor` and what else objects inherit
 *  is no entry. */
export function entryOf<Entry>(
  table: Readonly<Record<string, Entry>>,
  name: string,
): Entry | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}
