import { createHash } from 'node:crypto';
import { inspect } from 'node:util';
import { ReeveError } from '../error.ts';
import { SecretServer, type ServerOptions } from './server.ts';

export interface ApiKeyOptions extends ServerOptions {
  /** How long a key that is good is taken without asking again: so long after it was revoked it may be; 5 seconds if
   *  undefined. */
  readonly freshMs?: number;
  /** How long it is taken while Reeve is away, after it was last asked; 10 minutes if undefined. */
  readonly staleMs?: number;
  /** Longest that Reeve may take to answer; 2 seconds if undefined. */
  readonly requestMs?: number;
}

/** What a key is shown for. */
export interface ApiKeyQuestion {
  /** Such as `POST /charges`, as the inventory names it. */
  readonly operation: string;
  /** Name of the service that it is shown to, where this workload is several. */
  readonly service?: string;
}

/** Whether a key lets its holder do what it is shown for. */
export type ApiKeyVerdict =
  | {
      readonly ok: true;
      /** Names the key, and is no secret. */
      readonly id: string;
      /** Id of the service that holds it. */
      readonly service: string;
      /** When it ends by itself; undefined: it does not. */
      readonly expiresAt: Date | undefined;
    }
  | { readonly ok: false; readonly why: string; readonly message: string };

/** A key that was good when Reeve was last asked. */
interface Known {
  readonly verdict: ApiKeyVerdict & { readonly ok: true };
  readonly askedAt: number;
}

const FRESH_MS = 5_000;
const STALE_MS = 600_000;
const REQUEST_MS = 2_000;
/** Keys, and what each was shown for. */
const MAX_KNOWN = 10_000;

/** Verifies API keys that Reeve issued, for the service that is called with them. What Reeve said is remembered for a while,
 *  and longer while Reeve is away; of a key only its hash is. */
export class ReeveApiKeys {
  readonly #server: SecretServer;
  readonly #options: Required<Pick<ApiKeyOptions, 'freshMs' | 'staleMs' | 'requestMs' | 'clock'>>;
  readonly #known = new Map<string, Known>();
  readonly #asking = new Map<string, Promise<ApiKeyVerdict>>();
  readonly #closing = new AbortController();

  /** @throws {ReeveError} `secrets/address-malformed`, `identity/id-malformed` */
  constructor(options: ApiKeyOptions) {
    const { freshMs = FRESH_MS, staleMs = STALE_MS, requestMs = REQUEST_MS } = options;
    this.#server = new SecretServer(options);
    this.#options = { freshMs, staleMs, requestMs, clock: options.clock ?? Date.now };
  }

  /** @throws {ReeveError} `secrets/unavailable` where Reeve is away, and the key was not good shortly before;
   *  `secrets/request-malformed`, `secrets/answer-malformed` */
  async verify(key: string, question: ApiKeyQuestion): Promise<ApiKeyVerdict> {
    const name = nameOf(key, question);
    const known = this.#known.get(name);
    if (known && this.#isWithin(known, this.#options.freshMs)) return known.verdict;
    try {
      return await this.#askOnce(name, key, question);
    } catch (thrown) {
      if (known && isAway(thrown) && this.#isWithin(known, this.#options.staleMs)) {
        return known.verdict;
      }
      throw thrown;
    }
  }

  /** Ends it; nothing is verified any more. */
  close(): void {
    this.#closing.abort(new ReeveError('secrets/closed', 'API keys are not verified any more'));
    this.#server.close();
    this.#known.clear();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
  }

  [inspect.custom](): string {
    return `ReeveApiKeys, of which ${this.#known.size} are known`;
  }

  #isWithin({ verdict, askedAt }: Known, milliseconds: number): boolean {
    const now = this.#options.clock();
    const ends = verdict.expiresAt?.getTime() ?? Number.POSITIVE_INFINITY;
    return now < ends && Math.abs(now - askedAt) < milliseconds;
  }

  /** Those who ask the same at the same time share the answer. */
  #askOnce(name: string, key: string, question: ApiKeyQuestion): Promise<ApiKeyVerdict> {
    const asking = this.#asking.get(name);
    if (asking) return asking;
    const asked = this.#ask(name, key, question).finally(() => this.#asking.delete(name));
    this.#asking.set(name, asked);
    return asked;
  }

  async #ask(name: string, key: string, question: ApiKeyQuestion): Promise<ApiKeyVerdict> {
    const { requestMs: timeoutMs, clock } = this.#options;
    const { signal } = this.#closing;
    signal.throwIfAborted();
    const body = { key, ...question };
    const answer = await this.#server.ask({
      ...{ path: '/v1/api-keys:verify', body, timeoutMs, signal },
    });
    const verdict = toVerdict(answer);
    // the newest is the last
    this.#known.delete(name);
    if (verdict.ok) this.#known.set(name, { verdict, askedAt: clock() });
    const [oldest] = this.#known.keys();
    if (this.#known.size > MAX_KNOWN && oldest !== undefined) this.#known.delete(oldest);
    return verdict;
  }
}

/** Verifies API keys that are shown to this workload.
 *  @throws {ReeveError} `secrets/address-malformed`, `identity/id-malformed` */
export const reeveApiKeys = (options: ApiKeyOptions): ReeveApiKeys => new ReeveApiKeys(options);

const nameOf = (key: string, { operation, service = '' }: ApiKeyQuestion): string =>
  createHash('sha256')
    .update(JSON.stringify([key, operation, service]))
    .digest('base64url');

const isAway = (thrown: unknown): boolean =>
  thrown instanceof ReeveError && !/^secrets\/(read-forbidden|request-malformed)/.test(thrown.code);

/** @throws {ReeveError} `secrets/answer-malformed` */
function toVerdict(body: unknown): ApiKeyVerdict {
  const { ok, id, service, expiresAt, why, message } = (body ?? {}) as Record<string, unknown>;
  if (ok === true && typeof id === 'string' && typeof service === 'string') {
    const ends = typeof expiresAt === 'string' ? new Date(expiresAt) : undefined;
    if (!Number.isNaN(ends?.getTime() ?? 0)) return { ok, id, service, expiresAt: ends };
  }
  if (ok === false && typeof why === 'string' && typeof message === 'string') {
    return { ok, why: why.slice(0, 100), message: message.slice(0, 1_000) };
  }
  throw new ReeveError('secrets/answer-malformed', 'Reeve answered what cannot be understood', {
    hint: 'compare the versions of Reeve and of this package',
  });
}
