import {
  type BundleAnswer,
  BundleFeed,
  type BundleRequest,
  type BundleSigner,
} from '../../authorization/enforcement/opa/index.ts';
import type { Log } from '../../base/log.ts';
import type { CurrentPolicy, PolicyKeeper } from './keeper.ts';

export interface BundlesParts {
  readonly policies: Pick<PolicyKeeper, 'watch'>;
  readonly signer: BundleSigner;
  readonly trustDomain: string;
  readonly log: Log;
}

/** The policy in force as a signed bundle for OPAs: made when one asks, and from then on whenever it changes. */
export class Bundles {
  readonly #parts: BundlesParts;
  readonly #feed = new BundleFeed();
  readonly #unwatch: () => void;
  #current: CurrentPolicy | undefined;
  #isAskedFor = false;
  #turn: Promise<void> = Promise.resolve();

  constructor(parts: BundlesParts) {
    this.#parts = parts;
    this.#unwatch = parts.policies.watch((current) => {
      this.#current = current;
      if (this.#isAskedFor) void this.#publish();
    });
  }

  /** @throws {Fault} as `BundleFeed.answer` */
  async answer(
    request: BundleRequest,
    onAbandoned: (callBack: () => void) => void,
  ): Promise<BundleAnswer> {
    if (!this.#isAskedFor) {
      this.#isAskedFor = true;
      await this.#publish();
    }
    return this.#feed.answer(request, onAbandoned);
  }

  close(): void {
    this.#unwatch();
    this.#feed.close();
  }

  #publish(): Promise<void> {
    this.#turn = this.#turn.then(() => this.#make());
    return this.#turn;
  }

  async #make(): Promise<void> {
    const { signer, trustDomain, log } = this.#parts;
    if (this.#current === undefined) return;
    const { engine, policy } = this.#current;
    try {
      // what only OPAs need is loaded for the first of them
      const [{ compileOpa }, { packBundle }] = await Promise.all([
        import('../../authorization/targets/opa/index.ts'),
        import('../../authorization/enforcement/opa/index.ts'),
      ]);
      const context = { placements: new Map(), trustDomain, policy, egress: false };
      const { files } = compileOpa(engine.rules(), context);
      this.#feed.publish(await packBundle(files, signer));
    } catch (thrown) {
      log.error({ err: thrown }, 'no bundle can be made; OPAs keep the last');
    }
  }
}
