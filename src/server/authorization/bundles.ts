import {
  type BundleAnswer,
  BundleFeed,
  type BundleRequest,
  type OpaBundle,
} from '../../authorization/enforcement/opa/index.ts';
import type { Policy } from '../../authorization/model/index.ts';
import type { Log } from '../../base/log.ts';
import type { CurrentPolicy, PolicyKeeper } from './keeper.ts';

export interface BundlesParts {
  readonly policies: Pick<PolicyKeeper, 'watch'>;
  /** Makes the bundle of a policy. */
  readonly make: (policy: Policy) => Promise<OpaBundle>;
  readonly log: Log;
}

/** The policy in force as a signed bundle for OPAs: made when one asks, and from then on whenever it changes; while one
 *  is being made, only the newest of those that come after it waits. */
export class Bundles {
  readonly #parts: BundlesParts;
  readonly #feed = new BundleFeed();
  readonly #unwatch: () => void;
  #current: CurrentPolicy | undefined;
  /** Resolves when there is a bundle; undefined until one is asked for. */
  #first: Promise<void> | undefined;
  #turn: Promise<void> = Promise.resolve();
  #isWaiting = false;
  #isClosed = false;

  constructor(parts: BundlesParts) {
    this.#parts = parts;
    this.#unwatch = parts.policies.watch((current) => {
      this.#current = current;
      if (this.#first) void this.#publish();
    });
  }

  /** @throws {Fault} as `BundleFeed.answer` */
  async answer(
    request: BundleRequest,
    onAbandoned: (callBack: () => void) => void,
  ): Promise<BundleAnswer> {
    this.#first ??= this.#publish();
    await this.#first;
    return this.#feed.answer(request, onAbandoned);
  }

  close(): void {
    this.#isClosed = true;
    this.#unwatch();
    this.#feed.close();
  }

  #publish(): Promise<void> {
    if (this.#isWaiting) return this.#turn;
    this.#isWaiting = true;
    this.#turn = this.#turn.then(() => {
      this.#isWaiting = false;
      return this.#make();
    });
    return this.#turn;
  }

  async #make(): Promise<void> {
    const { make, log } = this.#parts;
    if (this.#current === undefined) return;
    try {
      this.#feed.publish(await make(this.#current.policy));
    } catch (thrown) {
      if (!this.#isClosed) log.error({ err: thrown }, 'no bundle can be made; OPAs keep the last');
    }
  }
}
