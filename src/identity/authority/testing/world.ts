import { resumed } from '../authority.ts';
import { contentOf } from '../bundle.ts';
import {
  type AuthorityEffect,
  type AuthorityEvent,
  type AuthorityKind,
  type AuthorityState,
  emptyState,
  type Moment,
  type PreparedAuthority,
  step,
} from '../index.ts';
import type { AuthorityPolicy } from '../policy.ts';

/** What a test's authority was made of: ids count up, keys are names. */
export function preparedAuthority(
  id: string,
  { kind, notBefore, notAfter }: Extract<AuthorityEffect, { effect: 'prepare' }>,
): PreparedAuthority {
  const name = Buffer.from(id).toString('base64');
  const anchors = kind === 'x509' ? [name] : [];
  const certificate = kind === 'x509' ? name : '';
  return { id, kind, notBefore, notAfter, publicKey: name, certificate, chain: [], anchors };
}

/** A server with wrong clocks among workloads with right ones. True time is `at`; the server's time of
 *  day is off by `offset`, and its steady clock stands still while it sleeps. */
export class World {
  state: AuthorityState = emptyState('example.org');
  at = Date.UTC(2025, 2, 3);
  offset = 0;
  /** Steady time is `at - asleep`. */
  asleep = this.at;
  /** Preparations fail while this is set. */
  isBroken = false;
  /** How much later than now an authority begins, where an upstream's clock is ahead. */
  beginsAfter: number | undefined;
  readonly effects: AuthorityEffect[] = [];
  /** What was in the bundle since when. */
  readonly bundles: { readonly since: number; readonly ids: ReadonlySet<string> }[] = [];
  /** Calls that a test makes after each event. */
  onStep: (before: AuthorityState, effects: readonly AuthorityEffect[]) => void = () => {};
  readonly #count = { x509: 0, jwt: 0 };
  readonly policy: AuthorityPolicy;

  constructor(policy: AuthorityPolicy) {
    this.policy = policy;
  }

  get now(): Moment {
    return { wall: this.at + this.offset, steady: this.at - this.asleep };
  }

  /** Time passes, and the server is told of it. */
  pass(milliseconds: number): void {
    this.at += milliseconds;
    this.tick();
  }

  /** Time passes while the machine is suspended. */
  sleep(milliseconds: number): void {
    this.at += milliseconds;
    this.asleep += milliseconds;
    this.tick();
  }

  /** The process dies, and starts again from what it kept. */
  restart(downFor: number): void {
    this.at += downFor;
    this.asleep = this.at - this.state.steady;
    this.state = resumed(this.state);
    this.tick();
  }

  tick(): void {
    this.send({ event: 'tick' });
  }

  send(event: AuthorityEvent): void {
    const before = this.state;
    const { state, effects } = step(before, event, this.now, this.policy);
    this.state = JSON.parse(JSON.stringify(state));
    this.effects.push(...effects);
    if (this.bundles.length === 0 || effects.some(({ effect }) => effect === 'publish')) {
      this.bundles.push({ since: this.at, ids: new Set(contentOf(state)) });
    }
    this.onStep(before, effects);
    for (const effect of effects) {
      if (effect.effect === 'prepare') this.#prepare(effect);
    }
  }

  #prepare(effect: Extract<AuthorityEffect, { effect: 'prepare' }>): void {
    if (this.isBroken) {
      this.send({ event: 'not-prepared', kind: effect.kind, why: 'it is broken' });
      return;
    }
    const id = `${effect.kind}-${++this.#count[effect.kind]}`;
    const notBefore =
      this.beginsAfter === undefined ? effect.notBefore : this.now.wall + this.beginsAfter;
    this.send({ event: 'prepared', authority: preparedAuthority(id, { ...effect, notBefore }) });
    this.tick();
  }

  active(kind: AuthorityKind) {
    return this.state.authorities.find((one) => one.kind === kind && one.status === 'active');
  }

  of(kind: AuthorityKind) {
    return this.state.authorities.filter((one) => one.kind === kind);
  }

  /** What was in the bundle at a time; nothing before the first. */
  bundleAt(time: number): ReadonlySet<string> {
    return this.bundles.findLast(({ since }) => since <= time)?.ids ?? new Set();
  }

  /** What an authority puts into the bundle. */
  contentOf(id: string): string {
    const name = Buffer.from(id).toString('base64');
    return id.startsWith('jwt') ? `${id} ${name}` : name;
  }

  actions(): string[] {
    return this.effects.flatMap((effect) =>
      effect.effect === 'audit' ? [`${effect.entry.action} ${effect.entry.subject}`] : [],
    );
  }
}
