import { z } from 'zod';
import type { Clock } from '../../base/clock.ts';
import { toTimestamp } from '../../base/clock.ts';
import { anew, type DocumentStore } from '../../estate/index.ts';
import type { SecretUse } from './registry.ts';

/** What uses are kept with. */
export interface UseParts {
  readonly store: DocumentStore;
  readonly clock: Clock;
  readonly warn: (message: string, fault: unknown) => void;
  /** Between two writes; uses since the last one are lost with a process that is killed. */
  readonly flushMs?: number;
}

/** Within this time, another use of a secret changes nothing. */
const GRAIN_MS = 60_000;
const FLUSH_MS = 60_000;
const BATCH = 200;
const KIND = 'secret-use';
/** Says since when uses are seen; no secret has a name without a slash. */
const BEGINNING = 'beginning';
const Kept = z.strictObject({ at: z.iso.datetime() });

/** When each secret was last used, to the minute. A use costs a look-up; once a minute and secret, a write. Of several
 *  processes, each knows what the others have seen after a restart. */
export class UseLog {
  readonly #parts: UseParts;
  readonly #last = new Map<string, number>();
  readonly #changed = new Set<string>();
  #seenSince = '';
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();
  #isClosed = false;

  private constructor(parts: UseParts) {
    this.#parts = parts;
  }

  /** @throws {Fault} `estate/unavailable` */
  static async open(parts: UseParts): Promise<UseLog> {
    const log = new UseLog(parts);
    for (const { id, body } of await parts.store.documents(KIND)) {
      const read = Kept.safeParse(body);
      if (!read.success) continue;
      if (id === BEGINNING) log.#seenSince = read.data.at;
      else log.#last.set(id, Date.parse(read.data.at));
    }
    if (log.#seenSince === '') {
      log.#seenSince = toTimestamp(parts.clock());
      await log.#keep(BEGINNING, Date.parse(log.#seenSince));
    }
    log.#wait();
    return log;
  }

  /** Somebody has got the value of a secret. */
  record(id: string): void {
    const now = this.#parts.clock();
    if (now - (this.#last.get(id) ?? Number.NEGATIVE_INFINITY) < GRAIN_MS) return;
    this.#last.set(id, now);
    this.#changed.add(id);
  }

  useOf(id: string): SecretUse {
    const at = this.#last.get(id);
    return { lastUsed: at === undefined ? null : toTimestamp(at), seenSince: this.#seenSince };
  }

  /** Writes what has changed. Never rejects: what could not be written is tried again. */
  flush(): Promise<void> {
    this.#writing = this.#writing.then(() => this.#flush());
    return this.#writing;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await this.flush();
  }

  #wait(): void {
    if (this.#isClosed) return;
    this.#timer = setTimeout(() => {
      void this.flush().then(() => this.#wait());
    }, this.#parts.flushMs ?? FLUSH_MS).unref();
  }

  async #flush(): Promise<void> {
    const ids = [...this.#changed].slice(0, BATCH);
    for (const id of ids) this.#changed.delete(id);
    for (const id of ids) {
      try {
        await this.#keep(id, this.#last.get(id) ?? 0);
      } catch (thrown) {
        this.#changed.add(id);
        this.#parts.warn('When secrets were last used could not be kept', thrown);
        return;
      }
    }
    if (this.#changed.size > 0 && ids.length > 0) await this.#flush();
  }

  /** The later of what is known here and there. */
  #keep(id: string, at: number): Promise<void> {
    const { store } = this.#parts;
    return anew(async () => {
      const stored = await store.document(KIND, id);
      const read = Kept.safeParse(stored?.body);
      if (read.success && Date.parse(read.data.at) >= at) return;
      const { version = 0 } = stored ?? {};
      await store.amend([{ kind: KIND, id, version, body: { at: toTimestamp(at) } }], []);
    });
  }
}
