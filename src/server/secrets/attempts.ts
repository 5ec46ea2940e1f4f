import { messageOf } from '../../base/fault.ts';
import type { Log } from '../../base/log.ts';

export interface AttemptsParts<Cause> {
  /** What is tried until it works. */
  readonly work: (cause: Cause) => Promise<void>;
  /** Why it is tried by itself. */
  readonly itself: Cause;
  /** Whether what failed may work later without anybody's doing. */
  readonly mayPass: (thrown: unknown) => boolean;
  /** What is logged when it fails for another reason than before. */
  readonly failure: string;
  readonly clock: () => number;
  readonly log: Log;
}

const FIRST_MS = 2_000;
const LAST_MS = 300_000;

/** Tries something until it works: at first after two seconds, later up to five minutes apart. */
export class Attempts<Cause> {
  readonly #parts: AttemptsParts<Cause>;
  #fault: unknown;
  #nextAt: string | null = null;
  #failures = 0;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #isHeld = false;

  constructor(parts: AttemptsParts<Cause>) {
    this.#parts = parts;
  }

  /** Why it does not work; undefined: it does, or was not tried. */
  get fault(): unknown {
    return this.#fault;
  }

  /** When it is tried next by itself, RFC 3339. */
  get nextAt(): string | null {
    return this.#nextAt;
  }

  get isHeld(): boolean {
    return this.#isHeld;
  }

  /** Tries at once, where nothing is under way. Never rejects. */
  try(cause: Cause = this.#parts.itself): Promise<void> {
    this.#stop();
    this.#running ??= this.#parts
      .work(cause)
      .catch((thrown) => this.#failed(thrown))
      .finally(() => {
        this.#running = undefined;
      });
    return this.#running;
  }

  /** Tries by itself unless it waits for its time already, or is held. */
  async wake(): Promise<void> {
    if (!this.#isHeld && this.#timer === undefined) await this.try();
  }

  /** Resolves when nothing is under way. */
  async settled(): Promise<void> {
    await this.#running;
  }

  worked(): void {
    this.#fault = undefined;
    this.#failures = 0;
    this.#isHeld = false;
    this.#stop();
  }

  /** What went wrong though it works. */
  complain(thrown: unknown): void {
    this.#fault = thrown;
    this.#parts.log.error({ err: thrown }, this.#parts.failure);
  }

  /** Does not try by itself until somebody lets go. */
  hold(why: unknown): void {
    this.#isHeld = true;
    this.#fault = why;
    this.#stop();
  }

  letGo(): void {
    this.#isHeld = false;
  }

  #failed(thrown: unknown): void {
    const { log, failure, clock, mayPass } = this.#parts;
    const before = this.#fault === undefined ? '' : messageOf(this.#fault);
    if (this.#isHeld) return;
    this.#fault = thrown;
    if (messageOf(thrown) !== before) log.error({ err: thrown }, failure);
    if (!mayPass(thrown)) return;
    const wait = Math.min(LAST_MS, FIRST_MS * 2 ** Math.min(this.#failures++, 10));
    this.#nextAt = new Date(clock() + wait).toISOString();
    this.#timer = setTimeout(() => void this.try(), wait).unref();
  }

  #stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#nextAt = null;
  }
}
