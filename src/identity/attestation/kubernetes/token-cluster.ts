import type { Clock } from '../../../base/clock.ts';
import { Fault, messageOf } from '../../../base/fault.ts';
import type { Log } from '../../../base/log.ts';
import { textAt } from '../../../base/pick.ts';
import { type Cluster, type ClusterKeys, readClusterKeys } from './cluster.ts';
import { type ApiPost, tokenReviewer } from './review-call.ts';

/** What is needed of the API server of a cluster whose tokens are taken. */
export interface TokenApi {
  get(path: string, signal?: AbortSignal): Promise<unknown>;
  readonly post: ApiPost;
}

export interface TokenClusterParts {
  /** See `Cluster`. */
  readonly name: string | null;
  readonly audience: string;
  /** Undefined: as the cluster says. */
  readonly issuer?: string | undefined;
  /** `review`: the cluster is asked about each token, and knows which pods are gone; `keys`: its keys are kept
   *  here, so that tokens can be judged without it. */
  readonly verifiedBy: 'keys' | 'review';
  readonly api: TokenApi;
  readonly clock: Clock;
  readonly log: Log;
  /** Between two readings of issuer and keys. */
  readonly everyMs?: number;
  /** No token makes keys be read again sooner. */
  readonly againMs?: number;
}

const EVERY_MS = 300_000;
/** After a reading that failed. */
const RETRY_MS = 10_000;
const AGAIN_MS = 10_000;
const READ_TIMEOUT_MS = 10_000;
const MAX_ISSUER_LENGTH = 2_048;

/** Keeps what is needed to take the tokens of one cluster: its issuer, and its keys where they decide. Keys are
 *  read every few minutes, and when a token names one that is not known.
 *  @see Kubernetes, "Configure Service Accounts for Pods: service account issuer discovery" */
export class TokenCluster {
  readonly #parts: TokenClusterParts;
  #issuer: string | undefined;
  #keys: ClusterKeys = new Map();
  #askedAt = Number.NEGATIVE_INFINITY;
  #reading: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(parts: TokenClusterParts) {
    this.#parts = parts;
    this.#issuer = parts.issuer;
  }

  /** Resolves after the first reading, whatever came of it. */
  async start(): Promise<void> {
    await this.#readRegularly();
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  /** The cluster as it is known now; undefined until its issuer is. */
  get cluster(): Cluster | undefined {
    const { name, audience, verifiedBy, api } = this.#parts;
    const issuer = this.#issuer;
    if (issuer === undefined) return undefined;
    if (verifiedBy === 'review') return { name, issuer, audience, by: tokenReviewer(api.post) };
    return { name, issuer, audience, by: this.#keys, readKeysAgain: () => this.#readAgain() };
  }

  async #readRegularly(): Promise<void> {
    const { everyMs = EVERY_MS, log, name } = this.#parts;
    let waitMs = everyMs;
    try {
      await this.#read();
    } catch (thrown) {
      waitMs = Math.min(RETRY_MS, everyMs);
      const why = messageOf(thrown);
      log.warn({ cluster: name, why }, 'the keys of service account tokens cannot be read');
    }
    if (this.#isClosed) return;
    this.#timer = setTimeout(() => void this.#readRegularly(), waitMs).unref();
  }

  /** For a token of a key that is not known: anybody can make one, so not every one asks the cluster. */
  async #readAgain(): Promise<ClusterKeys> {
    const { clock, againMs = AGAIN_MS } = this.#parts;
    if (this.#reading !== undefined || clock() - this.#askedAt >= againMs) await this.#read();
    return this.#keys;
  }

  #read(): Promise<void> {
    this.#reading ??= this.#readNow().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  async #readNow(): Promise<void> {
    const { api, clock, issuer, verifiedBy } = this.#parts;
    this.#askedAt = clock();
    const signal = AbortSignal.timeout(READ_TIMEOUT_MS);
    if (issuer === undefined) {
      this.#issuer = issuerOf(await api.get('/.well-known/openid-configuration', signal));
    }
    // The address of the keys is the cluster's own, whatever the document says.
    if (verifiedBy === 'keys') {
      this.#keys = readClusterKeys(await api.get('/openid/v1/jwks', signal));
    }
  }
}

function issuerOf(document: unknown): string {
  const issuer = textAt(document, 'issuer') ?? '';
  if (issuer !== '' && issuer.length <= MAX_ISSUER_LENGTH) return issuer;
  throw new Fault('identity/cluster-keys-malformed', 'The cluster does not name its issuer');
}
