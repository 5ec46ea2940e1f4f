import { timingSafeEqual } from 'node:crypto';
import { readKey } from './key-text.ts';
import { type ApiKey, type Asked, REFUSALS, type Refusal, type Verdict } from './model.ts';

/** Whether a text is a key, whatever it may be used for. */
export type KeyState = 'active' | Extract<Refusal, 'malformed' | 'unknown' | 'revoked' | 'expired'>;

/** A key, laid out to be asked. */
interface Known {
  readonly key: ApiKey;
  readonly hash: Buffer;
  readonly expires: number;
  readonly environments: ReadonlySet<string>;
  readonly operations: ReadonlyMap<string, ReadonlySet<string>>;
  readonly admitted: Verdict;
}

/** What a use is counted under. */
export type OnUse = (id: string, service: string, operation: string, now: number) => void;

const EVERY = '*';
const NO_HASH = Buffer.alloc(32);
const REFUSED = Object.fromEntries(
  Object.entries(REFUSALS).map(([why, message]) => [why, { ok: false, why, message }]),
) as Readonly<Record<Refusal, Verdict>>;

/** Keys in memory, by the part that names them. The time that an answer takes says nothing of a key's secret part: its
 *  hash is compared as a whole, also where there is nothing to compare it with. */
export class KeyIndex {
  readonly #known = new Map<string, Known>();
  readonly #onUse: OnUse;

  constructor(onUse: OnUse = () => undefined) {
    this.#onUse = onUse;
  }

  get size(): number {
    return this.#known.size;
  }

  get(id: string): ApiKey | undefined {
    return this.#known.get(id)?.key;
  }

  *all(): Generator<ApiKey> {
    for (const { key } of this.#known.values()) yield key;
  }

  put(key: ApiKey): void {
    const { id, service, owner, scopes, expiresAt } = key;
    this.#known.set(id, {
      key,
      hash: Buffer.from(key.hash, 'base64url'),
      expires: expiresAt === null ? Number.POSITIVE_INFINITY : Date.parse(expiresAt),
      environments: new Set(key.environments),
      operations: new Map(scopes.map((scope) => [scope.service, new Set(scope.operations)])),
      admitted: Object.freeze({ ok: true, id, service, owner, scopes, expiresAt }),
    });
  }

  remove(id: string): void {
    this.#known.delete(id);
  }

  /** Whether a key lets its holder do what is asked for.
   *  @param now milliseconds since 1970 */
  verify(text: string, asked: Asked, now: number): Verdict {
    const found = this.#find(text);
    if (typeof found === 'string') return REFUSED[found];
    const flaw = flawOf(found, now);
    if (flaw) return REFUSED[flaw];
    if (!found.environments.has(asked.environment)) return REFUSED.environment;
    const operations = found.operations.get(asked.service);
    if (operations === undefined) return REFUSED.service;
    const operation = operations.has(asked.operation) ? asked.operation : EVERY;
    if (!operations.has(operation)) return REFUSED.operation;
    this.#onUse(found.key.id, asked.service, operation, now);
    return found.admitted;
  }

  /** What is to be said of a text, whatever it is shown for. */
  stateOf(text: string, now: number): KeyState {
    const found = this.#find(text);
    return typeof found === 'string' ? found : (flawOf(found, now) ?? 'active');
  }

  #find(text: string): Known | 'malformed' | 'unknown' {
    const read = readKey(text);
    if (read === undefined) return 'malformed';
    const known = this.#known.get(read.id);
    const isSame = timingSafeEqual(read.hash, known?.hash ?? NO_HASH);
    return known && isSame ? known : 'unknown';
  }
}

function flawOf({ key, expires }: Known, now: number): 'revoked' | 'expired' | undefined {
  if (key.revokedAt !== null) return 'revoked';
  return expires <= now ? 'expired' : undefined;
}
