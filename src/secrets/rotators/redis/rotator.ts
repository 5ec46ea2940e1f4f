import type { SecretValue } from '../../model/index.ts';
import { type Rotator, type RotatorContext, TargetFault } from '../../rotation/rotator.ts';
import { member, portOf } from '../accounts/login.ts';
import { usersOf } from '../config.ts';
import { drawPassword } from '../password.ts';
import { doorsOf, nodesOf, RedisRotation } from './config.ts';
import type { Credential } from './connect.ts';
import { placeOf, RedisUsers } from './users.ts';

type Context = RotatorContext<RedisRotation>;

interface Login extends Credential {
  readonly host: string;
  readonly port: number;
}

/** Renews passwords of users of Redis. A user has the value before and the new one at once, until the overlap is over. */
export const redisRotator: Rotator<RedisRotation> = {
  kind: 'redis',
  config: RedisRotation,
  needsAdmin: false,
  target: (config) => `redis ${placeOf(config)} ${usersOf(config).join(' ')}`,

  make(context) {
    const { config, random } = context;
    const { host, port } = config;
    const password = drawPassword(config.password, random);
    return { username: nextUser(context), password, host, port: String(port) };
  },

  async set(context, pending) {
    const next = loginOf(pending);
    const { current, by } = proveOfPlan(context, next);
    const users = new RedisUsers(context);
    await proveCurrent(context, users, current, next);
    await users.check(by, usersOf(context.config));
    const { username, password } = next;
    if (current && current.username !== username) {
      await users.requireUser(by, current.username);
      await users.copy(by, current.username, username, password);
    } else {
      await users.requireUser(by, username);
      await users.add(by, username, password, current === undefined);
    }
  },

  async test(context, pending) {
    const login = loginOf(pending);
    const users = new RedisUsers(context);
    for (const door of doorsOf(context.config)) {
      if (await users.takes(door, login)) continue;
      const message = `${placeOf(door)} refuses the pending value of ${login.username}`;
      throw new TargetFault('refused', message);
    }
  },

  async undo(context, pending) {
    const login = loginOf(pending);
    const current = context.current && loginOf(context.current);
    const users = new RedisUsers(context);
    const by = adminOf(context) ?? current ?? login;
    if (current?.password === login.password) return;
    // a first value is given to a user whom others may use by passwords of their own
    const ends = current !== undefined && current.username !== login.username;
    await users.remove(by, login.username, login.password, { ends });
  },

  async finish(context) {
    if (!context.previous || !context.current) return;
    const [previous, current] = [loginOf(context.previous), loginOf(context.current)];
    const users = new RedisUsers(context);
    const by = adminOf(context) ?? current;
    const { username, password } = previous;
    if (username === current.username) {
      if (password === current.password) return;
      await users.remove(by, username, password, { heir: current.password });
      return;
    }
    const { accounts } = context.config;
    if (accounts.strategy !== 'alternating' || accounts.previous === 'keep') return;
    const sessions = await users.countSessions(by, username);
    if (sessions === 0) return users.remove(by, username, password, { closes: true });
    throw new TargetFault(
      'unreachable',
      `${sessions} sessions of ${username} are open: somebody still uses the value before`,
      'let its consumers take the current value, or revoke the version before, which ends them',
    );
  },

  async revoke(context, value) {
    const login = loginOf(value);
    const strange = strangeness(login, context.config);
    if (strange) throw new TargetFault('changed', `The value cannot be revoked here: ${strange}`);
    const current = context.current && loginOf(context.current);
    const isHeld = current?.username !== login.username || current.password === login.password;
    const by = adminOf(context) ?? (isHeld ? login : current);
    const users = new RedisUsers(context);
    if (!context.admin && !(await users.takes(context.config, by))) return;
    await users.remove(by, login.username, login.password, { ends: true });
  },

  async isRefused(context, value) {
    const login = loginOf(value);
    const users = new RedisUsers(context);
    for (const door of doorsOf(context.config)) {
      if (await users.takes(door, login)) return false;
    }
    return true;
  },

  async inspect(context) {
    const { current, previous, config } = context;
    const by = adminOf(context) ?? (current && loginOf(current));
    const user = current?.username ?? usersOf(config)[0];
    if (!by || user === undefined) return [];
    const passwords = [current, previous].flatMap((value) => value?.password ?? []);
    return new RedisUsers(context).inspect(by, user, passwords);
  },
};

/** @throws {TargetFault} `invalid` */
function loginOf(value: SecretValue): Login {
  const port = portOf(value);
  const [username, password] = [member(value, 'username'), member(value, 'password')];
  return { username, password, host: member(value, 'host'), port };
}

function adminOf({ admin }: Context): Credential | undefined {
  return admin && { username: member(admin, 'username'), password: member(admin, 'password') };
}

/** Whose turn it is. */
function nextUser({ config, current }: Context): string {
  const [first = '', second] = usersOf(config);
  return second !== undefined && current?.username === first ? second : first;
}

/** Why a value does not belong to a plan; undefined: it does. */
function strangeness(login: Login, config: RedisRotation): string | undefined {
  if (placeOf(login) !== placeOf(config)) {
    return `it is for ${placeOf(login)}, and the plan is for ${placeOf(config)}`;
  }
  if (usersOf(config).includes(login.username)) return undefined;
  return `it is of ${login.username}, whom the plan does not name`;
}

/** Proves that values belong to the plan, and says by whom the servers are changed. */
function proveOfPlan(
  context: Context,
  next: Login,
): { readonly current: Login | undefined; readonly by: Credential } {
  const { config } = context;
  const strange = strangeness(next, config);
  // the plan was changed after the value was made: another one is
  if (strange) throw new TargetFault('refused', `The pending value is of another plan: ${strange}`);
  const current = context.current && loginOf(context.current);
  const by = adminOf(context) ?? current;
  if (!by) {
    throw new TargetFault(
      'invalid',
      'There is neither a current value nor an administrator to set the first one by',
      'name the secret of an administrator in the plan, or write the current value',
    );
  }
  if (!context.admin && nodesOf(config).length > 1) {
    throw new TargetFault(
      'invalid',
      'Several servers need an administrator, and the plan names none',
      'name the secret of one in the plan: it has to be the same at each server',
    );
  }
  const isStrange = current && strangeness(current, config);
  if (!isStrange) return { current, by };
  throw new TargetFault(
    'changed',
    `The current value is not of this plan: ${isStrange}`,
    'set the plan right, or write a current value of it',
  );
}

/** Proves that the current value belongs to every server that does not take the pending one yet. */
async function proveCurrent(
  { config }: Context,
  users: RedisUsers,
  current: Login | undefined,
  next: Login,
): Promise<void> {
  if (!current) return;
  for (const node of nodesOf(config)) {
    if ((await users.takes(node, current)) || (await users.takes(node, next))) continue;
    throw new TargetFault(
      'changed',
      `${placeOf(node)} refuses the current value of ${current.username}: it is another server, lost its users at a restart, was brought back from a backup, or the user was changed by hand`,
      'write the value that works now as the current one, then rotate; or bring the users of this server in line with the others (aclfile and ACL LOAD)',
    );
  }
}
