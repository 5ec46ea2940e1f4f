import { setImmediate } from 'node:timers/promises';
import { Fault } from '../../base/fault.ts';
import type { AuditEntry } from '../decision.ts';
import type { NewAuditEntry } from '../store.ts';

/** Appends entries in one transaction. */
export type AppendTogether = (entries: readonly NewAuditEntry[]) => Promise<readonly AuditEntry[]>;

/** Who waits for their entries to be durable. */
interface Waiting {
  readonly entries: readonly NewAuditEntry[];
  readonly resolve: (appended: readonly AuditEntry[]) => void;
  readonly reject: (why: unknown) => void;
}

/** Longest transaction: others wait for it. */
const MAX_ENTRIES = 1_000;
/** Turns of the event loop that a transaction waits for more, where more comes. */
const MAX_TURNS = 8;

/** Group commit for entries that come without a change: those that come while others are being written are written
 *  together, since a transaction and its wait for the disk cost the same for one entry as for hundreds. Each caller is
 *  told when its own are durable. Entries of one caller stay together, in their order. */
export class GroupCommit {
  readonly #append: AppendTogether;
  readonly #waiting: Waiting[] = [];
  #isWriting = false;

  constructor(append: AppendTogether) {
    this.#append = append;
  }

  append(entries: readonly NewAuditEntry[]): Promise<readonly AuditEntry[]> {
    const { promise, resolve, reject } = Promise.withResolvers<readonly AuditEntry[]>();
    this.#waiting.push({ entries, resolve, reject });
    if (!this.#isWriting) void this.#writeAll();
    return promise;
  }

  async #writeAll(): Promise<void> {
    this.#isWriting = true;
    while (this.#waiting.length > 0) {
      await this.#gather();
      await this.#write(this.#next());
    }
    this.#isWriting = false;
  }

  /** Waits for what the sockets bring, as long as each turn of the event loop brings more. */
  async #gather(): Promise<void> {
    for (let turn = 0; turn < MAX_TURNS; turn++) {
      const before = this.#waiting.length;
      await setImmediate();
      if (this.#waiting.length === before) return;
    }
  }

  /** One at least. */
  #next(): Waiting[] {
    let entries = 0;
    const end = this.#waiting.findIndex((one, at) => {
      entries += one.entries.length;
      return at > 0 && entries > MAX_ENTRIES;
    });
    return this.#waiting.splice(0, end === -1 ? this.#waiting.length : end);
  }

  async #write(group: readonly Waiting[]): Promise<void> {
    try {
      const appended = await this.#append(group.flatMap(({ entries }) => entries));
      let from = 0;
      for (const { entries, resolve } of group) {
        resolve(appended.slice(from, from + entries.length));
        from += entries.length;
      }
    } catch (thrown) {
      // the store's own troubles are everybody's; an entry that cannot be written is one caller's
      if (group.length === 1 || thrown instanceof Fault) {
        for (const { reject } of group) reject(thrown);
      } else for (const one of group) await this.#write([one]);
    }
  }
}
