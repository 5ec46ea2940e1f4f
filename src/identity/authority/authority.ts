import { Fault, quote } from '../../base/fault.ts';
import { contentOf, isPublished } from './bundle.ts';
import { entryOf } from './entries.ts';
import { keyFingerprint } from './key-fingerprint.ts';
import { activeOf, finished, needsSuccessor, sceneOf, successor } from './life.ts';
import {
  type Asking,
  AUTHORITY_KINDS,
  type AuthorityEffect,
  type AuthorityEvent,
  type AuthorityKind,
  type AuthorityState,
  type Moment,
  type Preparation,
  type PreparedAuthority,
  type SigningAuthority,
  type Step,
  type TaintPace,
} from './model.ts';
import { AUTHORITY_BACKDATE, type AuthorityPolicy } from './policy.ts';
import { type DenialRequest, deny, dropExpired, lift } from './revocation.ts';

/** Authorities of one kind at most: clocks that jump to and fro make new ones each time. */
export const MAX_AUTHORITIES = 16;
const FIRST_RETRY = 1_000;
const LAST_RETRY = 300_000;
/** How long a preparation may take before it counts as lost: longer than any upstream may. */
const PATIENCE = 120_000;
const ITSELF: Asking = { actor: 'reeve', reason: '' };

/** What happens to authorities: where an event leads, and what is to be done for it. The state must be
 *  durable before effects are carried out.
 *  @throws {Fault} `identity/authority-not-found`, `identity/denials-too-many`,
 *  `identity/denial-not-found` for what people ask */
export function step(
  before: AuthorityState,
  event: AuthorityEvent,
  now: Moment,
  policy: AuthorityPolicy,
): Step {
  const steady = Math.max(before.steady, now.steady);
  const change = new Change({ ...before, steady }, { wall: now.wall, steady }, policy);
  change.take(event);
  // a key that has just been made is published by the next event: when it is durable
  if (event.event !== 'prepared') change.advance();
  return change.end(before);
}

/** A state on its way to the next. */
class Change {
  #state: AuthorityState;
  readonly #now: Moment;
  readonly #policy: AuthorityPolicy;
  readonly #effects: AuthorityEffect[] = [];

  constructor(state: AuthorityState, now: Moment, policy: AuthorityPolicy) {
    this.#state = state;
    this.#now = now;
    this.#policy = policy;
  }

  take(event: AuthorityEvent): void {
    if (event.event === 'prepared') this.#prepared(event.authority);
    if (event.event === 'not-prepared') this.#notPrepared(event.kind, event.why);
    if (event.event === 'rotate') this.#rotate(event.kind, event.by);
    if (event.event === 'taint') this.#taint(event.id, event.pace, event.by);
    if (event.event === 'revoke') this.#revoke(event.denials, event.by);
    if (event.event === 'lift') this.#lift(event.ids, event.by);
  }

  /** Does whatever is due. */
  advance(): void {
    for (const kind of AUTHORITY_KINDS) {
      this.#publish(kind);
      this.#activate(kind);
      this.#remove(kind);
      this.#prepare(kind);
    }
    const revocation = dropExpired(this.#state.revocation, this.#now);
    this.#state = { ...this.#state, revocation };
  }

  end(before: AuthorityState): Step {
    if (!isSame(contentOf(before), contentOf(this.#state))) {
      const sequence = this.#state.sequence + 1;
      this.#state = { ...this.#state, sequence };
      this.#effects.push({ effect: 'publish', sequence });
    }
    const { sequence, denials } = this.#state.revocation;
    if (sequence !== before.revocation.sequence) {
      const known = new Set(before.revocation.denials);
      const added = denials.filter((denial) => !known.has(denial));
      this.#effects.push({ effect: 'deny', sequence, added });
    }
    return { state: this.#state, effects: this.#effects };
  }

  #prepared(made: PreparedAuthority): void {
    const authority: SigningAuthority = {
      ...made,
      status: 'prepared',
      preparedAt: this.#now.wall,
      publishedAt: null,
      retiredAt: null,
      removeAt: null,
      isLeaving: false,
      taint: null,
    };
    const { id, kind } = made;
    this.#state = { ...this.#state, authorities: [...this.#state.authorities, authority] };
    this.#setPreparation(kind, { isUnderWay: false, failures: 0, retryAt: 0 });
    this.#tell('authority.prepare', id, { kind, until: toDate(made.notAfter) });
  }

  #notPrepared(kind: AuthorityKind, why: string): void {
    const failures = this.#state.preparations[kind].failures + 1;
    const wait = Math.min(FIRST_RETRY * 2 ** (failures - 1), LAST_RETRY);
    const retryAt = this.#now.steady + wait;
    this.#setPreparation(kind, { isUnderWay: false, failures, retryAt });
    this.#tell('authority.prepare-failed', this.#state.trustDomain, { kind, why });
  }

  #setPreparation(
    kind: AuthorityKind,
    preparation: AuthorityState['preparations'][AuthorityKind],
  ): void {
    const preparations = { ...this.#state.preparations, [kind]: preparation };
    this.#state = { ...this.#state, preparations };
  }

  #rotate(kind: AuthorityKind, by: Asking): void {
    const active = activeOf(this.#scene(kind));
    if (active === undefined || active.isLeaving) return;
    this.#set(active.id, { isLeaving: true });
    this.#tell('authority.rotate', active.id, { kind }, by);
  }

  #taint(id: string, pace: TaintPace, by: Asking): void {
    const authority = this.#state.authorities.find((candidate) => candidate.id === id);
    if (authority === undefined) {
      throw new Fault('identity/authority-not-found', `There is no authority ${quote(id)}`, {
        hint: 'list the authorities: it may have ended already',
      });
    }
    if (authority.taint === 'urgent' || authority.taint === pace) return;
    const { kind } = authority;
    this.#set(id, { taint: pace });
    this.#tell('authority.taint', id, { kind, pace }, by);
    if (authority.status === 'retired' && authority.taint === null) this.#expel(id, kind);
  }

  /** A tainted authority that no longer signs: whoever holds what it signed is to fetch anew, and then
   *  it goes. */
  #expel(id: string, kind: AuthorityKind): void {
    this.#set(id, { removeAt: this.#now.steady + this.#policy.reissue });
    this.#effects.push({ effect: 'reissue', kind, id });
  }

