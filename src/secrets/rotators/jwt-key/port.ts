import type { KeySet, PublicKey } from '../../key-sets/index.ts';
import type { Asking } from '../../rotation/index.ts';

/** What a rotator asks of who publishes keys. Each change may be made again after it was made.
 *  @throws {Fault} `estate/unavailable`, and what is said there */
export interface KeySetPort {
  read(secret: string): Promise<KeySet | undefined>;
  /** @throws {Fault} `secrets/key-set-too-many` */
  publish(secret: string, key: PublicKey, maxAgeSeconds: number, by: Asking): Promise<void>;
  /** The key ends at `until` (milliseconds since 1970): then its last token has. */
  retire(secret: string, kid: string, until: number, by: Asking): Promise<void>;
  withdraw(secret: string, kid: string, by: Asking): Promise<void>;
}
