import type { Principal } from '../auth/authenticator.ts';

/** Who the audit log says it was. */
export function actorOf(principal: Principal | undefined): string {
  if (principal === undefined)
    throw new RangeError('an operation that changes something is guarded');
  return principal.name;
}
