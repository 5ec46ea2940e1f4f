import { readJwks, type TrustBundle } from '../../../src/identity/spiffe/verifier.ts';
import { ReeveError } from '../error.ts';
import type { WorkloadApiClient } from '../workload-api/index.ts';
import { orAborted } from './or-aborted.ts';

/** The JWT bundles of this workload, kept fresh. */
export class LocalBundles {
  #bundles: ReadonlyMap<string, TrustBundle> | undefined;
  #failed: unknown;
  readonly #first: Promise<void>;

  constructor(client: WorkloadApiClient, signal: AbortSignal, warn: (error: ReeveError) => void) {
    this.#first = new Promise((resolve) => {
      client
        .watchJwtBundles(
          {
            onMessage: (message) => {
              this.#bundles = readAll(message, warn);
              resolve();
            },
            onRetry: warn,
          },
          signal,
        )
        .catch((thrown) => {
          this.#failed = thrown;
          // Bundles that are there already are judged by, and grow old.
          if (!signal.aborted && thrown instanceof ReeveError) warn(thrown);
          resolve();
        });
    });
  }

  /** The bundles of now, by trust domain.
   *  @throws what ended it before the first came; what the signal was aborted with */
  async ready(signal?: AbortSignal): Promise<ReadonlyMap<string, TrustBundle>> {
    if (!this.#bundles) await orAborted(this.#first, signal);
    if (this.#bundles) return this.#bundles;
    throw this.#failed;
  }
}

/** A bundle that cannot be read proves nobody, and the others still count. */
function readAll(
  message: ReadonlyMap<string, string>,
  warn: (error: ReeveError) => void,
): Map<string, TrustBundle> {
  const bundles = new Map<string, TrustBundle>();
  for (const [trustDomain, text] of message) {
    try {
      bundles.set(trustDomain, readJwks(trustDomain, text));
    } catch (thrown) {
      if (!(thrown instanceof ReeveError)) throw thrown;
      warn(thrown);
    }
  }
  return bundles;
}
