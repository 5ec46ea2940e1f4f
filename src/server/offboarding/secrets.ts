import type { Left, Retirer } from '../../assurance/offboarding/index.ts';
import type { SecretKeeping, SecretMetadata } from '../../secrets/keeping/index.ts';
import { type Dependent, isWaitedFor, neededFor } from './needed.ts';

/** Secrets of the services: revoked at their targets first, and forgotten once those refuse them. One by which targets
 *  are changed is needed until nothing is there that is changed by it: what stays has to be given another one by people.
 *  @param roles of short-lived users */
export const ownSecrets = (
  keeping: SecretKeeping,
  roles: () => Iterable<Dependent & { readonly admin: string }>,
): Retirer => ({
  kind: 'secret',
  left: async ({ services }) => {
    const needed = neededFor(keeping.list(), roles());
    return [...keeping.list()]
      .filter(({ service }) => services.has(service))
      .map((secret) => {
        const stays = needed.get(secret.id)?.find(({ service }) => !services.has(service));
        if (stays) return { ...leftOf(secret), isByHand: true, problem: neededBy(stays) };
        return isWaitedFor(secret.id, needed)
          ? { ...leftOf(secret), isUnderWay: true }
          : leftOf(secret);
      });
  },
  retire: async (id, _leaving, by) => {
    const secret = keeping.get(id);
    if (secret === undefined) return;
    if (secret.plan !== null && secret.run === null && openOf(secret).length === 0) {
      return keeping.remove(id, by);
    }
    if (secret.run !== null) await keeping.change(id, { event: 'cancel', by });
    if (openOf(secret).length === 0) return keeping.remove(id, by);
    await keeping.change(id, { event: 'revoke', versions: 'all', by });
  },
});

const neededBy = ({ id }: Dependent): string =>
  `${id} is changed by it, and stays: name another \`admin\` there`;

type Version = SecretMetadata['versions'][number];

/** Versions that may still work at the target. */
const openOf = ({ versions }: SecretMetadata): readonly Version[] =>
  versions.filter(({ isKept, revokedAt }) => isKept && revokedAt === null);

function leftOf(secret: SecretMetadata): Left {
  const open = openOf(secret);
  const asked = open.filter(({ revocation }) => revocation !== null);
  const troubled = asked.find(({ revocation }) => revocation?.problem != null);
  return {
    ...{ id: secret.id, where: null },
    what: open.length > 0 ? `revoke all values of ${secret.id}` : `forget ${secret.id}`,
    isUnderWay: secret.run === null && open.length > 0 && asked.length === open.length,
    problem: troubled?.revocation?.problem ?? null,
  };
}

/** Whether readers may have the value that a renewal is about, so that it takes another one, after it. */
const isKnownAlready = (run: SecretMetadata['run']): boolean => run !== null && run.step !== 'make';

/** Secrets of others that the services may read: they are read by them no longer, and what they knew is renewed. Where
 *  nothing renews one, people do both: it is left until then. */
export const sharedSecrets = (keeping: SecretKeeping): Retirer => ({
  kind: 'shared-secret',
  left: async ({ services }) =>
    [...keeping.list()]
      .filter(
        ({ service, consumers }) =>
          !services.has(service) && consumers.some((one) => services.has(one)),
      )
      .map(({ id, plan, run }) => ({
        ...{ id, where: null, isUnderWay: isKnownAlready(run), isByHand: plan === null },
        what: plan
          ? `take the readers that leave from ${id}, and renew it`
          : `give ${id} another value, then take the readers that leave from it`,
        problem: plan ? (run?.problem ?? null) : 'no plan says how it is renewed',
      })),
  retire: async (id, { services }, by) => {
    const secret = keeping.get(id);
    if (secret === undefined || secret.plan === null || isKnownAlready(secret.run)) return;
    if (secret.run === null) await keeping.change(id, { event: 'rotate', by });
    const consumers = secret.consumers.filter((one) => !services.has(one));
    await keeping.edit(id, { consumers }, by);
  },
});
