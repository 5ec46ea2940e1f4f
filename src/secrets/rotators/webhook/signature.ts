import { WEBHOOK_KEY_WORDS, webhookKey } from '../../../base/webhook-signature.ts';
import type { SecretValue } from '../../model/index.ts';
import { TargetFault } from '../../rotation/index.ts';

export { signedHeaders as signed } from '../../../base/webhook-signature.ts';

/** The key that messages are signed with: the member `secret`, or `value`, of the administrator's value.
 *  @throws {TargetFault} `denied` */
export function keyOf(admin: SecretValue | undefined): Buffer {
  const key = webhookKey(admin?.secret ?? admin?.value ?? '');
  if (key) return key;
  throw new TargetFault(
    'denied',
    'The secret by which messages are signed is none',
    `give it a member \`secret\`: ${WEBHOOK_KEY_WORDS}`,
  );
}
