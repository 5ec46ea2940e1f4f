import type { Attested } from '../attestation.ts';
import {
  type JoinFacts,
  type JoinToken,
  type JoinTokenUse,
  joinTokenId,
  redeemJoinToken,
} from './token.ts';

/** Where join tokens are kept. Each promise resolves when the change is durable. */
export interface JoinTokenStore {
  add(record: JoinToken): Promise<void>;
  /** Gives the record with this id to `step` and keeps what that returns in its place, with no other
   *  change of it in between: of two who use one token at once, the second sees that it is used. When
   *  `step` throws, nothing changes, and the promise rejects with what was thrown. */
  change<Result>(
    id: string,
    step: (found: JoinToken | undefined) => { readonly record: JoinToken; readonly shown: Result },
  ): Promise<Result>;
  /** Forgets tokens that expired before a time (milliseconds since 1970), and says how many. */
  removeExpired(before: number): Promise<number>;
}

/** What an agent presents. */
export interface JoinEvidence {
  readonly token: string;
  /** Who presents it, for whoever reads of a replay: an address, or the host's name for itself. */
  readonly from: string;
}

/** Says which agent a token makes, once.
 *  @throws {Fault} `identity/attestation-forbidden/join-token-…` */
export async function attestJoin(
  { token, from }: JoinEvidence,
  store: JoinTokenStore,
  now: JoinTokenUse['now'],
): Promise<Attested<JoinFacts>> {
  return store.change(joinTokenId(token), (found) => redeemJoinToken(found, { by: from, now }));
}
