import { EventEmitter } from 'node:events';
import { inspect } from 'node:util';
import { quote, ReeveError } from '../error.ts';
import { backoffMs, pause } from '../workload-api/backoff.ts';
import { checkName, keyOf, type News, toNews, toSecret } from './answer.ts';
import type { Secret } from './secret.ts';
import { SecretServer, type ServerOptions } from './server.ts';

export interface SecretsOptions extends ServerOptions {
  /** Longest that Reeve may take to answer; 10 seconds if undefined. */
  readonly requestMs?: number;
  /** Longest wait before a Reeve that is away is asked for news again; 30 seconds if undefined. */
  readonly maxBackoffMs?: number;
  /** 0 up to, but not including, 1; for tests. */
  readonly random?: () => number;
}

export interface SecretsEvents {
  /** There is another version of a secret. */
  changed: [secret: Secret];
  /** Something went wrong that is tried again: what is known goes on to be given until it expires. */
  warning: [error: ReeveError];
}

/** Which secret; `service` where it belongs to another one: `payments`, `shop/payments`. */
export interface SecretChoice {
  readonly service?: string;
}

/** A secret that somebody has asked for, as far as it is known. */
interface Kept {
  readonly name: string;
  readonly service: string | undefined;
  readonly listeners: Set<(secret: Secret) => void>;
  /** The version that is known; 0: none. */
  version: number;
  secret: Secret | undefined;
  /** The version that was known here before that. */
  before: Secret | undefined;
  reading: Promise<Secret> | undefined;
}

const REQUEST_MS = 10_000;
const WATCH_SECONDS = 50;
const MAX_BACKOFF_MS = 30_000;
/** As many as Reeve watches at once. */
const MAX_SECRETS = 100;

/** The secrets of this workload, read from Reeve with its SVID and kept fresh: each is read once, and again when Reeve tells
 *  of another version, without a restart. When Reeve is lost, what is known is given until it expires, and Reeve is asked
 *  until it is there again.
 *
 *  It holds the process open until it is closed. */
export class ReeveSecrets extends EventEmitter<SecretsEvents> {
  readonly #server: SecretServer;
  readonly #kept = new Map<string, Kept>();
  readonly #closing = new AbortController();
  readonly #requestMs: number;
  readonly #maxBackoffMs: number;
  readonly #clock: () => number;
  readonly #random: () => number;
  /** Ends the watch that is under way: there is another secret to be watched. */
  #rewatch: AbortController | undefined;
  #isWatching = false;
  #lastError: ReeveError | undefined;

  /** @throws {ReeveError} `secrets/address-malformed`, `identity/id-malformed` */
  constructor(options: SecretsOptions) {
    super();
    this.setMaxListeners(0);
    this.#server = new SecretServer(options);
    this.#requestMs = options.requestMs ?? REQUEST_MS;
    this.#maxBackoffMs = options.maxBackoffMs ?? MAX_BACKOFF_MS;
    this.#clock = options.clock ?? Date.now;
    this.#random = options.random ?? Math.random;
  }

  /** What went wrong since Reeve was last heard of; undefined where nothing did. */
  get lastError(): ReeveError | undefined {
    return this.#lastError;
  }

