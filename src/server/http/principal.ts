import { Fault } from '../../base/fault.ts';
import type { Principal } from '../auth/authenticator.ts';

/** Who the audit log says it was. */
export function actorOf(principal: Principal | undefined): string {
  if (principal === undefined)
    throw new RangeError('an operation that changes something is guarded');
  return principal.name;
}

/** For operations that are marked with `isByOwner`.
 *  @param owner the team that answers; null: none is known
 *  @throws {Fault} `http/team-forbidden` where the principal is bound to other teams */
export function checkOwner(principal: Principal | undefined, owner: string | null): void {
  const teams = principal?.teams;
  if (teams === undefined || (owner !== null && teams.has(owner))) return;
  throw new Fault(
    'http/team-forbidden',
    `It belongs to ${owner ?? 'nobody yet'}, and ${actorOf(principal)} is let in for ${[...teams].join(', ')}`,
    { hint: 'ask that team, or whoever holds a token that is bound to no team' },
  );
}
