import type { Clock } from '../../base/clock.ts';
import type { Secret, SecretValue } from '../model/index.ts';
import type { Asking, SecretEffect, SecretEvent } from './model.ts';
import type { Waiting } from './waiting.ts';

/** Where a value belongs: its envelope opens nowhere else. */
export interface Place {
  readonly secret: string;
  readonly version: number;
}

/** Encrypts values: the vault does.
 *  @throws {Fault} where it is sealed, or an envelope belongs elsewhere or was edited */
export interface ValueBox {
  encrypt(place: Place, value: SecretValue): string;
  decrypt(place: Place, envelope: string): SecretValue;
}

/** What rotations see of secrets: as they are kept, and as they are changed by events.
 *  @throws {Fault} from every method: `estate/unavailable` */
export interface RotatedSecrets {
  /** Of all of them, as this process knows them, how long they wait for something. */
  waiting(): Iterable<readonly [id: string, Waiting]>;
  /** As it stands in the store; undefined: it is gone. */
  read(id: string): Promise<Secret | undefined>;
  /** Takes an event; resolves when what it changes is durable.
   *  @throws {Fault} `secrets/secret-not-found`, `estate/document-conflict` where others keep changing it */
  change(id: string, event: SecretEvent): Promise<Changed>;
  /** Those for which something is under way, whoever began it: few. */
  underWay(): Promise<readonly string[]>;
  /** Told of what has changed in this process, whoever changed it; undefined: it is gone. @returns what ends it */
  onChange(listener: (id: string, secret: Waiting | undefined) => void): () => void;
}

export interface Changed {
  readonly secret: Secret;
  readonly effects: readonly SecretEffect[];
}

/** Brings a current value to who does not ask for it, such as a Kubernetes Secret and what has it mounted. Done again,
 *  it changes nothing.
 *  @throws {TargetFault} */
export type Deliver = (secret: Secret, value: SecretValue, signal: AbortSignal) => Promise<void>;

/** Whether the store is older than what targets hold, as after it was brought back from a backup. */
export interface StoreMark {
  /** Why rotations have to wait for a person; undefined: they need not. */
  whyPaused(): Promise<string | undefined>;
  /** A person says that rotations go on from what the store says. */
  resume(by: Asking): Promise<void>;
}

/** A moment of a rotation at which a process may be killed. */
export interface RotationMoment {
  readonly when: 'before' | 'after';
  readonly what: 'write' | 'call';
  readonly secret: string;
  /** The event that is written, or the call that is made. */
  readonly step: string;
}

export interface Clocks {
  /** The time of day. */
  readonly clock: Clock;
  /** Milliseconds since some time, never going back: `performance.now`. */
  readonly steadyClock: () => number;
  /** How many times faster than timers both go; absent: as fast. Weeks are simulated with it. */
  readonly pace?: number | undefined;
}
