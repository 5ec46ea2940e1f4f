import { ReeveError } from '../error.ts';
import { workloadAddress } from './address.ts';
import { follow, type Watcher } from './follow.ts';
import { DEFAULT_GRPC_LIMITS, GrpcConnection, type GrpcLimits } from './grpc.ts';
import {
  type CheckedJwtSvid,
  jwtSvidRequest,
  type RawJwtSvid,
  readJwtBundlesResponse,
  readJwtSvidResponse,
  readValidateJwtSvidResponse,
  readX509BundlesResponse,
  readX509SvidResponse,
  validateJwtSvidRequest,
  type X509BundlesResponse,
  type X509SvidResponse,
} from './messages.ts';
import { unavailable } from './status.ts';

export interface WorkloadApiClientOptions {
  /** `unix:///run/reeve/workload.sock`; what `SPIFFE_ENDPOINT_SOCKET` says if undefined. */
  readonly address?: string;
  readonly limits?: Partial<GrpcLimits>;
  /** For a call that answers once, until it has answered; 30 seconds if undefined. */
  readonly callMs?: number;
}

const EMPTY = Buffer.alloc(0);
const DEFAULT_CALL_MS = 30_000;

/** Talks to the SPIFFE Workload API, without a secret: the agent knows who calls.
 *  @see SPIFFE Workload API */
export class WorkloadApiClient {
  readonly #connection: GrpcConnection;
  readonly #callMs: number;
  readonly #closing = new AbortController();

  /** @throws {ReeveError} `workload-api/address-missing`, `workload-api/address-malformed` */
  constructor({ address, limits, callMs = DEFAULT_CALL_MS }: WorkloadApiClientOptions = {}) {
    const all = { ...DEFAULT_GRPC_LIMITS, ...limits };
    this.#connection = new GrpcConnection(workloadAddress(address), all);
    this.#callMs = callMs;
  }

  /** The X.509-SVIDs, bundles and lists of revoked certificates of this workload, once.
   *  @throws {ReeveError} `workload-api/…` */
  async fetchX509Svid(signal?: AbortSignal): Promise<X509SvidResponse> {
    return readX509SvidResponse(await this.#first('FetchX509SVID', EMPTY, signal));
  }

  /** @throws {ReeveError} `workload-api/…` */
  async fetchX509Bundles(signal?: AbortSignal): Promise<X509BundlesResponse> {
    return readX509BundlesResponse(await this.#first('FetchX509Bundles', EMPTY, signal));
  }

  /** JWT-SVIDs for an audience: of every identity, or of one.
   *  @throws {ReeveError} `workload-api/…` */
  async fetchJwtSvids(
    audience: readonly string[],
    spiffeId?: string,
    signal?: AbortSignal,
  ): Promise<readonly RawJwtSvid[]> {
    const request = jwtSvidRequest(audience, spiffeId);
    return readJwtSvidResponse(await this.#first('FetchJWTSVID', request, signal));
  }

  /** JSON Web Key Sets by trust domain, once.
   *  @throws {ReeveError} `workload-api/…` */
  async fetchJwtBundles(signal?: AbortSignal): Promise<ReadonlyMap<string, string>> {
    return readJwtBundlesResponse(await this.#first('FetchJWTBundles', EMPTY, signal));
  }

  /** Has the agent validate a JWT-SVID.
   *  @throws {ReeveError} `workload-api/invalid-argument` for one that does not hold; `workload-api/…` */
  async validateJwtSvid(
    audience: string,
    token: string,
    signal?: AbortSignal,
  ): Promise<CheckedJwtSvid> {
    const request = validateJwtSvidRequest(audience, token);
    return readValidateJwtSvidResponse(await this.#first('ValidateJWTSVID', request, signal));
  }

  /** Follows the X.509-SVIDs of this workload until the signal is aborted, through every loss of the
   *  agent.
   *  @throws {ReeveError} what trying again cannot change; what the signal was aborted with */
  watchX509Svids(watcher: Watcher<X509SvidResponse>, signal?: AbortSignal): Promise<never> {
    return this.#watch('FetchX509SVID', readX509SvidResponse, watcher, signal);
  }

  /** As `watchX509Svids`, of bundles alone. */
  watchX509Bundles(watcher: Watcher<X509BundlesResponse>, signal?: AbortSignal): Promise<never> {
    return this.#watch('FetchX509Bundles', readX509BundlesResponse, watcher, signal);
  }

  /** As `watchX509Svids`, of JSON Web Key Sets by trust domain. */
  watchJwtBundles(
    watcher: Watcher<ReadonlyMap<string, string>>,
    signal?: AbortSignal,
  ): Promise<never> {
    return this.#watch('FetchJWTBundles', readJwtBundlesResponse, watcher, signal);
  }

  /** Ends every call. */
  close(): void {
    this.#closing.abort(
      new ReeveError('workload-api/closed', 'the client of the Workload API is closed'),
    );
    this.#connection.close();
  }

  async #first(method: string, request: Buffer, signal?: AbortSignal): Promise<Buffer> {
    const deadline = AbortSignal.timeout(this.#callMs);
    const all = this.#signal(signal, deadline);
    try {
      for await (const message of this.#connection.call(method, request, all)) return message;
    } catch (thrown) {
      if (!deadline.aborted || thrown !== deadline.reason) throw thrown;
      throw new ReeveError(
        'workload-api/deadline-exceeded',
        `the Workload API does not answer ${method} within ${this.#callMs} ms`,
        { hint: 'see whether the agent is busy or hangs' },
      );
    }
    throw unavailable(`it ends ${method} without an answer`);
  }

  #watch<Message>(
    method: string,
    read: (message: Buffer) => Message,
    watcher: Watcher<Message>,
    signal?: AbortSignal,
  ): Promise<never> {
    const all = this.#signal(signal);
    const open = () => this.#connection.call(method, EMPTY, all);
    const onMessage = (message: Buffer) => watcher.onMessage(read(message));
    const onRetry = (error: ReeveError) => watcher.onRetry?.(error);
    return follow(open, { onMessage, onRetry }, all);
  }

  #signal(...signals: (AbortSignal | undefined)[]): AbortSignal {
    const given = signals.filter((signal) => signal !== undefined);
    return AbortSignal.any([this.#closing.signal, ...given]);
  }
}
