const MAX_LISTS = 10_000;
/** Longer lists are seldom the same. */
const MAX_LENGTH = 32;

/** Keeps equal lists once: operations by the thousand have the same few parameters and responses. */
export class SharedLists {
  readonly #known = new Map<string, readonly string[]>();

  share(list: readonly string[]): readonly string[] {
    if (list.length > MAX_LENGTH) return list;
    const key = JSON.stringify(list);
    const same = this.#known.get(key);
    if (same) return same;
    if (this.#known.size < MAX_LISTS) this.#known.set(key, list);
    return list;
  }
}
