import type { Client } from 'pg';
import { TargetFault } from '../../rotation/rotator.ts';
import type { Login } from '../accounts/login.ts';
import { quoteIdentifier, type Step, withClient } from './connect.ts';
import { difference, otherDatabases, privileges, tell, ties } from './privileges.ts';

const TOLD = 5;

/** Makes a role what another one is, in the transaction that `client` is in and in each further database where one of the
 *  two is granted anything. What one database holds is changed whole or not at all.
 *  @throws {TargetFault} `invalid` where something belongs to one of the two, `denied` where they cannot be made equal */
export async function copyRole(
  step: Step,
  by: Login,
  client: Client,
  source: string,
  target: string,
): Promise<void> {
  for (const role of [source, target]) await refuseTies(client, role);
  for (const database of await otherDatabases(client, [source, target])) {
    await withClient(step, { ...by, database }, (other) => equalize(other, source, target));
  }
  await equalize(client, source, target);
}

async function refuseTies(client: Client, role: string): Promise<void> {
  const tied = await ties(client, role);
  if (tied.length === 0) return;
  const more = tied.length > TOLD ? ' …' : '';
  throw new TargetFault(
    'invalid',
    `${role} itself owns, or is named by a policy of: ${tied.slice(0, TOLD).join(', ')}${more}`,
    `create a group role that both are members of, then: REASSIGN OWNED BY ${quoteIdentifier(role)} TO the group; ` +
      `ALTER ROLE ${quoteIdentifier(role)} SET role TO the group; name the group in policies`,
  );
}

async function equalize(client: Client, source: string, target: string): Promise<void> {
  const statements = async () =>
    difference(await privileges(client, source), await privileges(client, target), target);
  const wanted = await statements();
  if (wanted.length === 0) return;
  // in a transaction already, this is part of it; alone, it is one
  await client.query(wanted.join(';\n'));
  const left = await statements();
  if (left.length === 0) return;
  throw new TargetFault(
    'denied',
    `${target} cannot be made equal to ${source}; left: ${left.slice(0, TOLD).join('; ')}`,
    'let the administrator be a superuser, or give and take these by whoever granted them',
  );
}

/** What a role is and may do, in words, in every database. */
export async function tellRole(step: Step, by: Login, user: string): Promise<readonly string[]> {
  const inOne = async (client: Client) => (await privileges(client, user)).map(tell);
  return withClient(step, by, async (client) => {
    const { rows } = await client.query<{ login: boolean }>(
      'select rolcanlogin as login from pg_roles where rolname = $1',
      [user],
    );
    const lines: string[] = rows.map(({ login }) => (login ? 'LOGIN' : 'NOLOGIN'));
    lines.push(...(await inOne(client)));
    lines.push(...(await ties(client, user)).map((tie) => `owner of ${tie}`));
    for (const database of await otherDatabases(client, [user])) {
      const others = await withClient(step, { ...by, database }, inOne);
      lines.push(
        ...others.map((line) => `${database}: ${line}`).filter((_, i) => isLocal(others[i])),
      );
    }
    return [...new Set(lines)].sort();
  });
}

/** Said once already, for all databases. */
const isLocal = (line = ''): boolean => / ON (?!DATABASE|TABLESPACE|PARAMETER)/.test(line);
