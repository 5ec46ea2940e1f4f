import { Fault } from '../../base/fault.ts';

/** Why a token is refused: `identity/jwt-invalid/REASON`. A token is a secret while it lives: only its
 *  subject, audience, key id and algorithm are ever quoted. */
export function refuseToken(reason: string, why: string, hint?: string): Fault {
  const details = hint === undefined ? {} : { hint };
  return new Fault(`identity/jwt-invalid/${reason}`, `the token ${why}`, details);
}
