import type { Hop } from '../hop.ts';
import type { Moment } from './moment.ts';
import type { Tables } from './tables.ts';

/** For how long a service is taken to run where it was last seen: half as long as it has been there. */
const STAYS = 0.5;
const LEAST_SECONDS = 1_800;
const MOST_SECONDS = 86_400;

/** The service that runs where a request came from of which nobody says who sent it. 0: none is known to run there, or
 *  what was proved is another's account.
 *  @param mayBe whether a service goes by a proved identity, as far as the estate knows */
export function callerByPlace(
  tables: Tables,
  hop: Hop,
  when: Moment,
  mayBe: (principal: number, service: number) => boolean,
): number {
  const { addresses, accounts } = tables;
  const { address, principal, callee } = hop;
  const owner = address === 0 ? 0 : addresses.owner(address);
  if (owner === 0 || owner === callee || addresses.isShared(address, when)) return 0;
  const quiet = when.second - addresses.last(address);
  if (quiet > MOST_SECONDS) return 0;
  if (principal !== 0) {
    const isKnown = accounts.isKnown(accounts.find(principal, owner), when, false);
    return isKnown || mayBe(principal, owner) ? owner : 0;
  }
  const been = addresses.last(address) - addresses.since(address);
  return quiet > Math.max(LEAST_SECONDS, been * STAYS) ? 0 : owner;
}
