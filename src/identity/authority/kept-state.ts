import type { KeyObject } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';
import { Fault, quote } from '../../base/fault.ts';
import { isDocumentConflict } from '../../estate/index.ts';
import { resumed, step } from './authority.ts';
import { type KeyRing, openKey, sealKey } from './keys/index.ts';
import {
  AUTHORITY_KINDS,
  type AuthorityEffect,
  type AuthorityEvent,
  type AuthorityState,
  emptyState,
  type Moment,
  type SigningAuthority,
} from './model.ts';
import type { AuthorityPolicy } from './policy.ts';
import type { MadeAuthority } from './prepare.ts';
import type { AuthorityStore, KeptKey } from './store/index.ts';

/** What a state is kept with. */
export interface KeptStateParts {
  readonly trustDomain: string;
  readonly policy: AuthorityPolicy;
  readonly store: AuthorityStore;
  readonly ring: KeyRing;
  readonly clock: Clock;
  readonly steadyClock: () => number;
  /** Told of each state that is kept, and what is to be done for it. Without effects, what another
   *  process has changed. */
  readonly act: (
    before: AuthorityState,
    after: AuthorityState,
    effects: readonly AuthorityEffect[],
  ) => void;
}

/** How often the state is kept though nothing but time has passed. */
const CHECKPOINT = 60_000;
const ATTEMPTS = 5;

interface Kept {
  readonly state: AuthorityState;
  readonly version: number;
  readonly keys: ReadonlyMap<string, KeptKey>;
  /** When the state was kept, on the steady clock. */
  readonly steady: number;
}

/** The state of authorities and their private keys, as the store has them: a change is durable before it
 *  is acted on, and changes come one after the other. */
export class KeptState {
  readonly #parts: KeptStateParts;
  readonly #privateKeys = new Map<string, KeyObject>();
  #turn: Promise<unknown> = Promise.resolve();
  #kept: Kept;
  /** What the process's steady clock lacks of the state's. */
  #steadyOffset = 0;

  constructor(parts: KeptStateParts) {
    this.#parts = parts;
    const state = emptyState(parts.trustDomain);
    this.#kept = { state, version: 0, keys: new Map(), steady: 0 };
  }

  get state(): AuthorityState {
    return this.#kept.state;
  }

  /** By id of the authority. */
  get privateKeys(): ReadonlyMap<string, KeyObject> {
    return this.#privateKeys;
  }

  get now(): Moment {
    return {
      wall: this.#parts.clock(),
      steady: this.#parts.steadyClock() + this.#steadyOffset,
    };
  }

  /** Reads what was kept.
   *  @throws {Fault} `identity/seal-…`, `identity/authority-damaged`, `estate/unavailable` */
  async open(): Promise<void> {
    await this.#load(resumed);
    this.#steadyOffset = this.state.steady - this.#parts.steadyClock();
    await this.#sealAnew();
  }

  /** Takes an event; with `prepared`, what was made comes along. */
  send(event: AuthorityEvent, made?: MadeAuthority): Promise<void> {
    const turn = this.#turn.then(() => this.#take(event, made));
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  /** Resolves when all that was sent has been taken. */
  async idle(): Promise<void> {
    await this.#turn;
  }

  async #load(change: (state: AuthorityState) => AuthorityState): Promise<void> {
    const loaded = await this.#parts.store.load(this.#parts.trustDomain);
    if (loaded === undefined) return;
    for (const authority of loaded.state.authorities) {
      if (this.#privateKeys.has(authority.id)) continue;
      const kept = loaded.keys.get(authority.id);
      if (kept === undefined) throw keyMissing(authority);
      this.#privateKeys.set(authority.id, openKey(this.#parts.ring, authority, kept.sealed));
    }
    const state = change(loaded.state);
    this.#become({ ...loaded, state, steady: state.steady }, []);
  }

  /** Encrypts with the newest key what an earlier one has encrypted, so that that can be thrown away. */
  async #sealAnew(): Promise<void> {
    const { ring, store } = this.#parts;
    const { state, version, keys } = this.#kept;
    const changes = state.authorities.flatMap((authority) => {
      const kept = keys.get(authority.id);
      const privateKey = this.#privateKeys.get(authority.id);
      if (kept === undefined || privateKey === undefined || ring.isCurrent(kept.sealed)) return [];
      const sealed = sealKey(ring, authority, privateKey);
      return [{ id: authority.id, version: kept.version, sealed }];
    });
    if (changes.length === 0) return;
    await store.save({ state, version, keys: changes, entries: [] });
    this.#kept = { ...this.#kept, version: version + 1, keys: keysAfter(keys, changes) };
  }

  async #take(event: AuthorityEvent, made: MadeAuthority | undefined): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        await this.#change(event, made);
        return;
      } catch (thrown) {
        if (!isDocumentConflict(thrown) || attempt === ATTEMPTS) throw thrown;
        await this.#load((state) => state);
      }
    }
  }

  async #change(event: AuthorityEvent, made: MadeAuthority | undefined): Promise<void> {
    const before = this.#kept;
    const { state, effects } = step(before.state, event, this.now, this.#parts.policy);
    const { steady } = state;
    if (isSameState(before.state, state) && steady - before.steady < CHECKPOINT) {
      this.#kept = { ...before, state };
      return;
    }
    if (made) this.#privateKeys.set(made.authority.id, made.privateKey);
    const keys = keyChanges(before, state, made);
    const entries = effects.flatMap((effect) => (effect.effect === 'audit' ? effect.entry : []));
    await this.#parts.store.save({ state, version: before.version, keys, entries });
    const version = before.version + 1;
    this.#become({ state, version, steady, keys: keysAfter(before.keys, keys) }, effects);
  }

  #become(kept: Kept, effects: readonly AuthorityEffect[]): void {
    const before = this.#kept.state;
    this.#kept = kept;
    const ids = new Set(kept.state.authorities.map(({ id }) => id));
    for (const id of this.#privateKeys.keys()) {
      if (!ids.has(id)) this.#privateKeys.delete(id);
    }
    this.#parts.act(before, kept.state, effects);
  }
}

/** Whether nothing has changed but the time. */
export function isSameState(before: AuthorityState, after: AuthorityState): boolean {
  return (
    before.authorities === after.authorities &&
    before.revocation === after.revocation &&
    AUTHORITY_KINDS.every((kind) => before.preparations[kind] === after.preparations[kind])
  );
}

/** The key that was made, and those of authorities that are gone. */
function keyChanges(
  { keys }: Kept,
  { authorities }: AuthorityState,
  made: MadeAuthority | undefined,
) {
  const ids = new Set(authorities.map(({ id }) => id));
  const gone = [...keys]
    .filter(([id]) => !ids.has(id))
    .map(([id, { version }]) => ({ id, version }));
  if (made === undefined) return gone;
  return [...gone, { id: made.authority.id, version: 0, sealed: made.sealed }];
}

function keysAfter(
  before: ReadonlyMap<string, KeptKey>,
  changes: ReturnType<typeof keyChanges>,
): ReadonlyMap<string, KeptKey> {
  const keys = new Map(before);
  for (const change of changes) {
    const { id, version } = change;
    if ('sealed' in change) keys.set(id, { sealed: change.sealed, version: version + 1 });
    else keys.delete(id);
  }
  return keys;
}

const keyMissing = ({ id, kind }: SigningAuthority) =>
  new Fault(
    'identity/authority-damaged',
    `The store lacks the private key of the ${kind} authority ${quote(id)}`,
    { hint: 'bring the store back from a backup' },
  );
