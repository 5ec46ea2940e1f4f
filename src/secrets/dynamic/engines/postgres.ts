import type { Client } from 'pg';
import { z } from 'zod';
import { TargetFault } from '../../rotation/index.ts';
import { type Login, member, placeOf } from '../../rotators/accounts/login.ts';
import { nameOf } from '../../rotators/config.ts';
import { drawPassword } from '../../rotators/password.ts';
import { postgresShape } from '../../rotators/postgres/config.ts';
import { quoteIdentifier, quoteLiteral, withClient } from '../../rotators/postgres/connect.ts';
import { faultOf, stateOf } from '../../rotators/postgres/faults.ts';
import { SALT_BYTES, scramVerifier } from '../../rotators/postgres/scram.ts';
import type { Engine, EngineContext } from '../engine.ts';
import { dangerOf, ownedBy, takePrivilegesAway } from './postgres-roles.ts';

const RoleName = nameOf(63);

/** A PostgreSQL server, and what becomes of what its users make. */
export const PostgresTarget = z.strictObject({
  ...postgresShape,
  owned: z
    .discriminatedUnion('rule', [
      z.strictObject({
        rule: z.literal('refuse').describe('A user that owns something stays, locked out'),
      }),
      z.strictObject({
        rule: z.literal('reassign').describe('What it owns goes to another role'),
        to: RoleName,
      }),
      z.strictObject({ rule: z.literal('drop').describe('What it owns is dropped with it') }),
    ])
    .prefault({ rule: 'refuse' })
    .describe('What becomes of tables and the like that a user has made'),
});
export type PostgresTarget = z.infer<typeof PostgresTarget>;

export const PostgresGrants = z.strictObject({
  roles: z.array(RoleName).min(1).max(50).describe('Roles that the users are members of'),
  connections: z.int().min(1).max(10_000).optional().describe('Sessions at once of one user'),
});
export type PostgresGrants = z.infer<typeof PostgresGrants>;

type Context = EngineContext<PostgresTarget>;

/** Users of PostgreSQL, as members of roles that are there; they are granted nothing else.
 *  @see PostgreSQL, CREATE ROLE */
export const postgresEngine: Engine<PostgresTarget, PostgresGrants> = {
  kind: 'postgres',
  config: PostgresTarget,
  grants: PostgresGrants,
  target: placeOf,

  async make(context, { username, grants, until }) {
    const { config, random } = context;
    const password = drawPassword(config.password, random);
    const verifier = await scramVerifier(password, random(SALT_BYTES));
    await asAdmin(inTime(context), `making the user ${username}`, async (client) => {
      await refuseDanger(client, grants.roles, placeOf(config));
      await client.query(
        `create role ${quoteIdentifier(username)} login ${NO_ATTRIBUTES}
           connection limit ${grants.connections ?? -1}
           password ${quoteLiteral(verifier)} valid until ${quoteLiteral(toTime(until))}
           in role ${grants.roles.map(quoteIdentifier).join(', ')}`,
      );
    });
    const { host, port, database } = config;
    return { username, password, host, port: String(port), database };
  },

  extend: (context, username, until) =>
    asAdmin(context, `extending the user ${username}`, async (client) => {
      const valid = `valid until ${quoteLiteral(toTime(until))}`;
      await client.query(`alter role ${quoteIdentifier(username)} ${valid}`);
    }),

  remove: (context, username) =>
    asAdmin(context, `taking the user ${username} away`, async (client) => {
      if (!(await has(client, username))) return;
      const user = quoteIdentifier(username);
      // nobody logs in from here on, whatever comes after
      await client.query(`alter role ${user} nologin valid until '-infinity'`);
      await becomeMember(client, username);
      await endSessions(context, client, username);
      await clear(context, client, username);
      await client.query(`drop role if exists ${user}`);
    }),

  isGone: (context, username) =>
    asAdmin(
      context,
      `looking for the user ${username}`,
      async (client) => !(await has(client, username)),
    ),

  usernames: (context, prefix, most) =>
    asAdmin(context, 'listing users', async (client) => {
      const { rows } = await client.query<{ name: string }>(
        'select rolname::text as name from pg_roles where starts_with(rolname::text, $1) order by 1 limit $2',
        [prefix, most],
      );
      return rows.map(({ name }) => name);
    }),
};

