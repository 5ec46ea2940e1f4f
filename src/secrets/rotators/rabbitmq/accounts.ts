import { textAt } from '../../../base/pick.ts';
import { type RotatorContext, TargetFault } from '../../rotation/rotator.ts';
import type { Accounts, Change, Gift } from '../accounts/accounts.ts';
import { type Login, member, placeOf } from '../accounts/login.ts';
import { type Door, knock } from './amqp.ts';
import { managementOf, type RabbitmqRotation } from './config.ts';
import { ApiError, faultOf, isNotForUser, isRefusal } from './faults.ts';
import { hashPassword, NO_PASSWORD, SALT_BYTES } from './hashes.ts';
import {
  type Call,
  type Credential,
  countSessionsOf,
  endSessionsOf,
  withManagement,
} from './management.ts';
import { difference, type Right, readLimits, readRights, readTags, tellRight } from './rights.ts';

/** Users of a RabbitMQ, which a cluster has in common. */
export function rabbitmqAccounts(context: RotatorContext<RabbitmqRotation>): Accounts {
  const { config, admin } = context;
  const place = placeOf(managementOf(config));

  /** At work with the HTTP API, whose errors are told as what was tried. */
  const at = async <T>(by: Credential, doing: string, use: (call: Call) => Promise<T>) => {
    try {
      return await withManagement(context, by, async (call) => {
        await requireAdministrator(call, place);
        return use(call);
      });
    } catch (error) {
      throw faultOf(error, place, doing);
    }
  };

  return {
    async takes(login) {
      return (await tryAs(login, login.database)) !== 'refused';
    },

    async prove(login) {
      for (const vhost of config.consumers === 'amqp' ? config.vhosts : [login.database]) {
        const door = await tryAs(login, vhost);
        if (door === 'open') continue;
        if (door === 'elsewhere') throw await shutOut(login, vhost);
        const message = `${placeOf(login)} refuses the pending value of ${login.username}`;
        throw new TargetFault('refused', message);
      }
    },

    give: ({ by, user, password, like }: Gift) =>
      at(by, `changing the password of ${user}`, async (call) => {
        const source = await call('GET', ['users', like ?? user]);
        if (source === undefined) throw new ApiError(404, undefined);
        const tags = readTags(source).join(',');
        if (like !== undefined) {
          if ((await call('GET', ['users', user])) === undefined) {
            await call('PUT', ['users', user], { ...NO_PASSWORD, tags });
          }
          await copyRights(call, like, user);
          await copyLimits(call, like, user);
        }
        const algorithm = textAt(source, 'hashing_algorithm');
        const hash = hashPassword(password, context.random(SALT_BYTES), algorithm);
        await call('PUT', ['users', user], { ...hash, tags });
      }),

    lock: ({ by, user }) =>
      at(by, `taking the password of ${user} away`, async (call) => {
        const found = await call('GET', ['users', user]);
        if (found === undefined) return;
        // whatever is not sent with it would be lost
        await call('PUT', ['users', user], { ...NO_PASSWORD, tags: readTags(found).join(',') });
      }),

    endSessions: ({ by, user }: Change) =>
      at(by, `ending the sessions of ${user}`, (call) => endSessionsOf(call, user)),

    countSessions: ({ by, user }: Change) =>
      at(by, `counting the sessions of ${user}`, (call) => countSessionsOf(call, user, context)),

    inspect: ({ by, user }: Change) =>
      at(by, `looking at what ${user} may do`, async (call) => {
        const found = await call('GET', ['users', user]);
        if (found === undefined) return ['no such user'];
        return [
          ...readTags(found).map((tag) => `tag ${tag}`),
          ...(textAt(found, 'password_hash') === '' ? ['no password'] : []),
          ...(await rightsOf(call, user)).map(tellRight),
          ...[...(await limitsOf(call, user))].map(([name, most]) => `${name} ${most}`),
        ].sort();
      }),
  };

  /** What the broker says to a value, where its consumers log in. */
  async function tryAs(login: Login, vhost: string): Promise<Door> {
    try {
      if (config.consumers === 'amqp') return await knock(context, login, vhost);
      await withManagement(context, login, (call) => call('GET', ['whoami']));
      return 'open';
    } catch (error) {
      if (isRefusal(error)) return 'refused';
      if (isNotForUser(error)) return 'elsewhere';
      const where = config.consumers === 'amqp' ? placeOf(login) : place;
      throw faultOf(error, where, `logging in as ${login.username}`);
    }
  }

  /** The broker tells nobody why it shuts him out, so the administrator looks. */
  async function shutOut({ username }: Login, vhost: string): Promise<TargetFault> {
    if (config.consumers === 'management') {
      return new TargetFault(
        'denied',
        `${place} takes the value of ${username}, who may not use the HTTP API`,
        'give the user the tag `management`, or let `consumers` be `amqp`',
      );
    }
    const by = {
      username: member(admin ?? {}, 'username'),
      password: member(admin ?? {}, 'password'),
    };
    const rights = await at(by, `looking at what ${username} may do`, (call) =>
      rightsOf(call, username),
    );
    if (rights.some((right) => right.vhost === vhost)) {
      return new TargetFault(
        'unreachable',
        `${place} takes no more connections of ${username}, or none to the virtual host ${vhost}: a limit is reached`,
        'see max-connections of the user and of the virtual host',
      );
    }
    return new TargetFault(
      'denied',
      `${place} takes the value of ${username}, who has no permissions in the virtual host ${vhost}`,
      'give them (rabbitmqctl set_permissions), or take it out of `vhosts`; it may have been deleted',
    );
  }
}

async function requireAdministrator(call: Call, place: string): Promise<void> {
  const tags = readTags(await call('GET', ['whoami']));
  if (tags.includes('administrator')) return;
  throw new ApiError(401, { reason: 'Not administrator user', place });
}

async function rightsOf(call: Call, user: string): Promise<Right[]> {
  const rights = readRights(await call('GET', ['users', user, 'permissions']));
  return [...rights, ...readRights(await call('GET', ['users', user, 'topic-permissions']))];
}

async function limitsOf(call: Call, user: string): Promise<ReadonlyMap<string, number>> {
  return readLimits(await call('GET', ['user-limits', user]));
}

/** Each request can be made again. Whoever is made like another has no password yet, or the one of its last turn. */
async function copyRights(call: Call, source: string, user: string): Promise<void> {
  const { gone, set } = difference(await rightsOf(call, source), await rightsOf(call, user));
  const path = ({ vhost, exchange }: Right) => [
    ...[exchange === undefined ? 'permissions' : 'topic-permissions', vhost, user],
  ];
  for (const right of gone) await call('DELETE', path(right));
  for (const right of set) {
    const { vhost: _, ...rest } = right;
    await call('PUT', path(right), rest);
  }
}

async function copyLimits(call: Call, source: string, user: string): Promise<void> {
  const [wanted, had] = [await limitsOf(call, source), await limitsOf(call, user)];
  for (const name of had.keys()) {
    if (!wanted.has(name)) await call('DELETE', ['user-limits', user, name]);
  }
  for (const [name, value] of wanted) {
    if (had.get(name) !== value) await call('PUT', ['user-limits', user, name], { value });
  }
}
