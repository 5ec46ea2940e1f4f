import type { SecretValue } from '../../../src/secrets/model/index.ts';

/** What a leaked value opens: a real target, and its plan. */
export interface LeakTarget {
  /** Of the secret, too. */
  readonly name: string;
  readonly rotator: string;
  readonly config: object;
  /** What Reeve logs in with; undefined: it needs nothing. */
  readonly admin?: SecretValue;
  /** The text that gets about. */
  readonly leak: (value: SecretValue) => string;
  /** Whether the target takes a value, asked past Reeve. */
  readonly takes: (value: SecretValue) => Promise<boolean>;
}
