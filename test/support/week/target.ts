import type { SecretValue } from '../../../src/secrets/model/index.ts';
import type { Way } from '../killed/way.ts';

/** What has users that Reeve renews. */
export interface WeekTarget {
  /** Of the secret: `orders-db`. */
  readonly name: string;
  readonly rotator: string;
  readonly config: object;
  readonly admin: Readonly<Record<string, string>>;
  /** By which Reeve reaches it; consumers have another one. */
  readonly way: Way;
  /** Logs in, as a consumer does.
   *  @throws where the value is refused */
  logIn(value: SecretValue): Promise<void>;
}
