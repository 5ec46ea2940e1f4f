import type { SecretMetadata } from '../../secrets/keeping/index.ts';
import { adminsOf } from '../../secrets/model/index.ts';

/** What is changed at its target by means of a secret: another secret, or a role of short-lived users. */
export interface Dependent {
  readonly id: string;
  /** The id of the service that it belongs to. */
  readonly service: string;
}

interface Role extends Dependent {
  readonly admin: string;
}

/** What each secret is needed for, by its id. */
export type Needed = ReadonlyMap<string, readonly Dependent[]>;

export function neededFor(
  secrets: Iterable<Pick<SecretMetadata, 'id' | 'service' | 'plan'>>,
  roles: Iterable<Role>,
): Needed {
  const needed = new Map<string, Dependent[]>();
  const add = (admin: string, { id, service }: Dependent) =>
    needed.set(admin, [...(needed.get(admin) ?? []), { id, service }]);
  for (const secret of secrets) {
    for (const admin of secret.plan ? adminsOf(secret.plan) : []) add(admin, secret);
  }
  for (const role of roles) add(role.admin, role);
  return needed;
}

/** Whether a secret has to wait for what is changed by means of it. Of those that change each other, none waits: nothing
 *  would ever be first. */
export function isWaitedFor(id: string, needed: Needed): boolean {
  const reached = new Set(needed.get(id)?.map((one) => one.id));
  // a set is gone through with what is added to it meanwhile
  for (const one of reached) for (const next of needed.get(one) ?? []) reached.add(next.id);
  return reached.size > 0 && !reached.has(id);
}
