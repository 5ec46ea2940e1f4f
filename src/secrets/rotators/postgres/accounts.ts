import type { Client } from 'pg';
import { type RotatorContext, TargetFault } from '../../rotation/rotator.ts';
import type { Accounts, Change, Gift } from '../accounts/accounts.ts';
import { type Login, placeOf } from '../accounts/login.ts';
import type { PostgresRotation } from './config.ts';
import { quoteIdentifier, quoteLiteral, withClient } from './connect.ts';
import { copyRole, tellRole } from './copy.ts';
import { faultOf, isRefusal } from './faults.ts';
import { SALT_BYTES, scramVerifier } from './scram.ts';

/** Roles of a PostgreSQL server. */
export function postgresAccounts(context: RotatorContext<PostgresRotation>): Accounts {
  /** At work with one connection, whose errors are told as what was tried. */
  const at = async <T>(login: Login, doing: string, use: (client: Client) => Promise<T>) => {
    try {
      return await withClient(context, login, use);
    } catch (error) {
      throw faultOf(error, placeOf(login), doing);
    }
  };

  const verifier = async (password: string) =>
    quoteLiteral(await scramVerifier(password, context.random(SALT_BYTES)));

  return {
    async takes(login) {
      try {
        await withClient(context, login, (client) => client.query('select 1'));
        return true;
      } catch (error) {
        if (isRefusal(error)) return false;
        throw faultOf(error, placeOf(login), `logging in as ${login.username}`);
      }
    },

    async prove(login) {
      try {
        await withClient(context, login, (client) => proveUser(client, login));
      } catch (error) {
        if (!isRefusal(error)) throw faultOf(error, placeOf(login), `working as ${login.username}`);
        throw new TargetFault(
          'refused',
          `${placeOf(login)} refuses the pending value of ${login.username}`,
        );
      }
    },

    give: ({ by, user, password, like, opens }: Gift) =>
      at(by, `changing the password of ${user}`, async (client) => {
        await requireScram(client, by);
        if (like !== undefined) await createRole(client, user);
        const clause = `${opens ? 'LOGIN ' : ''}PASSWORD ${await verifier(password)}`;
        await inTransaction(client, async () => {
          if (like !== undefined) await copyRole(context, by, client, like, user);
          await client.query(`alter role ${quoteIdentifier(user)} ${clause}`);
        });
      }),

    lock: ({ by, user, isKeptOpen }) =>
      at(by, `locking ${user}`, async (client) => {
        if (!(await hasRole(client, user))) return;
        // a role may change its own password, and not its right to log in
        const login = isKeptOpen || by.username === user ? '' : 'NOLOGIN ';
        const random = await verifier(context.random(32).toString('base64'));
        await client.query(`alter role ${quoteIdentifier(user)} ${login}PASSWORD ${random}`);
        if (by.username === user) await endSessions(client, user);
      }),

    endSessions: ({ by, user }: Change) =>
      at(by, `ending the sessions of ${user}`, (client) => endSessions(client, user)),

    countSessions: ({ by, user }: Change) =>
      at(by, `counting the sessions of ${user}`, async (client) => {
        const { rows } = await client.query<{ sessions: number }>(
          `select count(*)::int as sessions from pg_stat_activity ${OTHERS}`,
          [user],
        );
        return rows[0]?.sessions ?? 0;
      }),

    inspect: async ({ by, user }: Change) => {
      try {
        return await tellRole(context, by, user);
      } catch (error) {
        throw faultOf(error, placeOf(by), `looking at what ${user} may do`);
      }
    },
  };
}

const OTHERS = 'where usename = $1 and pid <> pg_backend_pid()';

async function endSessions(client: Client, user: string): Promise<void> {
  await client.query(`select pg_terminate_backend(pid) from pg_stat_activity ${OTHERS}`, [user]);
}

/** A role whose setting `role` makes it a group at once is still itself for the session. */
async function proveUser(client: Client, login: Login): Promise<void> {
  const { rows } = await client.query<{ who: string }>('select session_user::text as who');
  if (rows[0]?.who === login.username) return;
  throw new TargetFault('changed', `${placeOf(login)} takes ${login.username} for another role`);
}

async function requireScram(client: Client, by: Login): Promise<void> {
  const { rows } = await client.query<{ way: string }>(
    `select current_setting('password_encryption') as way`,
  );
  if (rows[0]?.way === 'scram-sha-256') return;
  throw new TargetFault(
    'invalid',
    `${placeOf(by)} has password_encryption = ${rows[0]?.way}; only SCRAM-SHA-256 is set here`,
    'set password_encryption to scram-sha-256 (PostgreSQL 10 or later), and let pg_hba.conf ask for it',
  );
}

async function hasRole(client: Client, user: string): Promise<boolean> {
  const { rowCount } = await client.query('select from pg_roles where rolname = $1', [user]);
  return rowCount === 1;
}

/** Before the transaction: other databases, which are reached by connections of their own, have to know the role. It can
 *  neither log in nor do anything until the transaction has ended. */
async function createRole(client: Client, user: string): Promise<void> {
  if (!(await hasRole(client, user))) {
    await client.query(`create role ${quoteIdentifier(user)} nologin`);
  }
}

async function inTransaction(client: Client, work: () => Promise<void>): Promise<void> {
  await client.query('begin');
  // without `rollback`: the connection ends with the error, and the transaction with it
  await work();
  await client.query('commit');
}
