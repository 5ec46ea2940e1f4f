import { compareText } from '../../base/diagnostic.ts';
import type { Entry } from './entry.ts';
import { type Selector, subjectOfSelector } from './selector.ts';

/** What is known of a workload that asks for its identities. */
export interface AttestedWorkload {
  readonly selectors: readonly Selector[];
  /** The SPIFFE ID of the agent that attested it; null: the server itself did. */
  readonly agent: string | null;
}

/** An identity for a workload. */
export interface Match {
  readonly entry: Entry;
  /** The entry's, or none where an older entry of the same answer has it. */
  readonly hint: string;
}

/** Entries, so kept that those of a workload are found without looking at the others: each is filed
 *  under the selector that the fewest others ask for, and a workload is looked up by what it has. */
export class EntryIndex {
  readonly #byId = new Map<string, { readonly entry: Entry; readonly filedUnder: Selector }>();
  readonly #filed = new Map<Selector, Map<string, Entry>>();
  /** How many entries ask for a selector, and for any of a subject. */
  readonly #asked = new Map<Selector, number>();
  readonly #subjects = new Map<string, number>();

  constructor(entries: Iterable<Entry> = []) {
    const all = [...entries];
    for (const entry of all) this.#count(entry, 1);
    for (const entry of all) this.#file(entry);
  }

  get size(): number {
    return this.#byId.size;
  }

  /** In the order in which they were put in. */
  *entries(): Generator<Entry> {
    for (const { entry } of this.#byId.values()) yield entry;
  }

  get(id: string): Entry | undefined {
    return this.#byId.get(id)?.entry;
  }

  /** Puts an entry in, in the place of the one with its id. */
  set(entry: Entry): void {
    this.delete(entry.id);
    this.#count(entry, 1);
    this.#file(entry);
  }

  delete(id: string): boolean {
    const found = this.#byId.get(id);
    if (!found) return false;
    const filed = this.#filed.get(found.filedUnder);
    filed?.delete(id);
    if (filed?.size === 0) this.#filed.delete(found.filedUnder);
    this.#byId.delete(id);
    this.#count(found.entry, -1);
    return true;
  }

  /** The identities of a workload at a time (milliseconds since 1970), the oldest entry first. Hints
   *  are unique: of two that are alike the older entry keeps its own, and both identities are given.
   *  @see SPIFFE Workload API, profiles */
  match({ selectors, agent }: AttestedWorkload, now: number): Match[] {
    const held = new Set(selectors);
    const found: Entry[] = [];
    for (const selector of held) {
      for (const entry of this.#filed.get(selector)?.values() ?? []) {
        if (isGivenBy(entry, agent) && !isOver(entry, now) && hasAll(held, entry)) {
          found.push(entry);
        }
      }
    }
    return withUniqueHints(found.sort(compareAge));
  }

  /** Whether any entry asks for a selector of `TYPE:KEY:`, so that what is costly and never asked for
   *  need not be found out. */
  asksFor(type: string, key: string): boolean {
    return this.#subjects.has(`${type}:${key}:`);
  }

  #count(entry: Entry, by: number): void {
    for (const selector of entry.selectors) {
      add(this.#asked, selector, by);
      add(this.#subjects, subjectOfSelector(selector), by);
    }
  }

  #file(entry: Entry): void {
    const filedUnder = entry.selectors.reduce((rarest, selector) =>
      this.#askedFor(selector) < this.#askedFor(rarest) ? selector : rarest,
    );
    const filed = this.#filed.get(filedUnder) ?? new Map<string, Entry>();
    this.#filed.set(filedUnder, filed.set(entry.id, entry));
    this.#byId.set(entry.id, { entry, filedUnder });
  }

  #askedFor(selector: Selector): number {
    return this.#asked.get(selector) ?? 0;
  }
}

function add(counts: Map<string, number>, name: string, by: number): void {
  const count = (counts.get(name) ?? 0) + by;
  if (count === 0) counts.delete(name);
  else counts.set(name, count);
}

/** Whether an agent may hand the entry's identity out. */
export function isGivenBy({ parent }: Entry, agent: string | null): boolean {
  return parent === null || parent === agent;
}

/** Whether the entry has expired. */
export function isOver({ expiresAt }: Entry, now: number): boolean {
  return expiresAt !== null && Date.parse(expiresAt) <= now;
}

function hasAll(held: ReadonlySet<Selector>, { selectors }: Entry): boolean {
  return selectors.every((selector) => held.has(selector));
}

function compareAge(a: Entry, b: Entry): number {
  return compareText(a.createdAt, b.createdAt) || compareText(a.id, b.id);
}

function withUniqueHints(entries: readonly Entry[]): Match[] {
  const given = new Set<string>();
  return entries.map((entry) => {
    const hint = given.has(entry.hint) ? '' : entry.hint;
    given.add(hint);
    return { entry, hint };
  });
}