  #revoke(denials: readonly DenialRequest[], by: Asking): void {
    const { state, added } = deny(this.#state.revocation, denials, this.#now);
    for (const { deny: thing, value, why, until } of added) {
      const said = { thing, why, until: until === null ? undefined : toDate(until) };
      this.#tell('identity.deny', value, said, by);
    }
    this.#state = { ...this.#state, revocation: state };
  }

  #lift(ids: readonly string[], by: Asking): void {
    const { revocation } = this.#state;
    for (const { id, deny: thing, value } of revocation.denials) {
      if (ids.includes(id)) this.#tell('identity.lift', value, { thing }, by);
    }
    this.#state = { ...this.#state, revocation: lift(revocation, ids) };
  }

  #publish(kind: AuthorityKind): void {
    for (const { id, status, taint } of this.#scene(kind).of) {
      if (status !== 'prepared' || taint !== null) continue;
      this.#set(id, { status: 'published', publishedAt: this.#now.steady });
      this.#tell('authority.publish', id, { kind });
    }
  }

  #activate(kind: AuthorityKind): void {
    const scene = this.#scene(kind);
    const next = successor(scene);
    if (next === undefined) return;
    const active = activeOf(scene);
    if (active) this.#retire(active);
    this.#set(next.id, { status: 'active', retiredAt: null });
    this.#tell('authority.activate', next.id, { kind });
    this.#effects.push({ effect: 'activated', kind, id: next.id });
  }

  #retire({ id, kind, taint }: SigningAuthority): void {
    this.#set(id, { status: 'retired', retiredAt: this.#now.steady, isLeaving: false });
    this.#tell('authority.retire', id, { kind });
    if (taint !== null) this.#expel(id, kind);
  }

  #remove(kind: AuthorityKind): void {
    for (const authority of finished(this.#scene(kind))) {
      const { id, taint } = authority;
      const authorities = this.#state.authorities.filter((other) => other.id !== id);
      this.#state = { ...this.#state, authorities };
      this.#effects.push({ effect: 'forget', kind, id });
      this.#tell('authority.remove', id, { kind });
      if (taint !== null && isPublished(authority)) this.#denyKey(authority);
    }
  }

  /** Bundles are fetched once in a while, and an upstream's anchor stays in them for other authorities:
   *  enforcement points are told of the key, which reaches them within seconds. */
  #denyKey({ publicKey, notAfter }: SigningAuthority): void {
    const { state } = deny(
      this.#state.revocation,
      [
        {
          deny: 'key',
          value: keyFingerprint(publicKey),
          why: 'cACompromise',
          until: notAfter + this.#policy.skew,
        },
      ],
      this.#now,
    );
    this.#state = { ...this.#state, revocation: state };
  }

  #prepare(kind: AuthorityKind): void {
    const scene = this.#scene(kind);
    const { failures, retryAt } = this.#state.preparations[kind];
    if (this.#now.steady < retryAt || !needsSuccessor(scene)) return;
    if (scene.of.length >= MAX_AUTHORITIES) {
      this.#notPrepared(kind, `there are ${MAX_AUTHORITIES} authorities, as many as are allowed`);
      return;
    }
    const { wall, steady } = this.#now;
    this.#setPreparation(kind, { isUnderWay: true, failures, retryAt: steady + PATIENCE });
    const notBefore = wall - AUTHORITY_BACKDATE;
    const notAfter = wall + this.#policy.lifetimes[kind].authority;
    this.#effects.push({ effect: 'prepare', kind, notBefore, notAfter });
  }

  #scene(kind: AuthorityKind) {
    return sceneOf(this.#state, kind, this.#now, this.#policy);
  }

  #set(id: string, changed: Partial<SigningAuthority>): void {
    const authorities = this.#state.authorities.map((authority) =>
      authority.id === id ? { ...authority, ...changed } : authority,
    );
    this.#state = { ...this.#state, authorities };
  }

  #tell(
    action: Parameters<typeof entryOf>[0],
    subject: string,
    said: Readonly<Record<string, unknown>>,
    by: Asking = ITSELF,
  ): void {
    const entry = entryOf(action, subject, said, by, this.#now.wall);
    this.#effects.push({ effect: 'audit', entry });
  }
}

const toDate = (milliseconds: number): string => new Date(milliseconds).toISOString();

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && new Set([...a, ...b]).size === a.length;
}

/** A state as a process finds it that has just begun: whatever was being made is lost. */
export function resumed(state: AuthorityState): AuthorityState {
  const again = ({ isUnderWay, failures, retryAt }: Preparation): Preparation => ({
    isUnderWay: false,
    failures,
    retryAt: isUnderWay ? 0 : retryAt,
  });
  const { x509, jwt } = state.preparations;
  return { ...state, preparations: { x509: again(x509), jwt: again(jwt) } };
}
