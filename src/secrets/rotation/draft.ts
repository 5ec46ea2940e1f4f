import { type AuditAction, auditEntryOf } from '../../audit/index.ts';
import { Fault, quote } from '../../base/fault.ts';
import type { NewAuditEntry } from '../../estate/index.ts';
import type { Secret, SecretVersion } from '../model/index.ts';
import type { RotationPolicy } from './config.ts';
import type { Asking, Moment, SecretEffect, Step } from './model.ts';

const ITSELF: Asking = { actor: 'reeve', reason: '' };

/** Actions of the audit log that secrets bring about. */
export type SecretAction = Extract<AuditAction, `secret.${string}`>;

/** A secret on its way to what it is next, with what is to be done and told for it. */
export class Draft {
  readonly now: Moment;
  readonly policy: RotationPolicy;
  /** A copy, to be changed. */
  readonly secret: Secret;
  readonly #before: Secret;
  readonly #effects: SecretEffect[] = [];
  readonly #entries: NewAuditEntry[] = [];

  constructor(before: Secret, now: Moment, policy: RotationPolicy) {
    this.now = now;
    this.policy = policy;
    this.#before = before;
    this.secret = structuredClone(before);
  }

  /** RFC 3339; now without an argument. */
  time(milliseconds = this.now.wall): string {
    return new Date(milliseconds).toISOString();
  }

  find(number: number | undefined): SecretVersion | undefined {
    return this.secret.versions.find((version) => version.number === number);
  }

  /** @throws {Fault} `secrets/version-not-found` */
  versionOf(number: number): SecretVersion {
    const version = this.find(number);
    if (version !== undefined) return version;
    throw new Fault(
      'secrets/version-not-found',
      `The secret ${quote(this.secret.id, 120)} has no version ${number}`,
      { hint: 'look at its versions: old ones are forgotten' },
    );
  }

  /** What was asked for cannot be done as things stand. */
  conflict(why: string, hint: string): Fault {
    const message = `The secret ${quote(this.secret.id, 120)} ${why}`;
    return new Fault('secrets/rotation-conflict', message, { hint });
  }

  effect(effect: SecretEffect): void {
    this.#effects.push(effect);
  }

  /** An entry for the audit log. */
  tell(
    action: SecretAction,
    said: Readonly<Record<string, unknown>>,
    { actor, reason }: Asking = ITSELF,
  ): void {
    const asking = { actor, reason, now: this.now.wall };
    this.#entries.push(auditEntryOf(action, this.secret.id, said, asking));
  }

  end(): Step {
    const isSame = JSON.stringify(this.secret) === JSON.stringify(this.#before);
    return {
      secret: isSame ? this.#before : this.secret,
      effects: this.#effects,
      entries: this.#entries,
    };
  }
}
