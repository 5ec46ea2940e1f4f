import { EventEmitter } from 'node:events';
import {
  DEFAULT_JWT_LIMITS,
  judgeClaims,
  refuseToken,
  splitToken,
} from '../../../src/identity/jwt/verifier.ts';
import { ReeveError } from '../error.ts';
import {
  type RawJwtSvid,
  WorkloadApiClient,
  type WorkloadApiClientOptions,
} from '../workload-api/index.ts';
import { LocalBundles } from './local-bundles.ts';
import { orAborted } from './or-aborted.ts';
import { judgeVerified, type ProvedJwt, proveJwt } from './proved-jwt.ts';

export interface JwtSourceOptions extends WorkloadApiClientOptions {
  /** Who validates tokens: the agent, so that revocations count at once, or this process by the
   *  bundles, so that no call is made; the agent if undefined. */
  readonly validation?: 'agent' | 'local';
  /** Milliseconds since 1970; for tests. */
  readonly clock?: () => number;
}

/** A token of this workload, for an audience. */
export interface JwtSvid {
  readonly spiffeId: string;
  readonly token: string;
  readonly expiresAt: Date;
  readonly hint: string;
}

export interface JwtFetch {
  /** Which identity, where the workload has several; the default one if undefined. */
  readonly spiffeId?: string;
  readonly signal?: AbortSignal;
}

interface Kept {
  readonly svid: JwtSvid;
  /** Milliseconds since 1970: when another one is asked for. */
  readonly renewAt: number;
}

interface SourceEvents {
  /** Something went wrong that does not end it. */
  warning: [error: ReeveError];
}

const MAX_KEPT = 1_000;

/** JWT-SVIDs of this workload, each fetched once and kept for half of its life, and the judge of those
 *  that others send. */
export class JwtSource extends EventEmitter<SourceEvents> {
  readonly #client: WorkloadApiClient;
  readonly #clock: () => number;
  readonly #kept = new Map<string, Kept>();
  readonly #underWay = new Map<string, Promise<JwtSvid>>();
  readonly #closing = new AbortController();
  readonly #bundles: LocalBundles | undefined;

  /** @throws {ReeveError} `workload-api/address-missing`, `workload-api/address-malformed` */
  constructor({ validation = 'agent', clock = Date.now, ...options }: JwtSourceOptions = {}) {
    super();
    this.#clock = clock;
    this.#client = new WorkloadApiClient(options);
    if (validation === 'local') {
      const warn = (error: ReeveError) => queueMicrotask(() => this.emit('warning', error));
      this.#bundles = new LocalBundles(this.#client, this.#closing.signal, warn);
    }
  }

  /** A token for an audience, or for several. When the agent is lost, a token that is kept and has not
   *  expired is given in its place.
   *  @throws {ReeveError} `workload-api/…`, `identity/jwt-invalid/…` */
  async fetch(
    audience: string | readonly string[],
    { spiffeId, signal }: JwtFetch = {},
  ): Promise<JwtSvid> {
    const wanted = typeof audience === 'string' ? [audience] : audience;
    const key = JSON.stringify([spiffeId ?? null, ...wanted]);
    const kept = this.#kept.get(key);
    if (kept && this.#clock() < kept.renewAt) return kept.svid;
    signal?.throwIfAborted();
    try {
      return await orAborted(this.#renew(key, wanted, spiffeId), signal);
    } catch (thrown) {
      if (!signal?.aborted && kept && this.#clock() < kept.svid.expiresAt.getTime()) {
        return kept.svid;
      }
      throw thrown;
    }
  }

  /** Proves whom a token speaks for; it must be for one of these audiences.
   *  @throws {ReeveError} `identity/jwt-invalid/…` for a token that does not hold; `workload-api/…` where
   *  nobody can say */
  async validate(
    token: string,
    audience: string | readonly string[],
    signal?: AbortSignal,
  ): Promise<ProvedJwt> {
    const own = typeof audience === 'string' ? [audience] : audience;
    const now = this.#clock();
    if (this.#bundles) {
      const bundles = await this.#bundles.ready(signal);
      const bundleOf = (trustDomain: string) => bundles.get(trustDomain);
      return proveJwt(token, { bundleOf, audience: own, now });
    }
    // The agent is asked only for a token that may hold, and for the audience that it is for.
    const { claims } = splitToken(token, DEFAULT_JWT_LIMITS);
    const meant = judgeClaims(claims, { audience: own, now }).audience.find((one) =>
      own.includes(one),
    );
    return this.#ask(token, meant ?? '', own, signal);
  }

  /** Ends every call; tokens that are kept are given no more. */
  close(): void {
    this.#closing.abort();
    this.#kept.clear();
    this.#client.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
  }

  async #ask(
    token: string,
    meant: string,
    own: readonly string[],
    signal?: AbortSignal,
  ): Promise<ProvedJwt> {
    try {
      const { spiffeId, claims } = await this.#client.validateJwtSvid(meant, token, signal);
      const how = { audience: own, now: this.#clock() };
      return judgeVerified({ ...claims, sub: spiffeId }, how);
    } catch (thrown) {
      const isRefused =
        thrown instanceof ReeveError && thrown.code === 'workload-api/invalid-argument';
      throw isRefused ? refuseToken('refused', `does not hold: ${thrown.message}`) : thrown;
    }
  }

  #renew(key: string, audience: readonly string[], spiffeId?: string): Promise<JwtSvid> {
    const underWay = this.#underWay.get(key);
    if (underWay) return underWay;
    const renewing = this.#fetchNow(key, audience, spiffeId).finally(() => {
      this.#underWay.delete(key);
    });
    this.#underWay.set(key, renewing);
    return renewing;
  }

  async #fetchNow(key: string, audience: readonly string[], spiffeId?: string): Promise<JwtSvid> {
    const askedAt = this.#clock();
    const [raw] = await this.#client.fetchJwtSvids(audience, spiffeId);
    if (raw === undefined) throw refuseToken('none', 'is missing: the agent sent none');
    const svid = readOwn(raw, audience, askedAt);
    const life = svid.expiresAt.getTime() - askedAt;
    this.#kept.delete(key);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size >= MAX_KEPT && oldest !== undefined) this.#kept.delete(oldest);
    this.#kept.set(key, { svid, renewAt: askedAt + life / 2 });
    return svid;
  }
}

/** A token of one's own: its agent vouches for it, and it is only seen to be usable. */
function readOwn({ token, hint }: RawJwtSvid, audience: readonly string[], now: number): JwtSvid {
  const { claims } = splitToken(token, DEFAULT_JWT_LIMITS);
  const { spiffeId, expiresAt } = judgeVerified(claims, { audience, now });
  return { spiffeId, token, expiresAt, hint };
}
