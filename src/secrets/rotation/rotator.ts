import type { z } from 'zod';
import type { SecretValue } from '../model/index.ts';

/** Renews one kind of credential at its target. Each step may be done again after it was done, or half done: whoever
 *  takes up a run that was killed begins with the step that was under way.
 *  @throws {TargetFault} from every method that speaks to the target */
export interface Rotator<Config = unknown> {
  readonly kind: string;
  readonly config: z.ZodType<Config>;
  /** Whether the plan has to name a secret by which the target is changed. */
  readonly needsAdmin: boolean;
  /** The value to come, drawn anew at each call. Nothing is asked or changed. */
  make(context: RotatorContext<Config>): SecretValue;
  /** Makes a value of what was drawn, where others have a part in that: an authority certifies a key. Nothing that works
   *  may be left behind where its answer is lost. Without it, what was drawn is the value. */
  obtain?(context: RotatorContext<Config>, drawn: SecretValue): Promise<SecretValue>;
  /** Makes the target accept the pending value. One that is accepted already is left as it is: that is how a run goes on
   *  that was killed behind this step. Before it changes anything, it proves that the target is the one that the current
   *  value belongs to. */
  set(context: RotatorContext<Config>, pending: SecretValue): Promise<void>;
  /** Proves that the pending value works, as its consumers will use it. */
  test(context: RotatorContext<Config>, pending: SecretValue): Promise<void>;
  /** How long who checks values needs to learn of one that was set, in seconds: so long passes between its test and its
   *  promotion, unless the current one has leaked, or there is none. A day at most. */
  settleSeconds?(config: Config): number;
  /** When a value ends by itself, in milliseconds since 1970; undefined: it does not. */
  endOf?(value: SecretValue): number | undefined;
  /** Takes a pending value away that is not to become current, so that the current one works as before: where a target
   *  holds one value at a time, that one is set again. Without it, the pending value is revoked. It may have been set
   *  whole, half, or not at all. */
  undo?(context: RotatorContext<Config>, pending: SecretValue): Promise<void>;
  /** Names what `config` changes, without any value: nothing else is changed there at the same time. Without it, equal
   *  configurations are one target. */
  target?(config: Config): string;
  /** What a plan of it makes use of that may be others'. Without it, nothing.
   *  @param service of the secret */
  claims?(config: Config, service: string): Claims;
  /** Takes away what the version before could do, after it has been left to its users for the overlap; or leaves it, where
   *  it is meant to end by itself. Without it, the version before is revoked where its target still takes it. */
  finish?(context: RotatorContext<Config>): Promise<void>;
  /** Ends all that a value grants, sessions included where the target can. One that is refused already, because another has
   *  taken its place, takes nothing from that. */
  revoke(context: RotatorContext<Config>, value: SecretValue): Promise<void>;
  /** Whether the target refuses a value: asked of the target itself. */
  isRefused(context: RotatorContext<Config>, value: SecretValue): Promise<boolean>;
  /** What the target holds, in a few words each, to be compared with what it held after the last rotation: grants,
   *  attributes. None of it is a value. */
  inspect?(context: RotatorContext<Config>): Promise<readonly string[]>;
}

/** What whoever makes a plan has to have a right to, beside the secret and its admin. */
export interface Claims {
  /** Ids of services that its values speak for, or let their holders into. */
  readonly services?: readonly string[];
  /** It is Reeve that logs in there, as itself, with nothing that the plan names. */
  readonly isAsReeve?: boolean;
}

export interface RotatorContext<Config> {
  readonly config: Config;
  /** The id of the secret: that of its service, and its name. */
  readonly secret: string;
  /** The number of the version that the call is about; null: of none. With the run's name, it tells calls apart. */
  readonly version: number | null;
  /** Undefined before the first rotation. */
  readonly current: SecretValue | undefined;
  readonly previous: SecretValue | undefined;
  /** Of the secret by which the target is changed. */
  readonly admin: SecretValue | undefined;
  /** The run's name. */
  readonly token: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Ends what is under way: the time for a step is over, or Reeve stops. */
  readonly signal: AbortSignal;
  /** Random bytes. */
  readonly random: (bytes: number) => Buffer;
}

/** What a target's trouble means for a run.
 *  - `unreachable`: down, slow or full; tried again, later each time.
 *  - `refused`: it does not take this value; another one is made.
 *  - `denied`: what the target is changed with does not work, or may not do this; a person is needed.
 *  - `changed`: it is not the target that the current value belongs to, or somebody else has changed it; a person is
 *    needed.
 *  - `invalid`: what the plan says cannot be done; a person is needed. */
export type TargetTrouble = 'unreachable' | 'refused' | 'denied' | 'changed' | 'invalid';

/** Says what went wrong at a target, without any value. */
export class TargetFault extends Error {
  readonly trouble: TargetTrouble;
  /** What a person may do about it. */
  readonly hint: string | undefined;

  constructor(trouble: TargetTrouble, message: string, hint?: string) {
    super(message);
    this.name = 'TargetFault';
    this.trouble = trouble;
    this.hint = hint;
  }
}