  /** The current version. It is read the first time, and then known.
   *  @throws {ReeveError} `secrets/read-forbidden/…` with the reason and what would allow it, `secrets/secret-not-found`,
   *  `secrets/unavailable`; `secrets/expired` where Reeve has been away for so long */
  async get(name: string, { service }: SecretChoice = {}): Promise<Secret> {
    const kept = this.#keep(name, service);
    if (kept.secret && !this.#isOver(kept.secret)) return kept.secret;
    const old = kept.secret;
    try {
      return await this.#read(kept);
    } catch (thrown) {
      throw old && isAway(thrown) ? expired(old, thrown) : thrown;
    }
  }

  /** The version before the current one, where it may still be used.
   *  @throws {ReeveError} as `get` */
  async previous(name: string, choice: SecretChoice = {}): Promise<Secret | undefined> {
    const { previous } = await this.get(name, choice);
    const until = previous?.validUntil?.getTime() ?? Number.POSITIVE_INFINITY;
    if (previous === undefined || until <= this.#clock()) return undefined;
    const ask = { service: choice.service, version: String(previous.version) };
    const secret = toSecret(name, await this.#ask(pathOf(name, ask)));
    return this.#isOver(secret) ? undefined : secret;
  }

  /** Hears of each version that comes, from now on.
   *  @returns what ends it */
  onChange(
    name: string,
    listener: (secret: Secret) => void,
    { service }: SecretChoice = {},
  ): () => void {
    const { listeners } = this.#keep(name, service);
    listeners.add(listener);
    this.#watch();
    return () => listeners.delete(listener);
  }

  /** Does something with the current version, such as opening a connection. Where that fails, it is done once more: with
   *  the version that has come meanwhile, else with the one before, where that may still be used. While Reeve is away,
   *  that is the one that was known here before: whoever checks it may not have heard of the current one yet.
   *  @throws what the first attempt threw, where there is nothing else to try; else what the last one threw */
  async use<Result>(
    name: string,
    attempt: (secret: Secret) => Promise<Result>,
    choice: SecretChoice = {},
  ): Promise<Result> {
    const first = await this.get(name, choice);
    try {
      return await attempt(first);
    } catch (thrown) {
      const other = await this.#otherThan(first, name, choice);
      if (other === undefined) throw thrown;
      return attempt(other);
    }
  }

  /** A function that gives one text of the current version: what pools of connections take for a password. */
  reader(name: string, member = 'password', choice: SecretChoice = {}): () => Promise<string> {
    return async () => {
      const { value, version } = await this.get(name, choice);
      const text = value[member];
      if (text !== undefined) return text;
      const why = `version ${version} of the secret ${quote(name)} has no ${quote(member)}`;
      throw new ReeveError('secrets/member-not-found', why, {
        hint: `it has ${Object.keys(value).join(', ')}`,
      });
    };
  }

  /** Ends it; nothing is read any more. */
  close(): void {
    this.#closing.abort(closed());
    this.#rewatch?.abort();
    this.#server.close();
    this.#kept.clear();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
  }

  [inspect.custom](): string {
    return `ReeveSecrets of ${this.#kept.size}`;
  }

  #keep(name: string, service: string | undefined): Kept {
    if (this.#closing.signal.aborted) throw closed();
    const key = keyOf(name, service);
    const known = this.#kept.get(key);
    if (known) return known;
    checkName(name, service);
    if (this.#kept.size >= MAX_SECRETS) {
      throw new ReeveError('secrets/too-many', `more than ${MAX_SECRETS} secrets were asked for`, {
        hint: 'ask for secrets by names that the program knows, and not by what it is sent',
      });
    }
    const kept: Kept = {
      ...{ name, service, version: 0 },
      ...{ secret: undefined, before: undefined, reading: undefined },
      listeners: new Set(),
    };
    this.#kept.set(key, kept);
    return kept;
  }

  /** Those who ask at the same time share the reading. */
  #read(kept: Kept): Promise<Secret> {
    kept.reading ??= this.#readOnce(kept).finally(() => {
      kept.reading = undefined;
    });
    return kept.reading;
  }

  async #readOnce(kept: Kept): Promise<Secret> {
    const { name, service } = kept;
    try {
      const secret = toSecret(name, await this.#ask(pathOf(name, { service })));
      this.#lastError = undefined;
      this.#take(kept, secret);
      return secret;
    } catch (thrown) {
      // what was never there is not watched for: nobody knows that it will be
      if (kept.secret === undefined && kept.listeners.size === 0) {
        this.#kept.delete(keyOf(name, service));
      }
      throw thrown;
    }
  }

