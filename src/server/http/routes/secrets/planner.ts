import { Fault } from '../../../../base/fault.ts';
import { adminsOf, type RotationPlan } from '../../../../secrets/model/index.ts';
import type { Claims } from '../../../../secrets/rotation/index.ts';
import type { Principal } from '../../../auth/authenticator.ts';
import type { ServerSecrets } from '../../../secrets/secrets.ts';
import { actorOf, checkOwner } from '../../principal.ts';

/** Who says how a secret is renewed has Reeve log in with other secrets, wherever the plan says, and has values made that
 *  speak for services, or let into them: all of those have to be theirs, too. What others have made is replaced by nobody
 *  who is bound to teams, and Reeve logs in as itself for none of them: the plan says to whom.
 *  @param service of the secret
 *  @throws {Fault} `http/team-forbidden`, `secrets/secret-not-found` */
export async function checkPlanner(
  principal: Principal | undefined,
  service: string,
  plan: RotationPlan | null,
  secrets: Pick<ServerSecrets, 'find' | 'ownerOf' | 'rotators'>,
): Promise<void> {
  if (principal?.teams === undefined || plan === null) return;
  for (const id of adminsOf(plan)) {
    checkOwner(principal, await secrets.ownerOf(await secrets.find(id)));
  }
  const { services = [], isAsReeve = false } = await claimsOf(plan, service, secrets);
  for (const claimed of services) {
    checkOwner(principal, await secrets.ownerOf({ service: claimed, owner: null }));
  }
  if (isAsReeve || plan.deliver.some((target) => target.kind === 'kv' && isJwt(target))) {
    throw forbidden(
      `${actorOf(principal)} may not have Reeve log in as itself`,
      'name a secret to log in with in `admin`',
    );
  }
  if (!plan.deliver.some(({ takeOver }) => takeOver)) return;
  throw forbidden(
    `${actorOf(principal)} may not have replaced what others have made`,
    'leave `takeOver` out',
  );
}

/** Of what no rotator takes, nothing is claimed: it is refused as it is. */
async function claimsOf(
  { rotator: kind, config }: RotationPlan,
  service: string,
  { rotators }: Pick<ServerSecrets, 'rotators'>,
): Promise<Claims> {
  const rotator = await rotators.get(kind);
  const read = rotator?.config.safeParse(config);
  return (read?.success && rotator?.claims?.(read.data, service)) || {};
}

const isJwt = ({ auth }: { readonly auth: { readonly method: string } }): boolean =>
  auth.method === 'jwt';

const forbidden = (message: string, hint: string) =>
  new Fault('http/team-forbidden', message, {
    hint: `${hint}, or ask whoever holds a token that is bound to no team`,
  });
