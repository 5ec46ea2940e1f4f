import type { z } from 'zod';
import type { SecretValue } from '../model/index.ts';

/** Makes users at one kind of target, and takes them away. Each call may be cut off anywhere; all but `make` may be made
 *  again after they were done, or half done.
 *  @throws {TargetFault} from every method that speaks to the target; `unreachable` where it may be tried again */
export interface Engine<Config = unknown, Grants = unknown> {
  readonly kind: string;
  readonly config: z.ZodType<Config>;
  readonly grants: z.ZodType<Grants>;
  /** Names what `config` changes, without any value: what is made by one configuration can be taken away by any other of
   *  the same name. */
  target(config: Config): string;
  /** Makes a user, drawing its password, which goes to the target as a hash only.
   *  @returns what its holder logs in with */
  make(context: EngineContext<Config>, user: NewUser<Grants>): Promise<SecretValue>;
  /** The target is to refuse the user from `until` on, where it can know of that. */
  extend(context: EngineContext<Config>, username: string, until: number): Promise<void>;
  /** Ends the sessions of a user and takes it away; there may be none. */
  remove(context: EngineContext<Config>, username: string): Promise<void>;
  /** Whether the target has no such user: asked of the target itself. */
  isGone(context: EngineContext<Config>, username: string): Promise<boolean>;
  /** Names of users that begin so, at most `most`. */
  usernames(
    context: EngineContext<Config>,
    prefix: string,
    most: number,
  ): Promise<readonly string[]>;
}

export interface NewUser<Grants> {
  readonly username: string;
  readonly grants: Grants;
  /** A second belt, for a target that can refuse users by time: milliseconds since 1970, later than the lease ends. */
  readonly until: number;
}

export interface EngineContext<Config> {
  readonly config: Config;
  /** By whom users are made. */
  readonly admin: SecretValue;
  /** Ends what is under way. */
  readonly signal: AbortSignal;
  /** Random bytes. */
  readonly random: (bytes: number) => Buffer;
}
