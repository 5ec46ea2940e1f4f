import { createHash } from 'node:crypto';
import { toTimestamp } from '../../base/clock.ts';
import { messageOf } from '../../base/fault.ts';
import type { Log } from '../../base/log.ts';
import type { EstateStore, Fact } from '../../estate/index.ts';
import type { SecretKeeping } from '../../secrets/keeping/index.ts';

export interface FeedParts {
  readonly keeping: Pick<SecretKeeping, 'onChange'>;
  readonly store: Pick<EstateStore, 'replace'>;
  /** All that secrets say to the estate now. */
  readonly facts: () => readonly Fact[];
  readonly clock: () => number;
  readonly log: Log;
  /** The estate was told something new. */
  readonly onFolded: () => void;
}

/** Of the facts. */
export const SCOPE = 'secrets';
const QUIET_MS = 500;
/** Secrets get problems while nothing happens: a rotation is missed. */
const EVERY_MS = 60_000;

/** Tells the estate of the secrets that are kept, whenever something of that has changed. */
export class SecretFeed {
  readonly #parts: FeedParts;
  readonly #endListening: () => void;
  #told: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  #dueAt = Number.POSITIVE_INFINITY;
  #round: Promise<void> = Promise.resolve();
  #isClosed = false;
  #problem = '';

  constructor(parts: FeedParts) {
    this.#parts = parts;
    this.#endListening = parts.keeping.onChange(() => this.#wait(QUIET_MS));
    this.#wait(0);
  }

  /** Tells at once what has changed until now. Never rejects. */
  tell(): Promise<void> {
    this.#dueAt = Number.POSITIVE_INFINITY;
    this.#round = this.#round.then(() => this.#tell());
    return this.#round;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#endListening();
    clearTimeout(this.#timer);
    await this.#round;
  }

  async #tell(): Promise<void> {
    const { store, facts, clock, log, onFolded } = this.#parts;
    try {
      const now = facts();
      const told = digestOf(now);
      if (told !== this.#told) {
        await store.replace(SCOPE, now, toTimestamp(clock()));
        this.#told = told;
        onFolded();
      }
      this.#problem = '';
    } catch (thrown) {
      const problem = messageOf(thrown);
      if (problem !== this.#problem)
        log.error({ err: thrown }, 'the estate is not told of secrets');
      this.#problem = problem;
    }
    this.#wait(EVERY_MS);
  }

  /** The earliest that was asked for holds. */
  #wait(milliseconds: number): void {
    const dueAt = performance.now() + milliseconds;
    if (this.#isClosed || this.#dueAt <= dueAt) return;
    clearTimeout(this.#timer);
    this.#dueAt = dueAt;
    this.#timer = setTimeout(() => void this.tell(), milliseconds).unref();
  }
}

function digestOf(facts: readonly Fact[]): string {
  const hash = createHash('sha256');
  for (const fact of facts) hash.update(JSON.stringify(fact));
  return hash.digest('base64');
}
