import type { Log } from '../../base/log.ts';
import type { AuditLog } from '../../estate/index.ts';
import type { SecretKeeping } from '../../secrets/keeping/index.ts';

export interface FollowingParts {
  readonly store: AuditLog;
  readonly keeping: Pick<SecretKeeping, 'read' | 'reload'>;
  /** Looks at the vault's ring. */
  readonly refreshVault: () => Promise<void>;
  readonly log: Log;
}

const EVERY_MS = 15_000;
/** Entries of the audit log that are read at a time. */
const PAGE = 1_000;
/** Where there were more, all secrets are read again: that is less. */
const MAX_ENTRIES = 10_000;
/** What changes nothing of a secret. */
const UNCHANGING = new Set(['secret.read', 'secret.deny', 'secret.pause', 'secret.resume']);

/** Learns what other servers do to the secrets of the store that they share: the audit log tells each change. */
export class Following {
  readonly #parts: FollowingParts;
  #size: number;
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<void> = Promise.resolve();
  #isClosed = false;
  #hasFailed = false;

  /** @param size how far the audit log was when the secrets were read */
  constructor(parts: FollowingParts, size: number) {
    this.#parts = parts;
    this.#size = size;
    this.#next();
  }

  /** Looks once. Never rejects. */
  look(): Promise<void> {
    this.#round = this.#round
      .then(() => this.#look())
      .then(
        () => this.#told(undefined),
        (thrown) => this.#told(thrown),
      );
    return this.#round;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await this.#round;
  }

  #next(): void {
    this.#timer = setTimeout(() => void this.look().then(() => this.#next()), EVERY_MS).unref();
    if (this.#isClosed) clearTimeout(this.#timer);
  }

  async #look(): Promise<void> {
    const { store, keeping, refreshVault } = this.#parts;
    await refreshVault();
    const { size } = await store.auditHead();
    if (size - this.#size > MAX_ENTRIES) await keeping.reload();
    else for (const id of await this.#changed(size)) await keeping.read(id);
    this.#size = size;
  }

  async #changed(size: number): Promise<ReadonlySet<string>> {
    const ids = new Set<string>();
    for (let first = this.#size + 1; first <= size; first += PAGE) {
      const count = Math.min(PAGE, size - first + 1);
      for (const { text } of await this.#parts.store.auditTexts(first, count)) {
        const { action, subject } = JSON.parse(text) as { action: string; subject: string };
        if (action.startsWith('secret.') && !UNCHANGING.has(action)) ids.add(subject);
      }
    }
    return ids;
  }

  #told(thrown: unknown): void {
    if (thrown !== undefined && !this.#hasFailed) {
      this.#parts.log.error({ err: thrown }, 'what other servers do to secrets cannot be seen');
    }
    this.#hasFailed = thrown !== undefined;
  }
}
