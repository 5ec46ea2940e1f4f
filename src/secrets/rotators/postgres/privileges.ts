import type { Client } from 'pg';
import { quoteIdentifier, quoteLiteral } from './connect.ts';

/** One thing that a role has, in the words of the statements that give it; names are quoted already. */
export interface Held {
  readonly form: 'attribute' | 'setting' | 'member' | 'object' | 'default' | 'own default';
  /** The privilege, attribute, parameter, or the group. */
  readonly what: string;
  /** The object, the parameter's value, or how to take an attribute away. */
  readonly place: string;
  /** Where it holds: `IN DATABASE x`, `FOR ROLE x IN SCHEMA y`. */
  readonly scope: string;
  /** `WITH GRANT OPTION`, or to whom a role's own default privileges go. */
  readonly option: string;
}

interface Form {
  give(held: Held, role: string): string;
  take(held: Held, role: string): string;
  tell(held: Held): string;
}

/** How each form is given and taken away. */
export const FORMS: Readonly<Record<Held['form'], Form>> = {
  attribute: {
    give: ({ what }, role) => `ALTER ROLE ${role} ${what}`,
    take: ({ place }, role) => `ALTER ROLE ${role} ${place}`,
    tell: ({ what }) => what,
  },
  setting: {
    give: ({ what, place, scope }, role) =>
      `ALTER ROLE ${role} ${scope} SET ${what} TO ${settingOf(what, place)}`,
    take: ({ what, scope }, role) => `ALTER ROLE ${role} ${scope} RESET ${what}`,
    tell: ({ what, place, scope }) => `${scope} SET ${what} TO ${place}`,
  },
  member: {
    give: ({ what, option }, role) => `GRANT ${what} TO ${role} ${option}`,
    take: ({ what }, role) => `REVOKE ${what} FROM ${role}`,
    tell: ({ what, option }) => `member of ${what} ${option}`,
  },
  object: {
    give: ({ what, place, option }, role) => `GRANT ${what} ON ${place} TO ${role} ${option}`,
    take: ({ what, place }, role) => `REVOKE ${what} ON ${place} FROM ${role}`,
    tell: ({ what, place, option }) => `${what} ON ${place} ${option}`,
  },
  default: {
    give: ({ what, place, scope, option }, role) =>
      `ALTER DEFAULT PRIVILEGES ${scope} GRANT ${what} ON ${place} TO ${role} ${option}`,
    take: ({ what, place, scope }, role) =>
      `ALTER DEFAULT PRIVILEGES ${scope} REVOKE ${what} ON ${place} FROM ${role}`,
    tell: ({ what, place, scope, option }) => `by default ${scope} ${what} ON ${place} ${option}`,
  },
  'own default': {
    give: ({ what, place, scope, option }, role) =>
      `ALTER DEFAULT PRIVILEGES FOR ROLE ${role} ${scope} GRANT ${what} ON ${place} TO ${option}`,
    take: ({ what, place, scope, option }, role) =>
      `ALTER DEFAULT PRIVILEGES FOR ROLE ${role} ${scope} REVOKE ${what} ON ${place} FROM ${option.replace(/ WITH GRANT OPTION$/, '')}`,
    tell: ({ what, place, scope, option }) =>
      `of its own by default ${scope} ${what} ON ${place} TO ${option}`,
  },
};

export const tell = (held: Held): string =>
  FORMS[held.form].tell(held).replaceAll(/ +/g, ' ').trim();

/** Parameters whose values are lists of names, quoted one by one (GUC_LIST_QUOTE). */
const LISTS = new Set([
  'search_path',
  'temp_tablespaces',
  'local_preload_libraries',
  'session_preload_libraries',
]);

function settingOf(parameter: string, value: string): string {
  if (!LISTS.has(parameter)) return quoteLiteral(value);
  const names = value.match(/"(?:[^"]|"")*"|[^,\s"]+/g) ?? [];
  return (
    names.map((name) => (name.startsWith('"') ? name : quoteIdentifier(name))).join(', ') || "''"
  );
}

