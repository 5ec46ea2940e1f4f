import type { AuditLog } from '../../estate/index.ts';
import type { IncidentDocuments } from './documents.ts';
import type { IncidentIndex } from './incident-index.ts';
import type { Lessons } from './lessons.ts';
import { isActive } from './states.ts';

/** What is needed of the audit log: how far it is, and what it says. */
export type ChangesOfStore = Pick<AuditLog, 'auditHead' | 'auditTexts'>;

export interface FollowingParts {
  readonly changes: ChangesOfStore;
  readonly documents: IncidentDocuments;
  readonly index: IncidentIndex;
  readonly lessons: Lessons;
  /** Reads everything anew. */
  readonly readAll: () => Promise<unknown>;
}

/** Entries of the audit log that are read at a time. */
const PAGE = 1_000;
/** Where there were more, all incidents are read again: that is less. */
const MAX_ENTRIES = 10_000;
const PREFIX = 'incident.';

/** Learns what other servers that share the store do to incidents. The audit log tells of all that is new, of what people
 *  say, and of what goes; that one has more of the same, its version tells. */
export class Following {
  readonly #parts: FollowingParts;
  /** Of active incidents, as they were read. */
  #versions: ReadonlyMap<string, number> = new Map();
  /** How far the audit log is known; -1: not at all. */
  #size = -1;
  #running: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;

  constructor(parts: FollowingParts) {
    this.#parts = parts;
  }

  /** All that others have done until now is known when it resolves. Those who ask at one time wait for the same look.
   *  @throws {Fault} `estate/unavailable` */
  look(): Promise<void> {
    this.#next ??= this.#begin();
    return this.#next;
  }

  async #begin(): Promise<void> {
    await this.#running.catch(() => undefined);
    this.#next = undefined;
    this.#running = this.#look();
    await this.#running;
  }

  async #look(): Promise<void> {
    const { size } = await this.#parts.changes.auditHead();
    const isFirst = this.#size < 0 || size - this.#size > MAX_ENTRIES;
    if (isFirst) await this.#parts.readAll();
    else await this.#read(await this.#changed(size), await this.#grown());
    this.#size = size;
  }

  async #read(changed: ReadonlySet<string>, grown: ReadonlySet<string>): Promise<void> {
    const { documents, index, lessons } = this.#parts;
    for (const id of changed) lessons.set(id, (await documents.feedbackOf(id)) ?? null);
    for (const id of new Set([...changed, ...grown])) {
      const incident = await documents.readable(id);
      if (incident) index.put(incident);
      else index.drop(id);
    }
  }

  /** Incidents that the entries of the audit log since the last look are about. */
  async #changed(size: number): Promise<ReadonlySet<string>> {
    const ids = new Set<string>();
    for (let first = this.#size + 1; first <= size; first += PAGE) {
      const count = Math.min(PAGE, size - first + 1);
      for (const { text } of await this.#parts.changes.auditTexts(first, count)) {
        const { action, subject } = JSON.parse(text) as { action: string; subject: string };
        if (action.startsWith(PREFIX)) ids.add(subject);
      }
    }
    return ids;
  }

  /** Active incidents that are another version than before. */
  async #grown(): Promise<ReadonlySet<string>> {
    const { documents, index } = this.#parts;
    const active = index.all().filter(isActive);
    const before = this.#versions;
    const now = await documents.versions(active.map(({ id }) => id));
    this.#versions = now;
    return new Set(active.map(({ id }) => id).filter((id) => now.get(id) !== before.get(id)));
  }
}
