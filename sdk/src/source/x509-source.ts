import { EventEmitter } from 'node:events';
import { ReeveError } from '../error.ts';
import { WorkloadApiClient, type WorkloadApiClientOptions } from '../workload-api/index.ts';
import {
  type IdentityParts,
  type IdentitySource,
  identityOfResponse,
  usableIdentity,
  type X509Identity,
} from './identity.ts';
import { notReady, type SourceEvents, untilChanged } from './source-events.ts';
import type { X509Svid } from './svid.ts';

export interface X509SourceOptions extends WorkloadApiClientOptions {
  /** Which of several SVIDs is shown to peers; the first, which is the default one, if undefined. */
  readonly pick?: IdentityParts['pick'];
}

/** The X.509-SVIDs, bundles and lists of revoked certificates of this workload, kept fresh by the
 *  Workload API. When the agent is lost it keeps what it has, and asks until it is there again.
 *
 *  It holds the process open until it is closed. */
export class X509Source extends EventEmitter<SourceEvents> implements IdentitySource {
  readonly #client: WorkloadApiClient;
  readonly #closing = new AbortController();
  #identity: X509Identity | undefined;
  #lastError: ReeveError | undefined;
  #end: ReeveError | undefined;

  /** @throws {ReeveError} `workload-api/address-missing`, `workload-api/address-malformed` */
  constructor({ pick, ...options }: X509SourceOptions = {}) {
    super();
    this.setMaxListeners(0);
    this.#client = new WorkloadApiClient(options);
    void this.#follow(pick);
  }

  get identity(): X509Identity | undefined {
    return this.#identity;
  }

  /** The X.509-SVID that is shown to peers.
   *  @throws {ReeveError} `svid/not-ready`, `svid/expired` */
  get svid(): X509Svid {
    return usableIdentity(this, Date.now()).svid;
  }

  /** Every X.509-SVID of this workload, the default one first; expired ones too. */
  get svids(): readonly X509Svid[] {
    return this.#identity?.svids ?? [];
  }

  /** The X.509-SVID with a hint; undefined where there is none. */
  svidByHint(hint: string): X509Svid | undefined {
    return this.svids.find((svid) => svid.hint === hint);
  }

  /** Authorities in DER, by trust domain. */
  get bundles(): ReadonlyMap<string, readonly Buffer[]> {
    return this.#identity?.bundles ?? new Map();
  }

  /** Lists of revoked certificates, in DER. */
  get crls(): readonly Buffer[] {
    return this.#identity?.crls ?? [];
  }

  /** What went wrong since the last identity came; undefined where nothing did. */
  get lastError(): ReeveError | undefined {
    return this.#lastError;
  }

  /** Waits for the first identity.
   *  @throws {ReeveError} what ends the source; `svid/not-ready`, with the reason, when the signal is
   *  aborted first */
  async ready(signal?: AbortSignal): Promise<void> {
    while (!this.#identity) {
      if (this.#end) throw this.#end;
      if (signal?.aborted) {
        const message = 'this workload has no X.509-SVID yet';
        throw notReady('svid/not-ready', message, this.#lastError, signal.reason);
      }
      await untilChanged(this, signal);
    }
  }

  /** Ends it; what it has stays. */
  close(): void {
    if (this.#closing.signal.aborted) return;
    this.#fail(new ReeveError('svid/closed', 'the source of X.509-SVIDs is closed'));
    this.#closing.abort();
    this.#client.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
  }

  async #follow(pick: IdentityParts['pick']): Promise<void> {
    const warn = (error: ReeveError): void => {
      this.#lastError = error;
      queueMicrotask(() => this.emit('warning', error));
    };
    try {
      await this.#client.watchX509Svids(
        {
          onMessage: (message) => {
            this.#lastError = undefined;
            this.#identity = identityOfResponse(message, warn, pick);
            // What a listener throws is not the agent's fault.
            queueMicrotask(() => this.emit('updated'));
          },
          onRetry: warn,
        },
        this.#closing.signal,
      );
    } catch (thrown) {
      if (this.#end) return;
      const unforeseen = () =>
        new ReeveError('svid/failed', 'the source of X.509-SVIDs failed', { cause: thrown });
      this.#fail(thrown instanceof ReeveError ? thrown : unforeseen());
    }
  }

  #fail(error: ReeveError): void {
    this.#end = error;
    this.#lastError = error;
    this.emit('failed', error);
  }
}
