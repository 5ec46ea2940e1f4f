import { z } from 'zod';
import { Fault, quote } from '../../../base/fault.ts';
import { Credential } from '../../../estate/index.ts';
import type { Principal } from '../../auth/authenticator.ts';
import type { CredentialOwners } from '../../credential-owners.ts';
import { type Operation, operation } from '../operation.ts';
import { actorOf, checkOwner } from '../principal.ts';
import { Id, Reason, Team } from './texts.ts';

/** What people say of credentials, whoever knows of these. */
export function credentialOperations(owners: CredentialOwners): Operation[] {
  return [
    operation({
      id: 'assign-credential',
      method: 'POST',
      path: '/api/v1/credentials/{id}/owner',
      tag: 'credentials',
      summary: 'Says which team answers for a credential, whatever was inferred',
      access: 'secrets.write',
      isByOwner: true,
      params: z.strictObject({ id: Id }),
      body: z.strictObject({
        /** Null: takes back what people have said. */
        owner: Team.nullable(),
        reason: Reason,
      }),
      status: 200,
      response: z.strictObject({
        /** False: it holds, and the estate is still being judged with it. */
        judged: z.boolean(),
        /** Null where it is still being judged. */
        credential: Credential.nullable(),
      }),
      handle: ({ params: { id }, body: { owner, reason }, principal }) =>
        owners.assign({
          ...{ id, owner, by: { actor: actorOf(principal), reason } },
          check: (now) => checkAssignment(principal, now, owner),
        }),
    }),
  ];
}

/** People of a team take what nobody answers for, and give nothing to others. What Reeve keeps can be read by whoever
 *  answers, so that nobody takes it for themselves.
 *  @throws {Fault} `http/team-forbidden` */
function checkAssignment(
  principal: Principal | undefined,
  now: { readonly owner: string | null; readonly isKept: boolean },
  owner: string | null,
): void {
  if (now.owner !== null || now.isKept) checkOwner(principal, now.owner);
  const teams = principal?.teams;
  if (owner === null || teams === undefined || teams.has(owner)) return;
  throw new Fault(
    'http/team-forbidden',
    `${actorOf(principal)} answers for ${[...teams].join(', ')}, and so cannot name ${quote(owner)}`,
    { hint: 'ask that team to take it, or whoever holds a token that is bound to no team' },
  );
}
