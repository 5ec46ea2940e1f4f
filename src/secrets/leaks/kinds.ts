import { entryOf } from '../../base/pick.ts';
import { type SecretClass, wordsOf } from './names.ts';

/** Systems that a credential opens, by the words that give them away. The first that fits counts. */
const SYSTEMS: readonly { readonly kind: string; readonly words: RegExp }[] = [
  { kind: 'mysql', words: /mysql|mariadb/i },
  { kind: 'postgres', words: /postgres|pgpass|^pg$|^pg_|jdbc:postgresql/i },
  { kind: 'mongodb', words: /mongo/i },
  { kind: 'amqp', words: /rabbit|amqp/i },
  { kind: 'redis', words: /redis|requirepass|masterauth|valkey/i },
  { kind: 'kafka', words: /kafka/i },
  { kind: 'mssql', words: /mssql|sqlserver|^sa_password|accept_eula/i },
  { kind: 'oracle', words: /oracle/i },
  { kind: 'ldap', words: /ldap/i },
  { kind: 'smtp', words: /smtp|mail/i },
  { kind: 'keystore', words: /key-?store|trust-?store|storepass|keypass/i },
];
const AWS_SECRET = /aws.?secret.?(?:access.?)?key|secret.?access.?key/i;
const DATABASE_WORDS = new Set(['db', 'database', 'datasource', 'jdbc', 'sql', 'dsn', 'hikari']);

/** The kind of a credential that is known by its name only. `nearby` is text around it, in which an
 *  address may tell which database `spring.datasource.password` belongs to. */
export function kindOf(name: string, found: SecretClass, nearby = ''): string {
  if (AWS_SECRET.test(name)) return 'aws-access-key';
  const system = SYSTEMS.find(({ words }) => words.test(name));
  if (system && (found === 'password' || found === 'secret')) return system.kind;
  const words = wordsOf(name);
  if (
    found === 'password' &&
    (words.some((word) => DATABASE_WORDS.has(word)) || words.length === 1)
  ) {
    const kind = systemAt(nearby);
    if (kind) return kind;
  }
  if (found === 'secret') {
    if (
      words.some((word) =>
        ['jwt', 'signing', 'encryption', 'hmac', 'session', 'cookie'].includes(word),
      )
    ) {
      return 'signing-key';
    }
    if (words.includes('salt') || words.includes('pepper')) return 'salt';
    if (words.includes('client') || words.includes('consumer')) return 'client-secret';
    return 'secret';
  }
  return found === 'key' ? 'secret' : found;
}

/** What kind of server an image or an address names. */
export function systemAt(text: string): string | undefined {
  const scheme =
    /\b(?:jdbc:)?(mysql|mariadb|postgres|postgresql|mongodb(?:\+srv)?|redis|rediss|amqps?|sqlserver|mssql|oracle)(?::\/\/|:thin)/i.exec(
      text,
    );
  return scheme?.[1] === undefined ? undefined : kindOfScheme(scheme[1]);
}

const SCHEMES: Readonly<Record<string, string>> = {
  mysql: 'mysql',
  mariadb: 'mysql',
  postgres: 'postgres',
  postgresql: 'postgres',
  mongodb: 'mongodb',
  'mongodb+srv': 'mongodb',
  redis: 'redis',
  rediss: 'redis',
  amqp: 'amqp',
  amqps: 'amqp',
  sqlserver: 'mssql',
  mssql: 'mssql',
  oracle: 'oracle',
  ldap: 'ldap',
  ldaps: 'ldap',
  smtp: 'smtp',
  smtps: 'smtp',
  kafka: 'kafka',
  http: 'basic-auth',
  https: 'basic-auth',
  ftp: 'password',
  sftp: 'password',
  ssh: 'password',
  git: 'basic-auth',
};

/** Kind of the credential in `scheme://user:password@host`. */
export function kindOfScheme(scheme: string): string {
  const plain = scheme.toLowerCase();
  return entryOf(SCHEMES, plain) ?? entryOf(SCHEMES, plain.split('+')[0] ?? '') ?? 'password';
}

/** Kind of datastore that a container image runs, for the passwords set in its environment. */
export function kindOfImage(image: string): string | undefined {
  const name = image.split('@')[0]?.split('/').at(-1)?.split(':')[0] ?? '';
  return SYSTEMS.slice(0, 8).find(({ words }) => words.test(name))?.kind;
}