const NO_ATTRIBUTES = 'nosuperuser nocreatedb nocreaterole noreplication nobypassrls inherit';
const SESSIONS = 'from pg_stat_activity where usename = $1 and pid <> pg_backend_pid()';
/** How often it is looked whether sessions have ended. */
const LOOK_MILLISECONDS = 50;

/** Longest that a statement may go on at the server though nobody waits for it any more: less than a claim lasts beyond
 *  the time limit of a call, so that no user comes up after it was looked for and taken away. */
const LONGEST_SECONDS = 10;

const inTime = (context: Context): Context => {
  const requestSeconds = Math.min(LONGEST_SECONDS, context.config.requestSeconds);
  return { ...context, config: { ...context.config, requestSeconds } };
};

const toTime = (milliseconds: number): string => new Date(milliseconds).toISOString();

function adminOf({ admin, config }: Context): Login {
  const { host, port, database } = config;
  const [username, password] = [member(admin, 'username'), member(admin, 'password')];
  return { username, password, host, port, database };
}

/** At work with one connection, whose errors are told as what was tried. */
async function asAdmin<T>(
  context: Context,
  doing: string,
  use: (client: Client) => Promise<T>,
  database = context.config.database,
): Promise<T> {
  const login = { ...adminOf(context), database };
  try {
    return await withClient(context, login, use);
  } catch (error) {
    throw stillUsed(error, placeOf(login)) ?? faultOf(error, placeOf(login), doing);
  }
}

/** SQLSTATE 2BP01, dependent_objects_still_exist: somebody has given it something meanwhile. */
function stillUsed(error: unknown, place: string): TargetFault | undefined {
  if (stateOf(error) !== '2BP01') return undefined;
  return new TargetFault('unreachable', `${place}: something still depends on the user`);
}

async function has(client: Client, username: string): Promise<boolean> {
  const { rowCount } = await client.query('select from pg_roles where rolname = $1', [username]);
  return rowCount === 1;
}

async function refuseDanger(
  client: Client,
  roles: readonly string[],
  place: string,
): Promise<void> {
  const danger = await dangerOf(client, roles);
  if (danger === undefined) return;
  throw new TargetFault(
    'invalid',
    `${place}: ${danger}`,
    'grant a role that has the rights its users need, and no others',
  );
}

/** Ending sessions and taking things over needs the rights of the user, which who has made it may give itself. */
async function becomeMember(client: Client, username: string): Promise<void> {
  const { rows } = await client.query<{ has: boolean }>(
    `select pg_has_role(current_user, $1, 'usage') as has`,
    [username],
  );
  if (rows[0]?.has) return;
  await client.query(`grant ${quoteIdentifier(username)} to current_user`);
}

/** Sessions end a moment after they are told to. */
async function endSessions(context: Context, client: Client, username: string): Promise<void> {
  const deadline = Date.now() + context.config.requestSeconds * 1_000;
  for (;;) {
    const { rowCount } = await client.query(`select pg_terminate_backend(pid) ${SESSIONS}`, [
      username,
    ]);
    if (rowCount === 0) return;
    if (Date.now() > deadline || context.signal.aborted) {
      throw new TargetFault('unreachable', `${rowCount} sessions of ${username} do not end`);
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_MILLISECONDS));
  }
}

/** Nothing may be owned by a role that is dropped, or granted to it, in any database. */
async function clear(context: Context, client: Client, username: string): Promise<void> {
  const { owned } = context.config;
  const ties = await ownedBy(client, username);
  if (owned.rule === 'refuse' && ties.some(({ owns }) => owns > 0)) {
    const where = ties.filter(({ owns }) => owns > 0).map(({ database }) => database);
    throw new TargetFault(
      'invalid',
      `The user ${username} owns objects in ${where.slice(0, 5).join(', ')}; it is locked out, and stays`,
      `reassign or drop what it owns, then have it tried again; or say in the role's \`owned\` what becomes of it`,
    );
  }
  const heir = owned.rule === 'reassign' ? owned.to : undefined;
  for (const { database } of ties) {
    const take = (at: Client) => takePrivilegesAway(at, username, heir);
    if (database === context.config.database) await take(client);
    else await asAdmin(context, `taking what ${username} has in ${database}`, take, database);
  }
}
