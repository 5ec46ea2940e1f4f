import type { KeyObject } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';
import { Fault, messageOf, quote } from '../../base/fault.ts';
import type { TrustBundle } from '../spiffe/index.ts';
import { writeJwks } from '../spiffe/index.ts';
import { type FillRandom, issueCrl } from '../x509/index.ts';
import { resumed, step } from './authority.ts';
import { bundleOf } from './bundle.ts';
import type { AuthorityConfig } from './config.ts';
import { discoveryOf } from './discovery.ts';
import {
  type Issuance,
  type IssuedJwt,
  type IssuedX509,
  Issuer,
  type JwtRequest,
  type X509Request,
} from './issuing/index.ts';
import { type KeyRing, openKey, sealKey } from './keys/index.ts';
import {
  type Asking,
  AUTHORITY_KINDS,
  type AuthorityEffect,
  type AuthorityEvent,
  type AuthorityKind,
  type AuthorityState,
  emptyState,
  type Moment,
  type SigningAuthority,
  type TaintPace,
} from './model.ts';
import { type AuthorityPolicy, longestTtlOf, policyOf } from './policy.ts';
import { type MadeAuthority, prepareAuthority } from './prepare.ts';
import { crlRequestOf, denialsOf, type RevokedIdentity } from './revocation.ts';
import { certifiedAuthority, signersOf } from './signers.ts';
import type { AuthorityStore, KeptKey } from './store/index.ts';
import type { Certify } from './upstream/index.ts';

/** What a running authority is made of. */
export interface KeeperParts {
  readonly trustDomain: string;
  readonly config: AuthorityConfig;
  readonly store: AuthorityStore;
  readonly ring: KeyRing;
  readonly certify: Certify;
  /** The time of day. */
  readonly clock: Clock;
  /** Milliseconds since some time, never going back: `performance.now`. */
  readonly steadyClock: () => number;
  readonly fillRandom: FillRandom;
  /** Told of what failed and will be tried again. */
  readonly warn: (message: string, fault: unknown) => void;
}

/** What those are told who hand out SVIDs, bundles and deny lists. */
export type AuthorityNotice = Extract<
  AuthorityEffect,
  { effect: 'publish' | 'activated' | 'reissue' | 'deny' }
>;

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

/** Keeps the authorities of a trust domain alive: tells them the time, makes keys, keeps each state before
 *  it acts on it, and issues with what is active. One process at a time keeps a trust domain; where two
 *  do by mistake, each sees the other's changes with the next of its own. */
export class AuthorityKeeper {
  readonly #parts: KeeperParts;
  readonly #policy: AuthorityPolicy;
  readonly #listeners = new Set<(notice: AuthorityNotice) => void>();
  readonly #preparations = new Set<Promise<void>>();
  readonly #privateKeys = new Map<string, KeyObject>();
  /** Changes come one after the other. */
  #turn: Promise<unknown> = Promise.resolve();
  #kept: Kept;
  /** What the process's steady clock lacks of the state's. */
  #steadyOffset = 0;
  #issuer: Issuer;
  #bundle: TrustBundle;
  #timer: NodeJS.Timeout | undefined;

  private constructor(parts: KeeperParts) {
    this.#parts = parts;
    this.#policy = policyOf(parts.config);
    const state = emptyState(parts.trustDomain);
    this.#kept = { state, version: 0, keys: new Map(), steady: 0 };
    this.#issuer = new Issuer(state, {}, parts.config, parts.fillRandom);
    this.#bundle = bundleOf(state, parts.config.refreshHintSeconds);
  }

  /** Reads what was kept, and makes what is missing; resolves when that has been tried.
   *  @throws {Fault} `identity/seal-…` where keys cannot be read with the key ring,
   *  `identity/authority-damaged`, `estate/unavailable` */
  static async open(parts: KeeperParts): Promise<AuthorityKeeper> {
    const keeper = new AuthorityKeeper(parts);
    await keeper.#load();
    keeper.#steadyOffset = keeper.#kept.state.steady - parts.steadyClock();
    await keeper.#sealAnew();
    await keeper.tick();
    await keeper.settled();
    return keeper;
  }

