import { z } from 'zod';
import type { SecretMetadata } from '../../../../secrets/keeping/index.ts';
import type { Asking } from '../../../../secrets/rotation/index.ts';
import type { Principal } from '../../../auth/authenticator.ts';
import type { ServerSecrets } from '../../../secrets/secrets.ts';
import { actorOf, checkOwner } from '../../principal.ts';
import { Reason } from '../texts.ts';
import { type SecretView, toView } from './views.ts';

export const SECRETS = '/api/v1/secrets';

/** What operations of secrets have in common. */
export const SEE = { tag: 'secrets', access: 'estate.read' } as const;
/** What belongs to a team, its people may change. */
export const CHANGE = { tag: 'secrets', access: 'secrets.write', isByOwner: true } as const;
/** What concerns others too. */
export const CHANGE_ALL = { tag: 'secrets', access: 'secrets.write' } as const;
export const VAULT = { tag: 'vault', access: 'vault.write' } as const;

/** Of a secret: `SERVICE/NAME`. */
export const SecretId = z.string().min(1).max(600);
export const OneSecret = z.strictObject({ id: SecretId });
export const Because = z.strictObject({ reason: Reason });
export const VersionNumber = z.int().min(1);

/** Who asks, and why, for the audit log. */
export const askingOf = (principal: Principal | undefined, reason: string): Asking => ({
  actor: actorOf(principal),
  reason,
});

/** A request that names a secret. */
export interface About {
  readonly params: z.infer<typeof OneSecret>;
  readonly principal: Principal | undefined;
}

/** What is asked of a secret by somebody who may change it.
 *  @throws {Fault} `secrets/secret-not-found`, `http/team-forbidden` */
export async function changeOne(
  secrets: ServerSecrets,
  { params, principal }: About,
  reason: string,
  change: (id: string, by: Asking) => Promise<unknown>,
): Promise<SecretView> {
  const secret = await secrets.find(params.id);
  checkOwner(principal, await secrets.ownerOf(secret));
  await change(params.id, askingOf(principal, reason));
  return view(secrets, await secrets.find(params.id));
}

/** What an operation answers about a secret. */
export async function view(secrets: ServerSecrets, secret: SecretMetadata): Promise<SecretView> {
  const [owner, problems] = [await secrets.ownerOf(secret), secrets.problemsOf(secret)];
  return toView(secret, { owner, problems });
}
