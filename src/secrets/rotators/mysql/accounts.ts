import type { Connection } from 'mariadb';
import { type RotatorContext, TargetFault } from '../../rotation/rotator.ts';
import type { Accounts, Change, Gift } from '../accounts/accounts.ts';
import { type Login, placeOf } from '../accounts/login.ts';
import { type Account, type Flavour, readAccount } from './authentication.ts';
import type { MysqlRotation } from './config.ts';
import { quieten, quoteAccount, withConnection } from './connect.ts';
import { faultOf, isRefusal } from './faults.ts';
import { difference, type Grant, readGrant, tell } from './grants.ts';

const TOLD = 5;

/** Accounts of a MariaDB or MySQL server. */
export function mysqlAccounts(context: RotatorContext<MysqlRotation>): Accounts {
  const { from } = context.config;
  const quoted = (user: string) => quoteAccount(user, from);

  /** At work with one connection, whose errors are told as what was tried. */
  const at = async <T>(
    login: Login,
    doing: string,
    use: (connection: Connection) => Promise<T>,
  ) => {
    try {
      return await withConnection(context, login, use);
    } catch (error) {
      throw faultOf(error, placeOf(login), doing);
    }
  };

  return {
    async takes(login) {
      try {
        await withConnection(context, login, (connection) => connection.query('select 1'));
        return true;
      } catch (error) {
        if (isRefusal(error)) return false;
        throw faultOf(error, placeOf(login), `logging in as ${login.username}`);
      }
    },

    async prove(login) {
      try {
        await withConnection(context, login, (connection) => proveUser(connection, login, from));
      } catch (error) {
        if (!isRefusal(error)) throw faultOf(error, placeOf(login), `working as ${login.username}`);
        throw new TargetFault(
          'refused',
          `${placeOf(login)} refuses the pending value of ${login.username}`,
        );
      }
    },

    give: ({ by, user, password, like, opens }: Gift) =>
      at(by, `changing the password of ${user}`, async (connection) => {
        await quieten(connection);
        const source = await accountOf(connection, like ?? user);
        const hash = source.scheme.hash(password, context.random);
        if (by.username === user) return setOwn(connection, by, hash);
        if (like !== undefined) await copyGrants(connection, like, user, source, hash);
        const rest = `${like === undefined ? '' : source.limits} ${opens ? 'ACCOUNT UNLOCK' : ''}`;
        await connection.query(`ALTER USER ${quoted(user)} ${source.scheme.clause} ${rest}`, [
          hash,
        ]);
      }),

    lock: ({ by, user, isKeptOpen }) =>
      at(by, `locking ${user}`, async (connection) => {
        await quieten(connection);
        if (by.username !== user && !(await hasAccount(connection, user))) return;
        const { scheme } = await accountOf(connection, user);
        const hash = scheme.hash(context.random(32).toString('base64'), context.random);
        if (by.username === user) {
          await setOwn(connection, by, hash);
          return kill(connection, user);
        }
        const lock = isKeptOpen ? '' : 'ACCOUNT LOCK';
        await connection.query(`ALTER USER ${quoted(user)} ${scheme.clause} ${lock}`, [hash]);
      }),

    endSessions: ({ by, user }: Change) =>
      at(by, `ending the sessions of ${user}`, (connection) => kill(connection, user)),

    countSessions: ({ by, user }: Change) =>
      at(by, `counting the sessions of ${user}`, async (connection) => {
        return (await sessions(connection, user)).length;
      }),

    inspect: ({ by, user }: Change) =>
      at(by, `looking at what ${user} may do`, async (connection) => {
        const { limits, isLocked, scheme } = await accountOf(connection, user);
        const grants = (await grantsOf(connection, user)).map(tell);
        return [`by ${scheme.plugin}`, limits, ...(isLocked ? ['locked'] : []), ...grants].sort();
      }),
  };

  async function accountOf(connection: Connection, user: string): Promise<Account> {
    const rows = await texts(connection, `SHOW CREATE USER ${quoted(user)}`);
    return readAccount(rows[0] ?? '', await flavourOf(connection), user);
  }

  async function grantsOf(connection: Connection, user: string): Promise<readonly Grant[]> {
    const rows = await texts(connection, `SHOW GRANTS FOR ${quoted(user)}`);
    return rows.flatMap((line) => readGrant(line, quoted(user)));
  }

  async function hasAccount(connection: Connection, user: string): Promise<boolean> {
    const sql = 'select user from mysql.user where user = ? and host = ?';
    return (await texts(connection, sql, [user, from])).length > 0;
  }

  /** These servers have no transactions for accounts: each statement can be made again, and until the last one the account
   *  keeps its lock, or the password that it had. */
  async function copyGrants(
    connection: Connection,
    source: string,
    target: string,
    { scheme }: Account,
    hash: string,
  ): Promise<void> {
    if (!(await hasAccount(connection, target))) {
      await connection.query(`CREATE USER ${quoted(target)} ${scheme.clause} ACCOUNT LOCK`, [hash]);
    }
    const wanted = await grantsOf(connection, source);
    const statements = async () =>
      difference(wanted, await grantsOf(connection, target), quoted(target));
    for (const statement of await statements()) await connection.query(statement);
    const left = await statements();
    if (left.length === 0) return;
    throw new TargetFault(
      'denied',
      `${target} cannot be made equal to ${source}; left: ${left.slice(0, TOLD).join('; ')}`,
      'let the administrator have what it is to grant, WITH GRANT OPTION',
    );
  }

  async function sessions(connection: Connection, user: string): Promise<string[]> {
    // hosts of accounts are patterns of LIKE, save networks with a mask: then every session of that name
    const pattern = from.includes('/') ? '%' : from;
    return texts(
      connection,
      `select cast(id as char) from information_schema.processlist
       where user = ? and id <> connection_id() and substring_index(host, ':', 1) like ?`,
      [user, pattern],
    );
  }

  async function kill(connection: Connection, user: string): Promise<void> {
    for (const id of await sessions(connection, user)) {
      await connection.query(`KILL ${Number(id)}`).catch((error: unknown) => {
        // it has ended meanwhile
        if ((error as { errno?: unknown }).errno !== NO_SUCH_THREAD) throw error;
      });
    }
  }
}

const NO_SUCH_THREAD = 1094;

/** The first column. */
async function texts(
  connection: Connection,
  sql: string,
  values: string[] = [],
): Promise<string[]> {
  const rows: unknown[][] = await connection.query({ sql, rowsAsArray: true }, values);
  return rows.map(([text]) => String(text));
}

async function flavourOf(connection: Connection): Promise<Flavour> {
  const [version = ''] = await texts(connection, 'select version()');
  return version.includes('MariaDB') ? 'mariadb' : 'mysql';
}

/** An account’s own password, which it may change without any privilege. */
async function setOwn(connection: Connection, by: Login, hash: string): Promise<void> {
  if ((await flavourOf(connection)) === 'mysql') {
    throw new TargetFault(
      'invalid',
      `${placeOf(by)} is MySQL, where an account can set its own password only in clear text`,
      'name the secret of an administrator in the plan, who may set a hash',
    );
  }
  await connection.query('SET PASSWORD = ?', [hash]);
}

/** Names and hosts that match it are many; the account is one. */
async function proveUser(connection: Connection, login: Login, from: string): Promise<void> {
  const [who = ''] = await texts(connection, 'select current_user()');
  if (who === `${login.username}@${from}`) return;
  throw new TargetFault(
    'changed',
    `${placeOf(login)} takes ${login.username} for another account than that from ${from}`,
    'drop the account that is more specific, or name its host in `from`',
  );
}
