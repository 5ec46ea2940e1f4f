import type { SecretValue } from '../../../src/secrets/model/index.ts';
import type { Way } from './way.ts';

/** A real target of rotations, and what a test asks of it past Reeve. */
export interface KilledTarget {
  readonly rotator: string;
  /** Of the plan: it leads over the ways. */
  readonly config: object;
  readonly admin: SecretValue;
  readonly ways: readonly Way[];
  /** How many values it takes at once: with one, a value works no longer when the next is set. */
  readonly holds: 'one' | 'several';
  /** Logs in as a consumer does. */
  takes(value: SecretValue): Promise<boolean>;
  /** The users who can log in, those apart who could before there was any rotation: each once for each password. */
  doors(): Promise<readonly string[]>;
}