  #take(kept: Kept, secret: Secret): void {
    const isNew = kept.version !== secret.version;
    const isFirst = kept.secret === undefined;
    if (isNew) kept.before = kept.secret;
    kept.version = secret.version;
    kept.secret = secret;
    if (!isNew) return;
    this.#rewatch?.abort();
    this.#watch();
    if (isFirst && kept.listeners.size === 0) return;
    // what a listener throws is not Reeve's fault
    queueMicrotask(() => this.emit('changed', secret));
    for (const listener of kept.listeners) queueMicrotask(() => listener(secret));
  }

  #watch(): void {
    if (this.#isWatching || this.#closing.signal.aborted) return;
    this.#isWatching = true;
    void this.#watchAll();
  }

  async #watchAll(): Promise<void> {
    const { signal } = this.#closing;
    for (let failures = 0; this.#kept.size > 0 && !signal.aborted; ) {
      try {
        await this.#watchOnce();
        failures = 0;
      } catch (thrown) {
        if (signal.aborted) break;
        if (this.#rewatch?.signal.aborted) continue;
        this.#warn(thrown);
        await pause(backoffMs(failures++, this.#random, this.#maxBackoffMs), signal).catch(
          () => {},
        );
      }
    }
    this.#isWatching = false;
  }

  async #watchOnce(): Promise<void> {
    this.#rewatch = new AbortController();
    const secrets = [...this.#kept.values()].map(({ name, service, version }) => ({
      ...{ name, version },
      ...(service !== undefined && { service }),
    }));
    const body = { secrets, waitSeconds: WATCH_SECONDS };
    const timeoutMs = WATCH_SECONDS * 1_000 + this.#requestMs;
    const { signal } = this.#rewatch;
    const news = toNews(
      await this.#server.ask({ path: '/v1/secrets:watch', body, timeoutMs, signal }),
    );
    this.#lastError = undefined;
    for (const one of news) await this.#hear(one);
  }

  async #hear({ name, service, version, problem }: News): Promise<void> {
    const kept = this.#kept.get(keyOf(name, service));
    if (kept === undefined || kept.version === version) return;
    if (version > 0) {
      await this.#read(kept);
      return;
    }
    // it was taken away from this workload, which is no outage
    kept.version = 0;
    kept.secret = undefined;
    kept.before = undefined;
    if (problem) this.#warn(problem);
  }

  async #otherThan(
    { version }: Secret,
    name: string,
    choice: SecretChoice,
  ): Promise<Secret | undefined> {
    const kept = this.#keep(name, choice.service);
    try {
      const current = await this.#read(kept);
      return current.version === version ? await this.previous(name, choice) : current;
    } catch (thrown) {
      this.#warn(thrown);
      const { before } = kept;
      return before && isAway(thrown) && !this.#isOver(before) ? before : undefined;
    }
  }

  #ask(path: string): Promise<unknown> {
    return this.#server.ask({ path, timeoutMs: this.#requestMs, signal: this.#closing.signal });
  }

  #isOver({ expiresAt }: Secret): boolean {
    return expiresAt !== undefined && expiresAt.getTime() <= this.#clock();
  }

  #warn(thrown: unknown): void {
    const error =
      thrown instanceof ReeveError
        ? thrown
        : new ReeveError('secrets/failed', 'secrets cannot be kept fresh', { cause: thrown });
    this.#lastError = error;
    queueMicrotask(() => this.emit('warning', error));
  }
}

/** The secrets of this workload.
 *  @throws {ReeveError} `secrets/address-malformed`, `identity/id-malformed` */
export const reeveSecrets = (options: SecretsOptions): ReeveSecrets => new ReeveSecrets(options);

function pathOf(name: string, ask: Readonly<Record<string, string | undefined>>): string {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(ask)) if (value !== undefined) query.set(key, value);
  return `/v1/secrets/${name}${query.size > 0 ? `?${query}` : ''}`;
}

/** Whether it may be otherwise without that anybody changes anything at Reeve. */
const isAway = (thrown: unknown): boolean =>
  thrown instanceof ReeveError && !thrown.code.startsWith('secrets/read-forbidden/');

function expired({ name, expiresAt }: Secret, cause: unknown): ReeveError {
  const when = expiresAt?.toISOString() ?? '';
  const why = `the secret ${quote(name)} expired at ${when}, and Reeve gives no other one`;
  return new ReeveError('secrets/expired', why, { cause, hint: 'see `lastError`' });
}

const closed = () => new ReeveError('secrets/closed', 'the source of secrets is closed');
