import { auditEntryOf } from '../../audit/index.ts';
import type { Clock } from '../../base/clock.ts';
import { Fault, quote } from '../../base/fault.ts';
import type { DocumentStore } from '../../estate/index.ts';
import type { Asking } from '../rotation/index.ts';
import type { ApiKeysConfig } from './config.ts';
import { KeyDocuments, type MadeKey } from './key-documents.ts';
import { KeyIndex, type KeyState } from './key-index.ts';
import { drawKey, readKey } from './key-text.ts';
import type { ApiKey, ApiKeyGrant, ApiKeyScope, Asked, Verdict } from './model.ts';
import { lastUse, UsageLog, unusedScopes } from './usage.ts';

/** What API keys are kept with. */
export interface ApiKeysParts {
  readonly store: DocumentStore;
  readonly config: ApiKeysConfig;
  readonly clock: Clock;
  readonly random: (bytes: number) => Uint8Array;
  /** Told of what failed and will be tried again. */
  readonly warn: (message: string, fault: unknown) => void;
}

/** What may be known of a key. */
export interface ApiKeyView extends Omit<ApiKey, 'hash'> {
  /** To the hour, in milliseconds since 1970; undefined: never, as far as is known. */
  readonly lastUsed: number | undefined;
  /** What it is granted and has not been used for: it has more than it needs. */
  readonly unused: readonly ApiKeyScope[];
}

const SECOND = 1_000;
const DAY = 86_400 * SECOND;
/** Documents that are written, or removed, at once. */
const BATCH = 200;

/** Issues API keys and verifies them. Their texts are nowhere kept. Of several processes with one store, each knows of
 *  what the others have changed after `reloadSeconds`; of its own changes at once.
 *  @throws {Fault} from every method that returns a promise: `estate/unavailable` */
export class ApiKeys {
  readonly #parts: ApiKeysParts;
  readonly #documents: KeyDocuments;
  readonly #usage = new UsageLog();
  readonly #index = new KeyIndex((...use) => this.#usage.record(...use));
  readonly #timers: NodeJS.Timeout[] = [];
  /** One change after the other: those of this process are not in each other's way. */
  #turn: Promise<unknown> = Promise.resolve();
  #changes = -1;

  private constructor(parts: ApiKeysParts) {
    this.#parts = parts;
    this.#documents = new KeyDocuments(parts.store);
  }

