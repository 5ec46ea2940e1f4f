import type { ApiKeyGrant, KeyState } from '../../api-keys/index.ts';
import type { Asking } from '../../rotation/index.ts';

/** What a rotator asks of who keeps API keys.
 *  @throws {Fault} `estate/unavailable`, and what is said there */
export interface ApiKeyPort {
  /** Makes a text a key; one that is a key already, revoked or not, stays as it is.
   *  @throws {Fault} `secrets/api-key-conflict`, `secrets/api-keys-too-many` */
  register(text: string, grant: ApiKeyGrant, by: Asking, secret: string): Promise<unknown>;
  /** Ends the key of a name: when it resolves, the key is refused.
   *  @throws {Fault} `secrets/api-key-not-found` */
  revoke(id: string, by: Asking): Promise<unknown>;
  stateOf(text: string): KeyState;
  /** How long another process may not know of a change. */
  readonly settleSeconds: number;
}
