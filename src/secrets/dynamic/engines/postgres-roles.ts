import type { Client } from 'pg';
import { quoteIdentifier } from '../../rotators/postgres/connect.ts';

/** Roles by which a member has the whole server, whatever else it was granted.
 *  @see PostgreSQL, predefined roles */
const DANGEROUS = [
  'pg_execute_server_program',
  'pg_read_server_files',
  'pg_write_server_files',
  'pg_signal_backend',
  'pg_create_subscription',
];

/** Why nobody should be a member of these roles for a while: what they, or the roles that they are members of, can do.
 *  Undefined: they are as they should be. */
export async function dangerOf(
  client: Client,
  roles: readonly string[],
): Promise<string | undefined> {
  const { rows } = await client.query<{ root: string; name: string | null; can: string | null }>(
    `with recursive above(root, oid) as (
       select wanted.name, r.oid from unnest($1::text[]) as wanted(name)
         left join pg_roles r on r.rolname = wanted.name
       union
       select above.root, m.roleid from above join pg_auth_members m on m.member = above.oid
     )
     select above.root, r.rolname::text as name,
            case when r.oid is null then 'is not there'
                 when r.rolsuper then 'is a superuser'
                 when r.rolcreaterole then 'may make roles'
                 when r.rolreplication then 'may replicate'
                 when r.rolbypassrls then 'is above row security'
                 when r.rolname = any($2::text[]) then 'has rights over the whole server'
            end as can
     from above left join pg_roles r on r.oid = above.oid
     order by 1, 2`,
    [roles, DANGEROUS],
  );
  const found = rows.find(({ can }) => can !== null);
  if (found === undefined) return undefined;
  const { root, name, can } = found;
  return name === null || name === root
    ? `the role ${root} ${can}`
    : `the role ${root} is a member of ${name}, which ${can}`;
}

/** In which databases something is owned by a role, or granted to it. What belongs to no database counts for the one of
 *  the connection. */
export async function ownedBy(
  client: Client,
  role: string,
): Promise<readonly { readonly database: string; readonly owns: number }[]> {
  const { rows } = await client.query<{ database: string; owns: number }>(
    `select coalesce(d.datname, current_database())::text as database,
            (count(*) filter (where s.deptype = 'o'))::int as owns
     from pg_shdepend s
       join pg_roles r on r.oid = s.refobjid and s.refclassid = 'pg_authid'::regclass
       left join pg_database d on d.oid = s.dbid
     where r.rolname = $1 and s.classid <> 'pg_auth_members'::regclass
     group by 1 order by 1`,
    [role],
  );
  return rows;
}

/** Gives what a role owns in this database to an heir, where there is one; then drops what it still owns, and takes away
 *  what it was granted. */
export async function takePrivilegesAway(
  client: Client,
  role: string,
  heir: string | undefined,
): Promise<void> {
  const user = quoteIdentifier(role);
  if (heir !== undefined) {
    await client.query(`reassign owned by ${user} to ${quoteIdentifier(heir)}`);
  }
  await client.query(`drop owned by ${user}`);
}
