import type { ServerSecrets } from '../../../secrets/secrets.ts';
import { type Operation, operation } from '../../operation.ts';
import { Because, CHANGE, changeOne, OneSecret, SECRETS } from './common.ts';
import { SecretView } from './views.ts';

/** What people say of what has changed at targets. */
export function driftOperations(secrets: ServerSecrets): Operation[] {
  return [
    operation({
      ...CHANGE,
      id: 'accept-secret-grants',
      method: 'POST',
      path: `${SECRETS}/{id}/accept`,
      summary: 'Says that what the account of a secret may do at its target is as it should be',
      params: OneSecret,
      body: Because,
      status: 200,
      response: SecretView,
      handle: ({ body: { reason }, ...asked }) =>
        changeOne(secrets, asked, reason, (id, by) => secrets.acceptGrants(id, by)),
    }),
  ];
}