/** What differs between two roles: taken away first, so that what is given otherwise is given whole. */
export function difference(
  source: readonly Held[],
  target: readonly Held[],
  role: string,
): string[] {
  const quoted = quoteIdentifier(role);
  const key = (held: Held) => JSON.stringify(held);
  const [wanted, had] = [new Set(source.map(key)), new Set(target.map(key))];
  return [
    ...target
      .filter((held) => !wanted.has(key(held)))
      .map((held) => FORMS[held.form].take(held, quoted)),
    ...source
      .filter((held) => !had.has(key(held)))
      .map((held) => FORMS[held.form].give(held, quoted)),
  ];
}

/** Access control lists: who may do what with an object, and since which version there are such. */
const LISTED: readonly (readonly [acl: string, place: string, from: string, since?: number])[] = [
  ['datacl', `format('DATABASE %I', datname)`, 'pg_database'],
  ['spcacl', `format('TABLESPACE %I', spcname)`, 'pg_tablespace'],
  ['paracl', `format('PARAMETER %s', parname)`, 'pg_parameter_acl', 150_000],
  ['nspacl', `format('SCHEMA %I', nspname)`, 'pg_namespace'],
  [
    'relacl',
    `format('%s %I.%I', case relkind when 'S' then 'SEQUENCE' else 'TABLE' end, nspname, relname)`,
    'pg_class join pg_namespace n on n.oid = relnamespace',
  ],
  ['proacl', `format('ROUTINE %s', pg_proc.oid::regprocedure)`, 'pg_proc'],
  [
    'typacl',
    `format('TYPE %I.%I', nspname, typname)`,
    'pg_type join pg_namespace n on n.oid = typnamespace',
  ],
  ['lanacl', `format('LANGUAGE %I', lanname)`, 'pg_language'],
  ['fdwacl', `format('FOREIGN DATA WRAPPER %I', fdwname)`, 'pg_foreign_data_wrapper'],
  ['srvacl', `format('FOREIGN SERVER %I', srvname)`, 'pg_foreign_server'],
  ['lomacl', `format('LARGE OBJECT %s', l.oid)`, 'pg_largeobject_metadata l'],
];

const GRANTABLE = `case when bool_or(is_grantable) then 'WITH GRANT OPTION' else '' end`;
const IN_SCHEMA = `coalesce('IN SCHEMA ' || quote_ident(nspname), '')`;
const DEFAULTS = `pg_default_acl d join pg_roles o on o.oid = defaclrole
  left join pg_namespace n on n.oid = defaclnamespace cross join aclexplode(defaclacl) a
  cross join (values ('r', 'TABLES'), ('S', 'SEQUENCES'), ('f', 'FUNCTIONS'), ('T', 'TYPES'),
    ('n', 'SCHEMAS'), ('L', 'LARGE OBJECTS')) k(letter, objects)`;

const listed = ([acl, place, from]: (typeof LISTED)[number]): string =>
  `select 'object', privilege_type, ${place}, '', ${GRANTABLE}
   from ${from} cross join aclexplode(${acl}) a, me where a.grantee = me.oid group by 2, 3`;

/** Text of the question for all that a role has, in the database where it is asked.
 *  @param version as `server_version_num`: 150004 */
