import { EventEmitter } from 'node:events';
import { CedarJudge, Engine, readSlice, toPolicy } from '../../../../src/authorization/decider.ts';
import { ReeveError } from '../../error.ts';
import { notReady, type SourceEvents, untilChanged } from '../../source/source-events.ts';
import {
  DEFAULT_GRPC_LIMITS,
  follow,
  GrpcConnection,
  type WorkloadApiClientOptions,
  workloadAddress,
} from '../../workload-api/index.ts';
import { type FeedMessage, POLICY_FEED, readFeedMessage, watchFeed } from './feed.ts';
import { KeptPolicy } from './kept-policy.ts';

export interface PolicySourceOptions extends Pick<WorkloadApiClientOptions, 'address' | 'limits'> {
  /** Where the last policy is kept, for a start while Reeve is away; without it, it is kept in memory alone. */
  readonly file?: string;
}

/** The policy of this workload at one time. It does not change: an update is another one. */
export interface KnownPolicy {
  /** Of what it says: the same for the same. */
  readonly revision: string;
  /** Ids of the services that this workload is. */
  readonly callees: readonly string[];
  readonly engine: Engine;
}

/** Who may call this workload, kept fresh by the socket of the Workload API. When Reeve is lost it keeps what it has,
 *  and asks until Reeve is there again.
 *
 *  It holds the process open until it is closed. */
export class PolicySource extends EventEmitter<SourceEvents> {
  readonly #connection: GrpcConnection;
  readonly #closing = new AbortController();
  readonly #kept: KeptPolicy | undefined;
  #policy: KnownPolicy | undefined;
  #lastError: ReeveError | undefined;
  #end: ReeveError | undefined;

  /** @throws {ReeveError} `workload-api/address-missing`, `workload-api/address-malformed` */
  constructor({ address, limits, file }: PolicySourceOptions = {}) {
    super();
    this.setMaxListeners(0);
    const all = { ...DEFAULT_GRPC_LIMITS, ...limits };
    this.#connection = new GrpcConnection(workloadAddress(address), all, POLICY_FEED);
    this.#kept = file === undefined ? undefined : new KeptPolicy(file);
    this.#resume();
    void this.#follow();
  }

  /** Undefined until there is one. */
  get policy(): KnownPolicy | undefined {
    return this.#policy;
  }

  /** What went wrong since Reeve was last heard of; undefined where nothing did. */
  get lastError(): ReeveError | undefined {
    return this.#lastError;
  }

  /** Waits for the first policy.
   *  @throws {ReeveError} what ends the source; `authorization/policy-not-ready`, with the reason, when the signal is
   *  aborted first */
  async ready(signal?: AbortSignal): Promise<void> {
    while (!this.#policy) {
      if (this.#end) throw this.#end;
      if (signal?.aborted) {
        const message = 'this workload has no policy yet';
        throw notReady('authorization/policy-not-ready', message, this.#lastError, signal.reason);
      }
      await untilChanged(this, signal);
    }
  }

  /** Ends it; what it has stays. */
  close(): void {
    if (this.#closing.signal.aborted) return;
    this.#fail(new ReeveError('authorization/policy-closed', 'the source of policy is closed'));
    this.#closing.abort();
    this.#connection.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
  }

  /** Takes up what was kept, as far as it can be read. */
  #resume(): void {
    try {
      const bytes = this.#kept?.read();
      if (bytes) this.#policy = toKnown(readFeedMessage(bytes));
    } catch (thrown) {
      if (!(thrown instanceof ReeveError)) throw thrown;
      this.#warn(thrown);
    }
  }

  async #follow(): Promise<void> {
    const { signal } = this.#closing;
    try {
      await follow(
        () => watchFeed(this.#connection, this.#policy?.revision ?? '', signal),
        {
          onMessage: (message) => this.#take(message),
          onRetry: (error) => this.#warn(error),
        },
        signal,
      );
    } catch (thrown) {
      if (this.#end) return;
      const isForeseen = thrown instanceof ReeveError;
      this.#fail(isForeseen ? thrown : failed('the source of policy failed', thrown));
    }
  }

  #take(message: FeedMessage): void {
    const isKnown = message.slice.length === 0 && message.revision === this.#policy?.revision;
    if (!isKnown) this.#policy = toKnown(message);
    this.#lastError = undefined;
    if (isKnown) return;
    this.#kept?.write(message.bytes).catch((error: ReeveError) => this.#warn(error));
    // What a listener throws is not Reeve's fault.
    queueMicrotask(() => this.emit('updated'));
  }

  #warn(error: ReeveError): void {
    this.#lastError = error;
    queueMicrotask(() => this.emit('warning', error));
  }

  #fail(error: ReeveError): void {
    this.#end = error;
    this.#lastError = error;
    this.emit('failed', error);
  }
}

/** @throws {ReeveError} `authorization/slice-malformed`, `authorization/slice-too-large`, `authorization/policy-failed` */
function toKnown({ revision, slice: bytes }: FeedMessage): KnownPolicy {
  const slice = readSlice(bytes);
  const policy = toPolicy(slice);
  try {
    const engine = new Engine(policy, new CedarJudge(policy.guardrails));
    return { revision, callees: slice.callees, engine };
  } catch (thrown) {
    throw failed('the policy that was sent cannot be decided by', thrown);
  }
}

const failed = (why: string, cause: unknown) =>
  new ReeveError('authorization/policy-failed', why, { cause });
