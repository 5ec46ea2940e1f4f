import type { z } from 'zod';
import { type Rotator, type RotatorContext, TargetFault } from '../../rotation/rotator.ts';
import { usersOf } from '../config.ts';
import { drawPassword } from '../password.ts';
import type { Accounts } from './accounts.ts';
import { type AccountsConfig, type Division, type Login, Logins, placeOf } from './login.ts';

/** The rotator of accounts that have one password each.
 *  @param open what does the work at the server; nothing is connected yet */
export function accountRotator<Config extends AccountsConfig>(
  kind: string,
  config: z.ZodType<Config>,
  open: (context: RotatorContext<Config>) => Accounts,
  division: Division<Config>,
): Rotator<Config> {
  type Context = RotatorContext<Config>;
  const logins = new Logins(division);
  const currentOf = ({ current }: Context) => current && logins.read(current);

  /** By whom the target is changed: whoever the value lets in, where the plan has nobody else. */
  const changer = (context: Context, itself: Login): Login =>
    context.admin ? logins.admin(context.admin, context.config) : itself;

  return {
    kind,
    config,
    needsAdmin: false,
    target: (settings) => `${kind} ${placeOf(settings)} ${usersOf(settings).join(' ')}`,

    make(context) {
      const { config: settings, random } = context;
      const password = drawPassword(settings.password, random);
      return logins.write(settings, nextUser(settings, currentOf(context)), password);
    },

    async set(context, pending) {
      const next = logins.read(pending);
      checkPending(context, next);
      const accounts = open(context);
      if (await accounts.takes(next)) return;
      const current = await proveCurrent(context, accounts);
      const { username: user, password } = next;
      const like = current && current.username !== user ? current.username : undefined;
      const by = changer(context, current ?? next);
      const opens = like !== undefined || current === undefined;
      await accounts.give({ by, user, password, like, opens });
    },

    async test(context, pending) {
      const login = logins.read(pending);
      await open(context).prove(login);
    },

    async undo(context, pending) {
      const login = logins.read(pending);
      const current = currentOf(context);
      const accounts = open(context);
      const by = changer(context, login);
      if (current?.username !== login.username) {
        // what has not been set is nobody's, and an account that was there before keeps what it has
        if (!(await accounts.takes(login))) return;
        const isKeptOpen = current === undefined;
        await accounts.lock({ by, user: login.username, isKeptOpen });
        if (context.admin) await accounts.endSessions({ by, user: login.username });
      } else if (current.password !== login.password && !(await accounts.takes(current))) {
        if (!(await accounts.takes(login))) throw changedByOthers(current);
        await accounts.give({
          by,
          user: current.username,
          password: current.password,
          like: undefined,
          opens: false,
        });
      }
    },

    async finish(context) {
      const { accounts: plan } = context.config;
      if (plan.strategy === 'single' || plan.previous === 'keep' || !context.previous) return;
      const [previous, current] = [logins.read(context.previous), currentOf(context)];
      if (!current || previous.username === current.username) return;
      const accounts = open(context);
      const change = { by: changer(context, previous), user: previous.username };
      const sessions = await accounts.countSessions(change);
      if (sessions === 0) return accounts.lock({ ...change, isKeptOpen: false });
      throw new TargetFault(
        'unreachable',
        `${sessions} sessions of ${previous.username} are open: somebody still uses the value before`,
        'let its consumers take the current value, or revoke the version before, which ends them',
      );
    },

    async revoke(context, value) {
      const login = logins.read(value);
      const strange = logins.strangeness(login, context.config);
      if (strange) throw new TargetFault('changed', `The value cannot be revoked here: ${strange}`);
      const accounts = open(context);
      const current = currentOf(context);
      const heir = current?.username === login.username ? current : undefined;
      const isHeld = await accounts.takes(login);
      if (isHeld && heir && heir.password !== login.password) {
        // the account is that of the current value, which is to work
        const by = changer(context, login);
        await accounts.give({
          by,
          user: heir.username,
          password: heir.password,
          like: undefined,
          opens: false,
        });
      } else if (isHeld) {
        const user = login.username;
        await accounts.lock({ by: changer(context, login), user, isKeptOpen: false });
      }
      await endSessions(context, accounts, login, heir);
    },

    async isRefused(context, value) {
      return !(await open(context).takes(logins.read(value)));
    },

    async inspect(context) {
      const current = currentOf(context);
      const user = current?.username ?? usersOf(context.config)[0];
      const by = context.admin ? logins.admin(context.admin, context.config) : current;
      if (by === undefined || user === undefined) return [];
      return open(context).inspect({ by, user });
    },
  };

  function checkPending({ config: settings, admin }: Context, pending: Login): void {
    if (settings.accounts.strategy === 'alternating' && !admin) {
      throw new TargetFault(
        'invalid',
        'Alternating accounts need an administrator, and the plan names none',
        'name the secret of one in the plan, or use the strategy `single`',
      );
    }
    const strange = logins.strangeness(pending, settings);
    // the plan was changed after the value was made: another one is
    if (strange)
      throw new TargetFault('refused', `The pending value is of another plan: ${strange}`);
  }

  /** Proves that the current value belongs to this server: what is not known there is not changed. */
  async function proveCurrent(context: Context, accounts: Accounts): Promise<Login | undefined> {
    const current = currentOf(context);
    if (!current) {
      if (context.admin) return undefined;
      throw new TargetFault(
        'invalid',
        'There is neither a current value nor an administrator to set the first one by',
        'name the secret of an administrator in the plan, or write the current value',
      );
    }
    const strange = logins.strangeness(current, context.config);
    if (strange) {
      throw new TargetFault(
        'changed',
        `The current value is not of this plan: ${strange}`,
        'set the plan right, or write a current value of it',
      );
    }
    if (!(await accounts.takes(current))) throw changedByOthers(current);
    return current;
  }

  /** Sessions that were opened with a value last until they are ended, though the value is refused. */
  async function endSessions(
    context: Context,
    accounts: Accounts,
    login: Login,
    heir: Login | undefined,
  ): Promise<void> {
    const user = login.username;
    if (context.admin) {
      return accounts.endSessions({ by: logins.admin(context.admin, context.config), user });
    }
    // an account that nobody can log in to any more has ended its own sessions in `lock`
    if (heir && (await accounts.takes(heir))) await accounts.endSessions({ by: heir, user });
  }
}

/** Whose turn it is. */
function nextUser(config: AccountsConfig, current: Login | undefined): string {
  const [first = '', second] = usersOf(config);
  return second !== undefined && current?.username === first ? second : first;
}

function changedByOthers(current: Login): TargetFault {
  return new TargetFault(
    'changed',
    `${placeOf(current)} refuses the current value of ${current.username}: it is another server, or the account was changed by hand`,
    'write the value that works now as the current one, then rotate',
  );
}
