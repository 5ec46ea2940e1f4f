import type { Left, Retirer } from '../../assurance/offboarding/index.ts';
import type { EstateStore } from '../../estate/index.ts';
import type { Registrar } from '../../identity/registration/index.ts';
import type { ApiKeys } from '../../secrets/api-keys/index.ts';
import type { DynamicCredentials, Lease } from '../../secrets/dynamic/index.ts';
import { allOf, ofEach } from '../all-of.ts';
import type { People } from '../auth/people.ts';
import type { Decisions } from '../decisions.ts';

const LEFT = { where: null, isUnderWay: false, problem: null };
const MAX_ENTRIES = 1_000;

/** Registrations of nobody but the services that leave: what they were issued is revoked with them. */
export const identities = (registrar: Registrar): Retirer => ({
  kind: 'identity',
  left: async ({ services }) => {
    const entries = await ofEach(services, async (service) => {
      const { items } = registrar.list({ limit: MAX_ENTRIES, service });
      return items.filter((entry) => entry.services.every((one) => services.has(one)));
    });
    const unique = new Map(entries.map((entry) => [entry.id, entry]));
    return [...unique.values()].map(({ id, spiffeId }) => ({
      ...{ ...LEFT, id, what: `retire ${spiffeId}, and revoke its SVIDs` },
    }));
  },
  retire: async (id, _leaving, by) => {
    await registrar.remove([id], by);
  },
});

/** Nobody calls what is retired: it is denied everywhere. */
export const endpoints = (store: EstateStore, decisions: Decisions): Retirer => ({
  kind: 'endpoint',
  left: async ({ services }) => {
    const all = await ofEach(services, (service) =>
      allOf((query) => store.endpoints(query), { service, visibility: 'all', blocked: 'false' }),
    );
    return all.map(({ id }) => ({ ...LEFT, id, what: `block ${id}` }));
  },
  retire: async (id, _leaving, by) => {
    await decisions.decide([id], { action: 'block' }, by);
  },
});

/** Short-lived users that the services hold. */
export const leases = (dynamic: DynamicCredentials): Retirer => ({
  kind: 'lease',
  left: async ({ services }) =>
    dynamic
      .list()
      .filter(({ service, state }) => services.has(service) && state !== 'ended')
      .map((lease) => ({
        ...{ id: lease.id, where: null, what: `end the user ${lease.username} of ${lease.role}` },
        isUnderWay: lease.state === 'ending' || lease.state === 'abandoned',
        problem: lease.removal?.problem ?? null,
      })),
  retire: async (id, _leaving, by) => {
    await dynamic.end(id, by);
  },
});

const isOpenOf = (id: string, { role, state }: Lease): boolean =>
  role === id && state !== 'ended' && state !== 'abandoned';

/** What short-lived users were made by. */
export const roles = (dynamic: DynamicCredentials): Retirer => ({
  kind: 'role',
  left: async ({ services }) =>
    dynamic
      .roles()
      .filter(({ service }) => services.has(service))
      .map(({ id, closedAt }) => ({
        ...{ ...LEFT, id, what: `remove the role ${id}, and end its leases` },
        // no lease of a closed role is new: it is removed when the last of them has ended
        isUnderWay: closedAt !== null && dynamic.list().some((lease) => isOpenOf(id, lease)),
      })),
  retire: async (id, _leaving, by) => {
    await dynamic.endLeasesOf({ role: id }, by);
    await dynamic.removeRole(id, by);
  },
});

export const apiKeys = (keys: ApiKeys): Retirer => ({
  kind: 'api-key',
  left: async ({ services }) =>
    [...keys.list()]
      .filter(({ service, revokedAt }) => services.has(service) && revokedAt === null)
      .map(({ id }) => ({ ...LEFT, id, what: `revoke the API key ${id}` })),
  retire: async (id, _leaving, by) => {
    await keys.revoke(id, by);
  },
});

/** Tokens that are for the team alone. */
export const people = (known: People): Retirer => ({
  kind: 'person',
  left: async ({ team }) =>
    (await known.list())
      .filter(({ teams }) => teams?.length === 1 && teams[0] === team)
      .map(({ name }) => ({ ...LEFT, id: name, what: `take the token of ${name} away` })),
  retire: (id, _leaving, by) => known.remove(id, by),
});

/** What stands in repositories, and was found by scans: people take it out, and what they have taken out is no longer
 *  found. */
export const inRepositories = (store: EstateStore): Retirer => ({
  kind: 'repository',
  left: async ({ services }) => [
    ...(await ofEach(services, (service) => declarationsOf(store, service))),
    ...(await ofEach(services, (service) => callsTo(store, service, services))),
    ...(await ofEach(services, (service) => credentialsOf(store, service))),
  ],
});

async function declarationsOf(store: EstateStore, service: string): Promise<Left[]> {
  const { items } = await store.services({ limit: 1, filter: { id: service } });
  const sources = items.flatMap((one) => one.sources);
  return sources
    .filter(({ how }) => how === 'declared' || how === 'configured')
    .map(({ how, file, line }) => {
      const where = placeOf(file, line);
      const what = `take what ${how === 'declared' ? 'declares' : 'runs'} ${service} out`;
      return { ...LEFT, id: `${service} ${how} ${where}`, what, where };
    });
}

async function callsTo(
  store: EstateStore,
  service: string,
  leaving: ReadonlySet<string>,
): Promise<Left[]> {
  const calls = await allOf((query) => store.calls(query), { to: service });
  return calls
    .filter(({ declared, from }) => declared && !leaving.has(from))
    .map(({ id, from, operation, sources }) => ({
      ...{ ...LEFT, id, what: `take the call of ${from} to ${operation} out of its declaration` },
      where: sources[0] ? placeOf(sources[0].file, sources[0].line) : null,
    }));
}

async function credentialsOf(store: EstateStore, service: string): Promise<Left[]> {
  const credentials = await allOf((query) => store.credentials(query), { service });
  return credentials
    .filter(({ secret }) => secret === null)
    .map(({ id, name, locations: [first] }) => ({
      ...{ ...LEFT, id, what: `revoke ${name} where it was issued, and take it out` },
      where: first ? placeOf(first.file, first.line) : null,
    }));
}

const placeOf = (file: string | undefined, line: number | undefined): string =>
  `${file ?? 'unknown'}${line === undefined ? '' : `:${line}`}`;
