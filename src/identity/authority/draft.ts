import { contentOf } from './bundle.ts';
import { entryOf, type IdentityAction } from './entries.ts';
import { type Scene, sceneOf } from './life.ts';
import type {
  Asking,
  AuthorityEffect,
  AuthorityKind,
  AuthorityState,
  Moment,
  Preparation,
  SigningAuthority,
  Step,
} from './model.ts';
import type { AuthorityPolicy } from './policy.ts';
import type { RevocationState } from './revocation.ts';

const ITSELF: Asking = { actor: 'reeve', reason: '' };

/** A state on its way to the next, and what is to be done for it. */
export class Draft {
  readonly now: Moment;
  readonly policy: AuthorityPolicy;
  readonly #before: AuthorityState;
  readonly #effects: AuthorityEffect[] = [];
  #state: AuthorityState;

  constructor(before: AuthorityState, now: Moment, policy: AuthorityPolicy) {
    const steady = Math.max(before.steady, now.steady);
    this.now = { wall: now.wall, steady };
    this.policy = policy;
    this.#before = before;
    this.#state = { ...before, steady };
  }

  get state(): AuthorityState {
    return this.#state;
  }

  /** The authorities of a kind, now. */
  scene(kind: AuthorityKind): Scene {
    return sceneOf(this.#state, kind, this.now, this.policy);
  }

  add(authority: SigningAuthority): void {
    this.#state = { ...this.#state, authorities: [...this.#state.authorities, authority] };
  }

  set(id: string, changed: Partial<SigningAuthority>): void {
    const authorities = this.#state.authorities.map((authority) =>
      authority.id === id ? { ...authority, ...changed } : authority,
    );
    this.#state = { ...this.#state, authorities };
  }

  remove(id: string): void {
    const authorities = this.#state.authorities.filter((authority) => authority.id !== id);
    this.#state = { ...this.#state, authorities };
  }

  setPreparation(kind: AuthorityKind, preparation: Preparation): void {
    const preparations = { ...this.#state.preparations, [kind]: preparation };
    this.#state = { ...this.#state, preparations };
  }

  setRevocation(revocation: RevocationState): void {
    this.#state = { ...this.#state, revocation };
  }

  effect(effect: AuthorityEffect): void {
    this.#effects.push(effect);
  }

  /** An entry for the audit log. Times are to be texts. */
  tell(
    action: IdentityAction,
    subject: string,
    said: Readonly<Record<string, unknown>>,
    by: Asking = ITSELF,
  ): void {
    this.effect({ effect: 'audit', entry: entryOf(action, subject, said, by, this.now.wall) });
  }

  /** The next state, with the sequence number of its bundle and what follows from the whole of it. */
  end(): Step {
    if (!isSame(contentOf(this.#before), contentOf(this.#state))) {
      const sequence = this.#state.sequence + 1;
      this.#state = { ...this.#state, sequence };
      this.effect({ effect: 'publish', sequence });
    }
    const { sequence, denials } = this.#state.revocation;
    if (sequence !== this.#before.revocation.sequence) {
      const known = new Set(this.#before.revocation.denials);
      const added = denials.filter((denial) => !known.has(denial));
      this.effect({ effect: 'deny', sequence, added });
    }
    return { state: this.#state, effects: this.#effects };
  }
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && new Set([...a, ...b]).size === a.length;
}

/** Milliseconds since 1970 as the audit log has them. */
export const toDate = (milliseconds: number): string => new Date(milliseconds).toISOString();
