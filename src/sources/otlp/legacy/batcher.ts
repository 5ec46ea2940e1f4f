import { Fault } from '../../../base/fault.ts';
import type { SeenObservation, Taken } from './intake.ts';
import type { Half } from './pairing.ts';

export interface BatcherLimits {
  /** How long requests are gathered before they are kept together. */
  readonly batchMs: number;
  /** Requests that wait to be kept; further ones are refused, to be sent again later. */
  readonly maxWaitingRequests: number;
  /** After this long a thing that is seen again is kept again, so that it stays fresh. */
  readonly refreshMs: number;
  /** Distinct observations remembered as kept. */
  readonly maxRemembered: number;
}

/** What is to be made durable. */
export interface Kept {
  readonly observations: readonly SeenObservation[];
  readonly waiting: readonly Half[];
  /** Some observation is none that was kept before. */
  readonly isNew: boolean;
}

/** Resolves when all of it is durable. */
export type Keep = (kept: Kept) => Promise<void>;

interface Waiting {
  readonly taken: Taken;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

/** Gathers what requests bring and keeps it in one go, one go at a time, so that the store sees a few
 *  transactions a second whatever the traffic. Each request hears when its own part is durable. */
export class Batcher {
  readonly #limits: BatcherLimits;
  readonly #keep: Keep;
  readonly #clock: () => number;
  readonly #keptAt = new Map<string, number>();
  #waiting: Waiting[] = [];
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;

  constructor(limits: BatcherLimits, keep: Keep, clock: () => number) {
    this.#limits = limits;
    this.#keep = keep;
    this.#clock = clock;
  }

  get waitingCount(): number {
    return this.#waiting.length;
  }

  /** @throws {Fault} `otlp/queue-too-many`, and what keeping throws */
  submit(taken: Taken): Promise<void> {
    if (this.#waiting.length >= this.#limits.maxWaitingRequests) {
      return Promise.reject(
        new Fault('otlp/queue-too-many', 'Too many requests wait to be stored', {
          hint: 'send the request again after a second',
        }),
      );
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ taken, resolve, reject });
      this.#schedule();
    });
  }

  /** Forgets what it remembers as kept: everything seen from now on is kept again. */
  forget(): void {
    this.#keptAt.clear();
  }

  /** Keeps at once what waits. */
  async drain(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#running;
    await this.#run();
  }

  #schedule(): void {
    if (this.#timer !== undefined || this.#running !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#running = this.#run().finally(() => {
        this.#running = undefined;
        if (this.#waiting.length > 0) this.#schedule();
      });
    }, this.#limits.batchMs);
  }

  async #run(): Promise<void> {
    const batch = this.#waiting;
    this.#waiting = [];
    if (batch.length === 0) return;
    const now = this.#clock();
    const fresh = this.#unkept(batch, now);
    try {
      await this.#keep({
        observations: [...fresh.values()],
        waiting: batch.flatMap(({ taken }) => taken.waiting),
        isNew: fresh.keys().some((key) => !this.#keptAt.has(key)),
      });
      this.#remember(fresh.keys(), now);
      for (const { resolve } of batch) resolve();
    } catch (thrown) {
      for (const { reject } of batch) reject(thrown);
    }
  }

  #unkept(batch: readonly Waiting[], now: number): Map<string, SeenObservation> {
    const fresh = new Map<string, SeenObservation>();
    for (const { taken } of batch) {
      for (const [key, observation] of taken.observations) {
        const keptAt = this.#keptAt.get(key) ?? Number.NEGATIVE_INFINITY;
        if (now - keptAt >= this.#limits.refreshMs) fresh.set(key, observation);
      }
    }
    return fresh;
  }

  /** What was kept longest ago is forgotten first. */
  #remember(keys: Iterable<string>, now: number): void {
    for (const key of keys) {
      this.#keptAt.delete(key);
      this.#keptAt.set(key, now);
    }
    for (const key of this.#keptAt.keys()) {
      if (this.#keptAt.size <= this.#limits.maxRemembered) break;
      this.#keptAt.delete(key);
    }
  }
}
