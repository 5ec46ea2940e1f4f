import type { NewAuditEntry } from '../../estate/index.ts';
import type { RotationPlan, RotationRun, Secret } from '../model/index.ts';
import type { TargetTrouble } from './rotator.ts';

/** When something happens, and what fell to its lot. */
export interface Moment {
  /** The time of day in milliseconds since 1970. It may jump. */
  readonly wall: number;
  /** Drawn anew for each event: 0 up to, but not including, 1. */
  readonly lot: number;
}

/** Who asks, and why. */
export interface Asking {
  readonly actor: string;
  readonly reason: string;
}

/** What is done away from the store: `make` draws a value, all others are for the target, or for who is delivered to. */
export type TargetCall = 'make' | 'set' | 'test' | 'deliver' | 'finish' | 'undo' | 'revoke';

/** Names one call. Whoever answers it gives it back. */
export interface Call {
  readonly call: TargetCall;
  /** The version that it is about: of `make`, the one to come; null: `finish` where there was none before. */
  readonly version: number | null;
  /** The run's name, as targets are told it. */
  readonly token: string;
}

/** A value as it is kept. */
export interface SealedValue {
  /** The version for which it was sealed. */
  readonly number: number;
  readonly envelope: string;
  readonly fingerprints: readonly string[];
  /** RFC 3339. */
  readonly expiresAt: string | null;
}

/** What came of a call. `holder` is the process that made it. */
export type Answer =
  | {
      readonly event: 'made';
      readonly holder: string;
      readonly call: Call;
      readonly value: SealedValue;
    }
  /** `isRefused`: the target refuses the version; told of `finish`, `undo` and `revoke`. `settles`: how many milliseconds
   *  the version has to wait before it is used; told of `test`. */
  | {
      readonly event: 'done';
      readonly holder: string;
      readonly call: Call;
      readonly isRefused: boolean;
      readonly settles?: number;
    }
  | {
      readonly event: 'failed';
      readonly holder: string;
      readonly call: Call;
      readonly trouble: TargetTrouble;
      readonly message: string;
      readonly hint: string | undefined;
    };

export type SecretEvent =
  | Answer
  /** A process looks after the secret: begins what is due, and goes on with what is under way. */
  | { readonly event: 'take'; readonly holder: string }
  /** It no longer does. */
  | { readonly event: 'release'; readonly holder: string }
  | { readonly event: 'rotate'; readonly by: Asking }
  | { readonly event: 'leak'; readonly versions: readonly number[]; readonly by: Asking }
  | { readonly event: 'cancel'; readonly by: Asking }
  | { readonly event: 'retry'; readonly by: Asking }
  /** `all` but the pending one. */
  | { readonly event: 'revoke'; readonly versions: readonly number[] | 'all'; readonly by: Asking }
  /** Nobody tries any longer to revoke it; it stays on the list of what could not be revoked. */
  | { readonly event: 'abandon'; readonly version: number; readonly by: Asking }
  /** A person has seen that the target refuses it: Reeve could not. */
  | { readonly event: 'settle'; readonly version: number; readonly by: Asking }
  | { readonly event: 'destroy'; readonly versions: readonly number[]; readonly by: Asking }
  | { readonly event: 'put'; readonly value: SealedValue; readonly by: Asking }
  | { readonly event: 'plan'; readonly plan: RotationPlan | null; readonly by: Asking };

export type SecretEffect =
  | ({ readonly effect: 'call' } & Call)
  /** Readers get another value from now on. */
  | { readonly effect: 'promoted'; readonly version: number }
  /** Nothing goes on without a person. */
  | { readonly effect: 'waits'; readonly problem: string; readonly hint: string | null }
  | { readonly effect: 'ended'; readonly token: string; readonly why: RotationRun['why'] };

export interface Step {
  /** The very one that was given where nothing has changed. */
  readonly secret: Secret;
  /** To be carried out when the secret and the entries are durable, in one transaction. At most one is a call. */
  readonly effects: readonly SecretEffect[];
  readonly entries: readonly NewAuditEntry[];
}
