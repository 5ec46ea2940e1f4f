import { setTimeout as sleep } from 'node:timers/promises';
import { type Clock, systemClock } from '../../../base/clock.ts';
import { Fault, messageOf } from '../../../base/fault.ts';
import type { ClusterApi } from './api.ts';
import { ApiFault } from './api-fault.ts';
import { Backoff } from './backoff.ts';
import { type Collection, type ListLimits, list } from './list.ts';
import { type WatchLimits, watch } from './watch.ts';

export interface FollowLimits extends ListLimits, WatchLimits {}

export const DEFAULT_FOLLOW_LIMITS: FollowLimits = {
  maxPageBytes: 32 * 1_048_576,
  maxListed: 1_000_000,
  maxEventBytes: 16 * 1_048_576,
  watchSeconds: 300,
  silenceMs: 120_000,
};

/** Takes what a collection holds. `Item` is what the taker makes of an object; undefined where it keeps
 *  nothing of it. */
export interface Taker<Item> {
  take(object: unknown): Item | undefined;
  /** A list is begun: what was left out so far may be no more. */
  begin(): void;
  /** All there is. */
  replace(items: readonly Item[]): void;
  put(item: Item | undefined, object: unknown): void;
  remove(object: unknown): void;
  /** Events that say nothing. */
  malformed(): void;
  /** The state has changed. */
  changed(): void;
}

export interface FollowerParts<Item> {
  readonly api: ClusterApi;
  readonly collection: Collection;
  readonly taker: Taker<Item>;
  readonly limits?: FollowLimits;
  readonly clock?: Clock;
  readonly random?: () => number;
}

/** Watches are tried again this often before everything is listed anew: a server that was set back may know
 *  none of its versions. */
const MAX_WATCH_FAILURES = 5;
/** A permission that is missing is looked for this often. */
const FORBIDDEN_MS = 30_000;
/** A watch that ends sooner has said nothing. */
const SHORT_MS = 1_000;

/** Keeps up with one collection: lists it, and watches it from there; again from the beginning where the
 *  server knows the version no longer. What goes wrong is tried again, later and later. */
export class Follower<Item> {
  readonly collection: Collection;
  readonly #parts: FollowerParts<Item>;
  readonly #limits: FollowLimits;
  readonly #clock: Clock;
  readonly #stop = new AbortController();
  readonly #backoff: Backoff;
  #waiting = new AbortController();
  #version: string | undefined;
  #watchFailures = 0;
  #isListed = false;
  #contactAt: number | undefined;
  #failure: Fault | undefined;
  #ended: Promise<void> = Promise.resolve();

  constructor(parts: FollowerParts<Item>) {
    this.collection = parts.collection;
    this.#parts = parts;
    this.#limits = parts.limits ?? DEFAULT_FOLLOW_LIMITS;
    this.#clock = parts.clock ?? systemClock;
    this.#backoff = new Backoff(parts.random);
  }

  /** It has been listed once, so that what is known of it is, or was, the truth. */
  get isListed(): boolean {
    return this.#isListed;
  }

  /** Why it cannot be followed now. */
  get failure(): Fault | undefined {
    return this.#failure;
  }

  /** When the server last answered, milliseconds since 1970. */
  get contactAt(): number | undefined {
    return this.#contactAt;
  }

  start(): void {
    this.#ended = this.#run();
  }

  /** Ends a wait after a failure. */
  wake(): void {
    this.#backoff.reset();
    this.#waiting.abort();
  }

  async close(): Promise<void> {
    this.#stop.abort();
    this.#waiting.abort();
    await this.#ended;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      try {
        if (this.#version === undefined) await this.#list();
        else await this.#watch(this.#version);
      } catch (thrown) {
        if (signal.aborted) return;
        const waitMs = this.#failed(thrown);
        this.#waiting = new AbortController();
        await sleep(waitMs, undefined, { signal: this.#waiting.signal }).catch(() => {});
      }
    }
  }

  async #list(): Promise<void> {
    const { api, collection, taker } = this.#parts;
    const items: Item[] = [];
    taker.begin();
    const add = (object: unknown): void => {
      const item = taker.take(object);
      if (item !== undefined) items.push(item);
    };
    const version = await list(api, collection, this.#limits, add, this.#stop.signal);
    this.#version = version;
    this.#isListed = true;
    taker.replace(items);
    this.#heard();
    taker.changed();
  }

  async #watch(from: string): Promise<void> {
    const { api, collection, taker } = this.#parts;
    const begunAt = performance.now();
    const watchSeconds = Math.ceil(
      this.#limits.watchSeconds * (0.8 + 0.2 * (this.#parts.random ?? Math.random)()),
    );
    let heard = false;
    await watch(
      api,
      collection,
      from,
      { ...this.#limits, watchSeconds },
      {
        opened: () => this.#heard(),
        put: (object) => taker.put(taker.take(object), object),
        remove: (object) => taker.remove(object),
        malformed: () => taker.malformed(),
        reached: (version) => {
          heard = true;
          this.#version = version;
          this.#follows();
        },
      },
      this.#stop.signal,
    );
    if (this.#stop.signal.aborted) return;
    if (!heard && performance.now() - begunAt < SHORT_MS) {
      throw new ApiFault('unavailable', 'The server ended a watch as soon as it had begun');
    }
    this.#follows();
  }

  /** Only what a watch tells shows that all is well: a list may be of a version that is gone at once, and a
   *  watch may end as it begins. */
  #follows(): void {
    this.#watchFailures = 0;
    this.#backoff.reset();
    this.#heard();
  }

  #heard(): void {
    this.#contactAt = this.#clock();
    const hadFailed = this.#failure !== undefined;
    this.#failure = undefined;
    if (hadFailed) this.#parts.taker.changed();
  }

  /** What to do about it, and how long to wait. */
  #failed(thrown: unknown): number {
    // A list whose versions go while it is read has failed: a cluster is not held up by it for ever.
    const isWatched = this.#version !== undefined;
    if (isWatched && thrown instanceof ApiFault && thrown.code === 'cluster/version-gone') {
      this.#version = undefined;
      return this.#backoff.next(thrown);
    }
    this.#failure =
      thrown instanceof Fault
        ? thrown
        : new ApiFault('unavailable', messageOf(thrown), { cause: thrown });
    if (isWatched && ++this.#watchFailures >= MAX_WATCH_FAILURES) {
      this.#version = undefined;
      this.#watchFailures = 0;
    }
    this.#parts.taker.changed();
    const waitMs = this.#backoff.next(thrown);
    const isMissing = isForbidden(this.#failure) && !this.#isListed;
    return isMissing ? Math.max(waitMs, FORBIDDEN_MS) : waitMs;
  }
}

export function isForbidden(fault: Fault | undefined): boolean {
  return fault?.code === 'cluster/forbidden';
}
