import type { ApiKey, ApiKeyScope } from './model.ts';

/** How finely uses are told apart in time, in milliseconds: within it, another use changes nothing. */
export const USE_GRAIN = 3_600_000;

/** When each operation of a key was last used: hours since 1970, by `SERVICE OPERATION`. */
export type Uses = Readonly<Record<string, number>>;

/** Uses of keys, on their way to the store. A use costs two look-ups; once an hour and operation, a write. */
export class UsageLog {
  readonly #uses = new Map<string, Map<string, number>>();
  readonly #changed = new Set<string>();

  /** @param now milliseconds since 1970 */
  record(id: string, service: string, operation: string, now: number): void {
    const lines = this.#linesOf(id);
    const line = `${service} ${operation}`;
    const hour = Math.floor(now / USE_GRAIN);
    if ((lines.get(line) ?? -1) >= hour) return;
    lines.set(line, hour);
    this.#changed.add(id);
  }

  /** Takes what is kept already: the later time counts. */
  merge(id: string, kept: Uses): void {
    const lines = this.#linesOf(id);
    for (const [line, hour] of Object.entries(kept)) {
      lines.set(line, Math.max(hour, lines.get(line) ?? -1));
    }
  }

  usesOf(id: string): Uses {
    return Object.fromEntries(this.#uses.get(id) ?? []);
  }

  /** Ids of those that have changed since they were last taken, `most` at once. */
  take(most: number): readonly string[] {
    const taken = [...this.#changed].slice(0, most);
    for (const id of taken) this.#changed.delete(id);
    return taken;
  }

  /** They could not be kept. */
  giveBack(ids: readonly string[]): void {
    for (const id of ids) if (this.#uses.has(id)) this.#changed.add(id);
  }

  forget(id: string): void {
    this.#uses.delete(id);
    this.#changed.delete(id);
  }

  #linesOf(id: string): Map<string, number> {
    const lines = this.#uses.get(id) ?? new Map<string, number>();
    this.#uses.set(id, lines);
    return lines;
  }
}

/** When a key was last used, to the hour; undefined: it was not.
 *  @returns milliseconds since 1970 */
export function lastUse(uses: Uses): number | undefined {
  const hours = Object.values(uses);
  return hours.length === 0 ? undefined : hours.reduce((a, b) => Math.max(a, b)) * USE_GRAIN;
}

/** Operations that a key is granted and was not used for since `since`: it has more than it needs. A key that is younger
 *  says nothing yet.
 *  @param since milliseconds since 1970 */
export function unusedScopes(
  key: Pick<ApiKey, 'createdAt' | 'scopes'>,
  uses: Uses,
  since: number,
): readonly ApiKeyScope[] {
  if (Date.parse(key.createdAt) > since) return [];
  const isUnused = (line: string) => (uses[line] ?? -1) * USE_GRAIN + USE_GRAIN <= since;
  return key.scopes.flatMap(({ service, operations }) => {
    const unused = operations.filter((operation) => isUnused(`${service} ${operation}`));
    return unused.length === 0 ? [] : [{ service, operations: unused }];
  });
}