function question(version: number): string {
  const membership =
    version >= 160_000
      ? `format('WITH ADMIN %s, INHERIT %s, SET %s', bool_or(admin_option)::text, bool_or(inherit_option)::text, bool_or(set_option)::text)`
      : `case when bool_or(admin_option) then 'WITH ADMIN OPTION' else '' end`;
  const parts = [
    `select 'attribute', what, counter, '', '' from me, lateral (values
       (rolsuper, 'SUPERUSER', 'NOSUPERUSER'), (rolinherit, 'INHERIT', 'NOINHERIT'),
       (rolcreaterole, 'CREATEROLE', 'NOCREATEROLE'), (rolcreatedb, 'CREATEDB', 'NOCREATEDB'),
       (rolreplication, 'REPLICATION', 'NOREPLICATION'), (rolbypassrls, 'BYPASSRLS', 'NOBYPASSRLS'),
       (rolconnlimit <> -1, format('CONNECTION LIMIT %s', rolconnlimit), 'CONNECTION LIMIT -1'),
       (rolvaliduntil < 'infinity', format('VALID UNTIL %L', rolvaliduntil), 'VALID UNTIL ''infinity''')
     ) v(has, what, counter) where has`,
    `select 'setting', quote_ident(split_part(line, '=', 1)), substr(line, strpos(line, '=') + 1),
       coalesce('IN DATABASE ' || quote_ident(datname), ''), ''
     from me join pg_db_role_setting s on s.setrole = me.oid
     left join pg_database b on b.oid = s.setdatabase cross join unnest(setconfig) line`,
    `select 'member', quote_ident(g.rolname), '', '', ${membership}
     from me join pg_auth_members m on m.member = me.oid join pg_roles g on g.oid = m.roleid group by 2`,
    ...LISTED.filter(([, , , since = 0]) => version >= since).map(listed),
    `select 'object', format('%s (%I)', privilege_type, attname), format('TABLE %I.%I', nspname, relname), '', ${GRANTABLE}
     from pg_attribute t join pg_class c on c.oid = attrelid join pg_namespace n on n.oid = relnamespace
     cross join aclexplode(attacl) a, me where a.grantee = me.oid and not attisdropped group by 2, 3`,
    `select 'default', privilege_type, objects, format('FOR ROLE %I ', o.rolname) || ${IN_SCHEMA}, ${GRANTABLE}
     from ${DEFAULTS}, me where letter = defaclobjtype and a.grantee = me.oid and o.oid <> me.oid group by 2, 3, 4`,
    `select 'own default', privilege_type, objects, ${IN_SCHEMA},
       coalesce(quote_ident(g.rolname), 'PUBLIC') || ' ' || ${GRANTABLE}
     from ${DEFAULTS} left join pg_roles g on g.oid = a.grantee, me
     where letter = defaclobjtype and o.oid = me.oid and a.grantee <> me.oid group by 2, 3, 4, g.rolname`,
  ];
  return `with me as (select * from pg_roles where rolname = $1), held(form, what, place, scope, option) as (
    ${parts.join('\nunion all\n')}
  ) select form, what, place, scope, rtrim(option) as option from held
    order by form collate "C", scope collate "C", place collate "C", what collate "C", option collate "C"`;
}

/** What a role has in the database of this connection, and in all of them, in a stable order. */
export async function privileges(client: Client, role: string): Promise<readonly Held[]> {
  const { rows } = await client.query<{ number: number }>(
    `select current_setting('server_version_num')::int as number`,
  );
  return (await client.query<Held>(question(rows[0]?.number ?? 0), [role])).rows;
}

/** What stands in the way of another role taking this one's place: what belongs to the role itself, and row security
 *  policies that name it. Of all databases, the other ones' by their names. */
export async function ties(client: Client, role: string): Promise<readonly string[]> {
  const { rows } = await client.query<{ tie: string }>(
    `select case when d.dbid not in (0, (select oid from pg_database where datname = current_database()))
       then format('something in the database %I', b.datname)
       else pg_describe_object(d.classid, d.objid, d.objsubid) end as tie
     from pg_shdepend d left join pg_database b on b.oid = d.dbid
     where d.refclassid = 'pg_authid'::regclass and d.deptype in ('o', 'r')
       and d.classid <> 'pg_default_acl'::regclass
       and d.refobjid = (select oid from pg_roles where rolname = $1)
     group by 1 order by 1 limit 20`,
    [role],
  );
  return rows.map(({ tie }) => tie);
}

/** The other databases in which one of the roles is granted anything. */
export async function otherDatabases(client: Client, roles: readonly string[]): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select distinct b.datname::text as name from pg_shdepend d join pg_database b on b.oid = d.dbid
     where d.refclassid = 'pg_authid'::regclass and b.datallowconn and b.datname <> current_database()
       and d.refobjid in (select oid from pg_roles where rolname = any($1)) order by 1`,
    [roles],
  );
  return rows.map(({ name }) => name);
}
