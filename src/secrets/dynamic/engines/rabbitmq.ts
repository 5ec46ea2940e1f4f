import { z } from 'zod';
import { listAt, textAt } from '../../../base/pick.ts';
import { TargetFault } from '../../rotation/index.ts';
import { member, placeOf } from '../../rotators/accounts/login.ts';
import { nameOf } from '../../rotators/config.ts';
import { drawPassword } from '../../rotators/password.ts';
import { managementOf, rabbitmqShape } from '../../rotators/rabbitmq/config.ts';
import { faultOf } from '../../rotators/rabbitmq/faults.ts';
import { hashPassword, SALT_BYTES } from '../../rotators/rabbitmq/hashes.ts';
import {
  type Call,
  countSessionsOf,
  endSessionsOf,
  withManagement,
} from '../../rotators/rabbitmq/management.ts';
import type { Engine, EngineContext } from '../engine.ts';

/** A RabbitMQ, with its HTTP API. */
export const RabbitmqTarget = z.strictObject(rabbitmqShape);
export type RabbitmqTarget = z.infer<typeof RabbitmqTarget>;

const Pattern = z
  .string()
  .max(1_000)
  .default('^$')
  .describe('Regular expression of RabbitMQ over names; `^$`: none');

export const RabbitmqGrants = z.strictObject({
  permissions: z
    .array(
      z.strictObject({
        vhost: nameOf(128),
        configure: Pattern,
        write: Pattern,
        read: Pattern,
      }),
    )
    .min(1)
    .max(50)
    .describe('What the users may do, by virtual host; values name the first one'),
  tags: z
    .array(z.enum(['management', 'policymaker', 'monitoring']))
    .max(3)
    .default([])
    .describe('What the users may do in the HTTP API; nobody is made an administrator'),
});
export type RabbitmqGrants = z.infer<typeof RabbitmqGrants>;

type Context = EngineContext<RabbitmqTarget>;

/** Users of RabbitMQ, which a cluster has in common.
 *  @see the HTTP API of the management plugin, `users` and `permissions` */
export const rabbitmqEngine: Engine<RabbitmqTarget, RabbitmqGrants> = {
  kind: 'rabbitmq',
  config: RabbitmqTarget,
  grants: RabbitmqGrants,
  target: (config) => placeOf(managementOf(config)),

  async make(context, { username, grants }) {
    const { config, random } = context;
    const password = drawPassword(config.password, random);
    const hash = hashPassword(password, random(SALT_BYTES), undefined);
    await asAdmin(context, `making the user ${username}`, async (call) => {
      for (const { vhost } of grants.permissions) {
        if ((await call('GET', ['vhosts', vhost])) === undefined) throw noSuchVhost(vhost);
      }
      await call('PUT', ['users', username], { ...hash, tags: grants.tags.join(',') });
      for (const { vhost, ...patterns } of grants.permissions) {
        await call('PUT', ['permissions', vhost, username], patterns);
      }
    });
    const { host, port } = config;
    const vhost = grants.permissions[0]?.vhost ?? '/';
    return { username, password, host, port: String(port), vhost };
  },

  // a broker knows of no time at which a user ends
  extend: async () => {},

  remove: (context, username) =>
    asAdmin(context, `taking the user ${username} away`, async (call) => {
      // nobody logs in from here on; then those go who are in
      await call('DELETE', ['users', username]);
      await endSessions(context, call, username);
    }),

  isGone: (context, username) =>
    asAdmin(context, `looking for the user ${username}`, async (call) => {
      if ((await call('GET', ['users', username])) !== undefined) return false;
      return (await countSessionsOf(call, username, context)) === 0;
    }),

  usernames: (context, prefix, most) =>
    asAdmin(context, 'listing users', async (call) => {
      const names = listAt(await call('GET', ['users'])).map((user) => textAt(user, 'name') ?? '');
      return names
        .filter((name) => name.startsWith(prefix))
        .sort()
        .slice(0, most);
    }),
};

/** How often it is looked whether sessions have ended. */
const LOOK_MILLISECONDS = 100;

/** At work with the HTTP API, whose errors are told as what was tried. */
async function asAdmin<T>(
  { config, admin, signal }: Context,
  doing: string,
  use: (call: Call) => Promise<T>,
): Promise<T> {
  const by = { username: member(admin, 'username'), password: member(admin, 'password') };
  try {
    return await withManagement({ config, signal }, by, use);
  } catch (error) {
    throw faultOf(error, placeOf(managementOf(config)), doing);
  }
}

const noSuchVhost = (vhost: string): TargetFault =>
  new TargetFault(
    'changed',
    `There is no virtual host ${vhost}`,
    'see whether it was deleted, or take it out of the role',
  );

/** A broker ends sessions a moment after it is told to, and lists one a moment after it began. */
async function endSessions({ config, signal }: Context, call: Call, username: string) {
  const deadline = Date.now() + config.requestSeconds * 1_000;
  for (;;) {
    await endSessionsOf(call, username);
    const sessions = await countSessionsOf(call, username, { signal });
    if (sessions === 0) return;
    if (Date.now() > deadline || signal.aborted) {
      throw new TargetFault('unreachable', `${sessions} sessions of ${username} do not end`);
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_MILLISECONDS));
  }
}
