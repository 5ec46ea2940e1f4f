/** The entry of a table by a name that comes from input: `constructor` and what else objects inherit
 *  is no entry. */
export function entryOf<Entry>(
  table: Readonly<Record<string, Entry>>,
  name: string,
): Entry | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}