  static async open(parts: ApiKeysParts): Promise<ApiKeys> {
    const keys = new ApiKeys(parts);
    await keys.reload();
    for (const [id, uses] of await keys.#documents.uses()) {
      if (keys.#index.get(id)) keys.#usage.merge(id, uses);
    }
    return keys;
  }

  /** Keeps uses, and looks for changes of others, every few seconds from now on. */
  start(): void {
    const every = (seconds: number, work: () => Promise<void>, what: string) => {
      const go = () => work().catch((fault: unknown) => this.#parts.warn(what, fault));
      this.#timers.push(setInterval(go, seconds * SECOND).unref());
    };
    const { flushSeconds, reloadSeconds } = this.#parts.config;
    every(flushSeconds, () => this.flush(), 'Uses of API keys were not kept');
    every(reloadSeconds, () => this.reload(), 'API keys were not read anew');
  }

  /** Keeps what has not been kept. */
  async close(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    await this.flush();
  }

  /** How long another process may not know of a change. */
  get settleSeconds(): number {
    return this.#parts.config.reloadSeconds;
  }

  /** A new key. Its text is given here, once.
   *  @throws {Fault} as `register` */
  async issue(grant: ApiKeyGrant, by: Asking): Promise<{ text: string; key: ApiKeyView }> {
    const text = drawKey(this.#parts.random);
    const key = await this.register(text, grant, by);
    return { text, key };
  }

  /** Makes a drawn text a key. One that is a key already stays as it is.
   *  @param secret the id of the secret that keeps the text, where one does
   *  @throws {Fault} `secrets/api-key-malformed`, `secrets/api-key-conflict` where another is named alike,
   *  `secrets/api-keys-too-many` */
  async register(
    text: string,
    grant: ApiKeyGrant,
    by: Asking,
    secret?: string,
  ): Promise<ApiKeyView> {
    const read = readKey(text);
    if (read === undefined) {
      throw new Fault('secrets/api-key-malformed', 'The text does not have the form of an API key');
    }
    const now = this.#parts.clock();
    const { service, owner, environments, scopes, expiresAt } = grant;
    const key: ApiKey = {
      ...{ id: read.id, hash: read.hash.toString('base64url') },
      ...{ service, owner, environments, scopes, expiresAt },
      ...(secret !== undefined && { secret }),
      ...{ createdAt: new Date(now).toISOString(), createdBy: by.actor, revokedAt: null },
    };
    const said = {
      ...{ service, environments, owner: owner ?? undefined, expiresAt: expiresAt ?? 'never' },
      scopes: scopes.map((scope) => `${scope.service}: ${scope.operations.join(', ')}`),
    };
    const entry = auditEntryOf('api-key.issue', key.id, said, { ...by, now });
    return this.#change(key.id, (stored) => {
      if (stored === undefined) {
        this.#checkRoom();
        return { key, entry };
      }
      if (stored.hash === key.hash) return undefined;
      throw new Fault('secrets/api-key-conflict', `There is another API key ${quote(key.id)}`, {
        hint: 'draw another one',
      });
    });
  }

  /** Ends a key: when this resolves, it is refused. One that is revoked already stays so.
   *  @throws {Fault} `secrets/api-key-not-found` */
  revoke(id: string, by: Asking): Promise<ApiKeyView> {
    const now = this.#parts.clock();
    return this.#change(id, (stored) => {
      if (stored === undefined) throw notFound(id);
      if (stored.revokedAt !== null) return undefined;
      const { service } = stored;
      const entry = auditEntryOf('api-key.revoke', id, { service }, { ...by, now });
      return { key: { ...stored, revokedAt: new Date(now).toISOString() }, entry };
    });
  }

  /** Whether a key lets its holder do what is asked for. */
  verify(text: string, asked: Asked): Verdict {
    return this.#index.verify(text, asked, this.#parts.clock());
  }

  /** What is to be said of a text, whatever it is shown for. */
  stateOf(text: string): KeyState {
    return this.#index.stateOf(text, this.#parts.clock());
  }

  /** As this process knows it. */
  get(id: string): ApiKeyView | undefined {
    const key = this.#index.get(id);
    return key && this.#toView(key);
  }

  /** As this process knows them. */
  *list(): Generator<ApiKeyView> {
    for (const key of this.#index.all()) yield this.#toView(key);
  }

  /** Takes what other processes have changed. */
  reload(): Promise<void> {
    // between changes of this process: what was read before one must not take its place
    return this.#inTurn(() => this.#reload());
  }

  /** Keeps uses since the last time, and forgets what has ended long ago. */
  async flush(): Promise<void> {
    for (let ids = this.#usage.take(BATCH); ids.length > 0; ids = this.#usage.take(BATCH)) {
      const uses = new Map(ids.map((id) => [id, this.#usage.usesOf(id)]));
      try {
        await this.#inTurn(() => this.#documents.keepUses(uses));
      } catch (fault) {
        this.#usage.giveBack(ids);
        throw fault;
      }
    }
    const over = this.#parts.clock() - this.#parts.config.keptDays * DAY;
    const ended = [...this.#index.all()].filter((key) => endOf(key) < over).slice(0, BATCH);
    if (ended.length === 0) return;
    const ids = ended.map(({ id }) => id);
    await this.#inTurn(() => this.#documents.remove(ids));
    for (const id of ids) this.#forget(id);
  }

  async #reload(): Promise<void> {
    const changes = await this.#documents.changes();
    if (changes === this.#changes) return;
    const gone = new Set([...this.#index.all()].map(({ id }) => id));
    for (const { id, parse } of await this.#documents.keys()) {
      gone.delete(id);
      try {
        this.#index.put(parse());
      } catch (fault) {
        this.#index.remove(id);
        this.#parts.warn('An API key is left out, and refused', fault);
      }
    }
    for (const id of gone) this.#forget(id);
    this.#changes = changes;
  }

  async #change(id: string, work: (stored: ApiKey | undefined) => MadeKey): Promise<ApiKeyView> {
    return this.#inTurn(async () => {
      let after: ApiKey | undefined;
      const changes = await this.#documents.change(id, (stored) => {
        const made = work(stored);
        after = made?.key ?? stored;
        return made;
      });
      if (after === undefined) throw notFound(id);
      this.#index.put(after);
      // nothing that this process does not know of was changed
      if (changes === this.#changes) this.#changes++;
      return this.#toView(after);
    });
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  #checkRoom(): void {
    const { most } = this.#parts.config;
    if (this.#index.size < most) return;
    const message = `There are ${most} API keys, as many as are allowed`;
    throw new Fault('secrets/api-keys-too-many', message, {
      hint: 'revoke those that are not used; `most` is the limit',
    });
  }

  #forget(id: string): void {
    this.#index.remove(id);
    this.#usage.forget(id);
  }

  #toView({ hash: _, ...key }: ApiKey): ApiKeyView {
    const uses = this.#usage.usesOf(key.id);
    const since = this.#parts.clock() - this.#parts.config.unusedAfterDays * DAY;
    return { ...key, lastUsed: lastUse(uses), unused: unusedScopes(key, uses, since) };
  }
}

function endOf({ revokedAt, expiresAt }: ApiKey): number {
  const ends = [revokedAt, expiresAt].filter((end) => end !== null).map((end) => Date.parse(end));
  return Math.min(Number.POSITIVE_INFINITY, ...ends);
}

const notFound = (id: string): Fault =>
  new Fault('secrets/api-key-not-found', `There is no API key ${quote(id)}`, {
    hint: 'list the keys: a key is named by the characters between its first `_` and its second',
  });
