import { TargetFault } from '../../rotation/rotator.ts';

/** One thing that an account was granted; names are quoted already. */
export interface Grant {
  readonly form: 'privilege' | 'option' | 'role' | 'default role' | 'other';
  /** `SELECT`, or the role. */
  readonly what: string;
  /** The object of a privilege, or what goes with a role. */
  readonly on: string;
}

/** How each form is given and taken away. */
const FORMS: Readonly<
  Record<Grant['form'], Record<'give' | 'take' | 'tell', (grant: Grant, account: string) => string>>
> = {
  privilege: {
    give: ({ what, on }, account) => `GRANT ${what} ON ${on} TO ${account}`,
    take: ({ what, on }, account) => `REVOKE ${what} ON ${on} FROM ${account}`,
    tell: ({ what, on }) => `${what} ON ${on}`,
  },
  option: {
    give: ({ on }, account) => `GRANT USAGE ON ${on} TO ${account} WITH GRANT OPTION`,
    take: ({ on }, account) => `REVOKE GRANT OPTION ON ${on} FROM ${account}`,
    tell: ({ on }) => `GRANT OPTION ON ${on}`,
  },
  role: {
    give: ({ what, on }, account) => `GRANT ${what} TO ${account} ${on}`,
    take: ({ what }, account) => `REVOKE ${what} FROM ${account}`,
    tell: ({ what, on }) => `role ${what} ${on}`.trim(),
  },
  'default role': {
    give: ({ what }, account) => `SET DEFAULT ROLE ${what} FOR ${account}`,
    take: (_, account) => `SET DEFAULT ROLE NONE FOR ${account}`,
    tell: ({ what }) => `default role ${what}`,
  },
  other: {
    give: ({ what }) => refuse(what),
    take: ({ what }) => refuse(what),
    tell: ({ what }) => what,
  },
};

function refuse(what: string): never {
  throw new TargetFault('invalid', `A grant of this form cannot be copied: ${what.slice(0, 200)}`);
}

export const tell = (grant: Grant): string => FORMS[grant.form].tell(grant, '');

const NAME = '`(?:[^`]|``)*`';
const GRANT = new RegExp(`^GRANT ((?:${NAME}|[^\`])*?)(?: ON ((?:${NAME}|[^\`])*))?$`);
const ITEM = new RegExp(`(?:${NAME}|\\((?:${NAME}|[^()\`])*\\)|[^,\`(])+`, 'g');
const COLUMNS = /^([A-Z ]+) \((.*)\)$/;

/** Reads a line of `SHOW GRANTS`. What it says of passwords is not read.
 *  @param account as the server quotes it. Within a longer name its quotes are doubled: it is found nowhere else */
export function readGrant(line: string, account: string): readonly Grant[] {
  const standard = / FOR (`.*)$/.exec(line);
  if (line.startsWith('SET DEFAULT ROLE ') && standard?.[1] === account) {
    return [{ form: 'default role', what: line.slice(17, standard.index), on: '' }];
  }
  const end = line.indexOf(` TO ${account}`);
  const [, items = '', on] = GRANT.exec(line.slice(0, Math.max(end, 0))) ?? [];
  if (items === '') return [{ form: 'other', what: tellUnknown(line), on: '' }];
  const tail = line.slice(end);
  const names = split(items);
  if (on === undefined) {
    const option = tail.endsWith(' WITH ADMIN OPTION') ? 'WITH ADMIN OPTION' : '';
    return names.map((what) => ({ form: 'role', what, on: option }));
  }
  const grants = names
    .flatMap(byColumn)
    .filter((what) => what !== 'USAGE')
    .map((what): Grant => ({ form: 'privilege', what, on }));
  return tail.includes(' WITH GRANT OPTION')
    ? [...grants, { form: 'option', what: '', on }]
    : grants;
}

/** A line that is not understood might hold what stands behind IDENTIFIED. */
const tellUnknown = (line: string): string => line.replace(/ IDENTIFIED .*$/s, '');

const split = (list: string): string[] => (list.match(ITEM) ?? []).map((item) => item.trim());

/** Servers give columns in any order. */
function byColumn(item: string): string[] {
  const [, privilege, columns] = COLUMNS.exec(item) ?? [];
  if (privilege === undefined || columns === undefined) return [item];
  return split(columns).map((column) => `${privilege} (${column})`);
}

/** What makes one account’s grants those of another: taken away first, so that less is never more. */
export function difference(
  source: readonly Grant[],
  target: readonly Grant[],
  account: string,
): string[] {
  const key = (grant: Grant) => JSON.stringify(grant);
  const [wanted, had] = [new Set(source.map(key)), new Set(target.map(key))];
  return [
    ...target
      .filter((grant) => !wanted.has(key(grant)))
      .map((grant) => FORMS[grant.form].take(grant, account)),
    ...source
      .filter((grant) => !had.has(key(grant)))
      .map((grant) => FORMS[grant.form].give(grant, account)),
  ];
}
