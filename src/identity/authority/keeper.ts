import type { Clock } from '../../base/clock.ts';
import { Fault, messageOf, quote } from '../../base/fault.ts';
import { type TrustBundle, writeJwks } from '../spiffe/index.ts';
import { type FillRandom, issueCrl } from '../x509/index.ts';
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
import { isSameState, KeptState } from './kept-state.ts';
import type { KeyRing } from './keys/index.ts';
import type { Asking, AuthorityEffect, AuthorityKind, AuthorityState, TaintPace } from './model.ts';
import { type AuthorityPolicy, longestTtlOf, policyOf } from './policy.ts';
import { prepareAuthority } from './prepare.ts';
import { crlRequestOf, type DenialRequest, denialsOf, type RevokedIdentity } from './revocation.ts';
import { certifiedAuthority, signersOf } from './signers.ts';
import type { AuthorityStore } from './store/index.ts';
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

/** Keeps the authorities of a trust domain alive: tells them the time, makes keys, and issues with what is
 *  active. One process at a time keeps a trust domain; where two do by mistake, each sees the other's
 *  changes with the next of its own. */
export class AuthorityKeeper {
  readonly #parts: KeeperParts;
  readonly #policy: AuthorityPolicy;
  readonly #kept: KeptState;
  readonly #listeners = new Set<(notice: AuthorityNotice) => void>();
  readonly #preparations = new Set<Promise<void>>();
  #issuer: Issuer;
  #bundle: TrustBundle;
  #timer: NodeJS.Timeout | undefined;

  private constructor(parts: KeeperParts) {
    const { config, fillRandom } = parts;
    this.#parts = parts;
    this.#policy = policyOf(config);
    this.#kept = new KeptState({
      ...parts,
      policy: this.#policy,
      act: (before, after, effects) => this.#act(before, after, effects),
    });
    this.#issuer = new Issuer(this.state, {}, config, fillRandom);
    this.#bundle = bundleOf(this.state, config.refreshHintSeconds);
  }

  /** Reads what was kept, and makes what is missing; resolves when that has been tried.
   *  @throws {Fault} `identity/seal-…` where keys cannot be read with the key ring,
   *  `identity/authority-damaged`, `estate/unavailable` */
  static async open(parts: KeeperParts): Promise<AuthorityKeeper> {
    const keeper = new AuthorityKeeper(parts);
    await keeper.#kept.open();
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
    await this.#kept.idle();
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
    return this.#kept.send({ event: 'tick' });
  }

  /** Replaces the active authority before its time, without anybody being refused. */
  rotate(kind: AuthorityKind, by: Asking): Promise<void> {
    return this.#kept.send({ event: 'rotate', kind, by });
  }

  /** @throws {Fault} `identity/authority-not-found` */
  taint(id: string, pace: TaintPace, by: Asking): Promise<void> {
    return this.#kept.send({ event: 'taint', id, pace, by });
  }

  /** Revokes identities, with every certificate of theirs that is still valid.
   *  @throws {Fault} `identity/denials-too-many` */
  async revoke(identities: readonly RevokedIdentity[], by: Asking): Promise<void> {
    const longest = Math.max(0, ...this.state.authorities.map(longestTtlOf));
    const { now } = this.#kept;
    const kept = longest + this.#policy.skew;
    const issued = await Promise.all(
      identities.map(({ spiffeId }) => this.#parts.store.issuedTo(spiffeId, now.wall - kept)),
    );
    const denials = denialsOf(identities, issued.flat(), now, kept);
    await this.#kept.send({ event: 'revoke', denials, by });
  }

  /** Has single things refused: a certificate by its serial number, which its CRL then has too, or a key.
   *  @throws {Fault} `identity/denials-too-many` */
  deny(denials: readonly DenialRequest[], by: Asking): Promise<void> {
    return this.#kept.send({ event: 'revoke', denials, by });
  }

  /** @throws {Fault} `identity/denial-not-found` */
  lift(ids: readonly string[], by: Asking): Promise<void> {
    return this.#kept.send({ event: 'lift', ids, by });
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
    const privateKey = this.#kept.privateKeys.get(id);
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

  #act(before: AuthorityState, state: AuthorityState, effects: readonly AuthorityEffect[]): void {
    const { config, fillRandom } = this.#parts;
    if (state.sequence !== before.sequence) {
      this.#bundle = bundleOf(state, config.refreshHintSeconds);
    }
    if (!isSameState(before, state)) {
      const signers = signersOf(state, this.#kept.privateKeys);
      this.#issuer = new Issuer(state, signers, config, fillRandom);
    }
    for (const effect of effects.length > 0 ? effects : differences(before, state)) {
      this.#carryOut(effect);
    }
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
      await this.#kept.send({ event: 'prepared', authority: made.authority }, made);
      await this.tick();
    } catch (thrown) {
      const { kind } = wanted;
      this.#parts.warn(`No ${kind} authority could be made`, thrown);
      await this.#kept
        .send({ event: 'not-prepared', kind, why: messageOf(thrown) })
        .catch((fault) => this.#parts.warn('The authorities were not kept', fault));
    }
  }
}

/** What is to be passed on of a state that another process has changed. */
function differences(before: AuthorityState, after: AuthorityState): AuthorityNotice[] {
  const notices: AuthorityNotice[] = [];
  if (after.sequence !== before.sequence) {
    notices.push({ effect: 'publish', sequence: after.sequence });
  }
  const { sequence, denials } = after.revocation;
  if (sequence !== before.revocation.sequence) {
    const known = new Map(before.revocation.denials.map(({ id, at }) => [id, at]));
    const added = denials.filter(({ id, at }) => known.get(id) !== at);
    notices.push({ effect: 'deny', sequence, added });
  }
  return notices;
}