  /** Tells the time every few seconds from now on. */
  start(): void {
    const { x509, jwt } = this.#policy.lifetimes;
    const lifetime = Math.min(x509.authority, jwt.authority);
    const every = Math.min(Math.max(lifetime / 120, 1_000), 10_000);
    this.#timer ??= setInterval(() => {
      this.tick().catch((fault) => this.#parts.warn('The authorities were not kept', fault));
    }, every).unref();
  }

  /** Ends after what has begun. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.settled();
    await this.#turn;
  }

  /** Resolves when no authority is being made. */
  async settled(): Promise<void> {
    while (this.#preparations.size > 0) await Promise.all(this.#preparations);
  }

  get state(): AuthorityState {
    return this.#kept.state;
  }

  /** A new one each time that it has changed. */
  get bundle(): TrustBundle {
    return this.#bundle;
  }

  /** @returns what ends it */
  onChange(listener: (notice: AuthorityNotice) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Does what is due. */
  tick(): Promise<void> {
    return this.#send({ event: 'tick' });
  }

  /** Replaces the active authority before its time, without anybody being refused. */
  rotate(kind: AuthorityKind, by: Asking): Promise<void> {
    return this.#send({ event: 'rotate', kind, by });
  }

  /** @throws {Fault} `identity/authority-not-found` */
  taint(id: string, pace: TaintPace, by: Asking): Promise<void> {
    return this.#send({ event: 'taint', id, pace, by });
  }

  /** Revokes identities, with every certificate of theirs that is still valid.
   *  @throws {Fault} `identity/denials-too-many` */
  async revoke(identities: readonly RevokedIdentity[], by: Asking): Promise<void> {
    const longest = Math.max(0, ...this.state.authorities.map(longestTtlOf));
    const now = this.#now();
    const kept = longest + this.#policy.skew;
    const issued = await Promise.all(
      identities.map(({ spiffeId }) => this.#parts.store.issuedTo(spiffeId, now.wall - kept)),
    );
    const denials = denialsOf(identities, issued.flat(), now, kept);
    await this.#send({ event: 'revoke', denials, by });
  }

  /** @throws {Fault} `identity/denial-not-found` */
  lift(ids: readonly string[], by: Asking): Promise<void> {
    return this.#send({ event: 'lift', ids, by });
  }

  /** Issues an X.509-SVID. Record the answer before you hand it out. */
  issueX509(request: X509Request): Issuance<IssuedX509> {
    return this.#issuer.issueX509(request, this.#parts.clock());
  }

  /** Issues a JWT-SVID. Record the answer before you hand it out. */
  issueJwt(request: JwtRequest): Issuance<IssuedJwt> {
    return this.#issuer.issueJwt(request, this.#parts.clock());
  }

  /** Keeps what was answered: the audit log's entries and the counts of services. */
  record(answers: readonly Issuance<unknown>[]): Promise<void> {
    return this.#parts.store.record(
      answers.map(({ entry }) => entry),
      answers.map(({ count }) => count),
    );
  }

  /** The list of what an authority that is in the bundle has revoked, in DER.
   *  @throws {Fault} `identity/authority-not-found` */
  crlOf(id: string, validitySeconds: number): Buffer {
    const authority = this.state.authorities.find((one) => one.id === id && one.kind === 'x509');
    const privateKey = this.#privateKeys.get(id);
    if (authority === undefined || privateKey === undefined) {
      const why = `There is no certificate authority ${quote(id)}`;
      throw new Fault('identity/authority-not-found', why, {
        hint: 'what it issued has expired, or is trusted by nobody',
      });
    }
    const { revocation } = this.state;
    const request = crlRequestOf(revocation, id, this.#parts.clock(), validitySeconds * 1_000);
    return issueCrl(certifiedAuthority(authority, privateKey), request);
  }

  /** The keys that verify JWT-SVIDs, for OpenID Connect. */
  jwks(): string {
    return writeJwks(this.#bundle, 'sig');
  }

  /** What OpenID Connect wants to know of the issuer; undefined where the configuration names none. */
  discovery(): Readonly<Record<string, unknown>> | undefined {
    const { issuer } = this.#parts.config.jwt;
    return issuer === undefined ? undefined : discoveryOf(issuer, this.#bundle);
  }

  #now(): Moment {
    return {
      wall: this.#parts.clock(),
      steady: this.#parts.steadyClock() + this.#steadyOffset,
    };
  }

  async #load(): Promise<void> {
    const loaded = await this.#parts.store.load(this.#parts.trustDomain);
    if (loaded === undefined) return;
    for (const authority of loaded.state.authorities) {
      if (this.#privateKeys.has(authority.id)) continue;
      const kept = loaded.keys.get(authority.id);
      if (kept === undefined) throw keyMissing(authority);
      this.#privateKeys.set(authority.id, openKey(this.#parts.ring, authority, kept.sealed));
    }
    const { steady } = loaded.state;
    const isFirst = this.#kept.version === 0;
    const state = isFirst ? resumed(loaded.state) : loaded.state;
    this.#become({ ...loaded, state, steady });
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

  #send(event: AuthorityEvent, made?: MadeAuthority): Promise<void> {
    const turn = this.#turn.then(() => this.#take(event, made));
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async #take(event: AuthorityEvent, made: MadeAuthority | undefined): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        await this.#change(event, made);
        return;
      } catch (thrown) {
        const isConflict = thrown instanceof Fault && thrown.code === 'estate/document-conflict';
        if (!isConflict || attempt === ATTEMPTS) throw thrown;
        await this.#load();
      }
    }
  }

  async #change(event: AuthorityEvent, made: MadeAuthority | undefined): Promise<void> {
    const before = this.#kept;
    const { state, effects } = step(before.state, event, this.#now(), this.#policy);
    const { steady } = state;
    if (isSame(before.state, state) && steady - before.steady < CHECKPOINT) {
      this.#kept = { ...before, state };
      return;
    }
    if (made) this.#privateKeys.set(made.authority.id, made.privateKey);
    const keys = keyChanges(before, state, made);
    const entries = effects.flatMap((effect) => (effect.effect === 'audit' ? effect.entry : []));
    await this.#parts.store.save({ state, version: before.version, keys, entries });
    const version = before.version + 1;
    this.#become({ state, version, steady, keys: keysAfter(before.keys, keys) });
    for (const effect of effects) this.#carryOut(effect);
  }

  #become(kept: Kept): void {
    const before = this.#kept.state;
    this.#kept = kept;
    const { state } = kept;
    for (const id of this.#privateKeys.keys()) {
      if (!state.authorities.some((authority) => authority.id === id)) this.#privateKeys.delete(id);
    }
    const { config, fillRandom } = this.#parts;
    if (state.sequence !== before.sequence) {
      this.#bundle = bundleOf(state, config.refreshHintSeconds);
    }
    if (isSame(before, state)) return;
    const signers = signersOf(state, this.#privateKeys);
    this.#issuer = new Issuer(state, signers, config, fillRandom);
  }

  #carryOut(effect: AuthorityEffect): void {
    switch (effect.effect) {
      case 'prepare': {
        const preparation = this.#prepare(effect).finally(() =>
          this.#preparations.delete(preparation),
        );
        this.#preparations.add(preparation);
        break;
      }
      case 'publish':
      case 'activated':
      case 'reissue':
      case 'deny':
        for (const listener of this.#listeners) this.#tell(listener, effect);
    }
  }

  #tell(listener: (notice: AuthorityNotice) => void, notice: AuthorityNotice): void {
    try {
      listener(notice);
    } catch (thrown) {
      this.#parts.warn('A change of the authorities was not passed on', thrown);
    }
  }

  async #prepare(wanted: Extract<AuthorityEffect, { effect: 'prepare' }>): Promise<void> {
    try {
      const made = await prepareAuthority(wanted, this.#parts);
      await this.#send({ event: 'prepared', authority: made.authority }, made);
      await this.tick();
    } catch (thrown) {
      const { kind } = wanted;
      this.#parts.warn(`No ${kind} authority could be made`, thrown);
      await this.#send({ event: 'not-prepared', kind, why: messageOf(thrown) }).catch((fault) =>
        this.#parts.warn('The authorities were not kept', fault),
      );
    }
  }
}

/** Whether nothing has changed but the time. */
function isSame(before: AuthorityState, after: AuthorityState): boolean {
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
