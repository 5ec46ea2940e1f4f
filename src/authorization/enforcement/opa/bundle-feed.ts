import { Fault } from '../../../base/fault.ts';
import type { OpaBundle } from './bundle.ts';

/** What an OPA asks for a bundle with. */
export interface BundleRequest {
  /** The header `If-None-Match`: what it has. */
  readonly ifNoneMatch: string | undefined;
  /** The header `Prefer`: `modes=snapshot,delta;wait=10`. */
  readonly prefer: string | undefined;
}

export interface BundleAnswer {
  readonly status: 200 | 304;
  readonly headers: Readonly<Record<string, string>>;
  /** Undefined where nothing has changed. */
  readonly body: Buffer | undefined;
}

/** Tells an OPA that it may wait for the next bundle here. */
const CONTENT_TYPE = 'application/vnd.openpolicyagent.bundles';
/** Below what connections may be silent for. */
const MAX_WAIT_SECONDS = 45;
const MAX_WAITING = 2_000;
/** A header lists what is known and eight more at most. */
const MAX_HEADER = 2_048;

/** Gives every OPA the newest bundle: at once where it has another one, and otherwise when there is one.
 *  @see OPA documentation, "Bundles", HTTP Long Polling */
export class BundleFeed {
  readonly #waiting = new Set<() => void>();
  #bundle: OpaBundle | undefined;

  get waiting(): number {
    return this.#waiting.size;
  }

  /** Takes the place of the bundle before it. One that says the same wakes nobody. */
  publish(bundle: OpaBundle): void {
    if (bundle.revision === this.#bundle?.revision) return;
    this.#bundle = bundle;
    this.#wake();
  }

  /** The bundle, or that there is no newer one.
   *  @param onAbandoned calls what it is given when nobody waits for the answer any more
   *  @throws {Fault} `authorization/bundle-unavailable`, `authorization/waiters-too-many` */
  async answer(
    request: BundleRequest,
    onAbandoned: (callBack: () => void) => void,
  ): Promise<BundleAnswer> {
    const seconds = waitOf(request.prefer);
    if (this.#isKnown(request) && seconds > 0) await this.#next(seconds, onAbandoned);
    const bundle = this.#bundle;
    if (bundle === undefined) {
      throw new Fault('authorization/bundle-unavailable', 'There is no bundle yet', {
        hint: 'a bundle is made as soon as the estate has been judged once',
      });
    }
    const headers = { 'content-type': CONTENT_TYPE, etag: `"${bundle.revision}"` };
    if (this.#isKnown(request)) return { status: 304, headers, body: undefined };
    return { status: 200, headers, body: bundle.bytes };
  }

  /** Answers all that wait. */
  close(): void {
    this.#wake();
  }

  #isKnown({ ifNoneMatch }: BundleRequest): boolean {
    if (ifNoneMatch === undefined || this.#bundle === undefined) return false;
    // What was superseded is listed behind what is in use: only the latter counts.
    const [first = ''] = ifNoneMatch.slice(0, MAX_HEADER).split(',', 1);
    return first.trim().replace(/^W\//, '') === `"${this.#bundle.revision}"`;
  }

  #next(seconds: number, onAbandoned: (callBack: () => void) => void): Promise<void> {
    if (this.#waiting.size >= MAX_WAITING) {
      throw new Fault('authorization/waiters-too-many', `${MAX_WAITING} OPAs wait already`, {
        hint: 'poll without `long_polling_timeout_seconds`, or let OPAs share a bundle',
      });
    }
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, seconds * 1_000).unref();
      this.#waiting.add(wake);
      onAbandoned(wake);
    });
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
  }
}

/** How long an OPA would wait, in seconds; 0 where it says nothing. */
function waitOf(prefer: string | undefined): number {
  const [, seconds = '0'] =
    /(?:^|[;,])\s*wait=(\d{1,9})(?![\d.])/.exec(prefer?.slice(0, MAX_HEADER) ?? '') ?? [];
  return Math.min(Number(seconds), MAX_WAIT_SECONDS);
}
