import { createHash } from 'node:crypto';
import { TargetFault } from '../../rotation/rotator.ts';
import { ed25519Hash } from './ed25519.ts';
import { sha256Crypt } from './sha256-crypt.ts';

export type Flavour = 'mariadb' | 'mysql';

/** How an account is proven, and what the server stores of its password. */
export interface Scheme {
  readonly plugin: string;
  /** What the server takes in place of the password. */
  hash(password: string, random: (bytes: number) => Buffer): string;
  /** With a placeholder for the hash. */
  readonly clause: string;
}

const sha1 = (data: string | Buffer): Buffer => createHash('sha1').update(data).digest();
/** `*` and SHA-1 of SHA-1 in hexadecimal. */
const nativeHash = (password: string): string =>
  `*${sha1(sha1(password)).toString('hex').toUpperCase()}`;

const SALT_BYTES = 20;
/** Salts are text without `$`: each byte becomes one of 64 characters. */
function cachingSha2Hash(password: string, random: (bytes: number) => Buffer): string {
  const letters = [...random(SALT_BYTES)].map((byte) => String.fromCharCode(0x30 + (byte & 63)));
  const salt = letters.join('');
  return `$A$005$${salt}${sha256Crypt(password, salt)}`;
}

const SCHEMES: Readonly<Record<Flavour, readonly Scheme[]>> = {
  mariadb: [
    { plugin: 'ed25519', hash: ed25519Hash, clause: 'IDENTIFIED VIA ed25519 USING ?' },
    {
      plugin: 'mysql_native_password',
      hash: nativeHash,
      clause: 'IDENTIFIED VIA mysql_native_password USING ?',
    },
  ],
  mysql: [
    {
      plugin: 'caching_sha2_password',
      hash: cachingSha2Hash,
      clause: 'IDENTIFIED WITH caching_sha2_password AS ?',
    },
    {
      plugin: 'mysql_native_password',
      hash: nativeHash,
      clause: 'IDENTIFIED WITH mysql_native_password AS ?',
    },
  ],
};

/** What `SHOW CREATE USER` says of an account, without its hash. */
export interface Account {
  readonly scheme: Scheme;
  /** What it is held to, as a clause in which everything is said: `REQUIRE NONE WITH MAX_USER_CONNECTIONS 0`. */
  readonly limits: string;
  readonly isLocked: boolean;
}

const TEXT = String.raw`'(?:[^'\\]|\\.|'')*'`;
const VIA = new RegExp(
  String.raw` IDENTIFIED (?:(?:VIA|WITH) [\x60']?(\w+)[\x60']?(?: (?:USING|AS) (?:${TEXT}|0x\w+))?|BY PASSWORD ${TEXT})`,
);
const REQUIRE = new RegExp(
  ` REQUIRE (SSL|X509|(?:SUBJECT|ISSUER|CIPHER) ${TEXT}(?: (?:AND )?(?:SUBJECT|ISSUER|CIPHER) ${TEXT}){0,2})`,
);
const LIMITS = [
  'MAX_QUERIES_PER_HOUR',
  'MAX_UPDATES_PER_HOUR',
  'MAX_CONNECTIONS_PER_HOUR',
  'MAX_USER_CONNECTIONS',
];

/** @param statement what `SHOW CREATE USER` gives
 *  @throws {TargetFault} `invalid` where the account is proven otherwise than by one password */
export function readAccount(statement: string, flavour: Flavour, user: string): Account {
  const via = VIA.exec(statement);
  const plugin = via?.[1] ?? 'mysql_native_password';
  const scheme = SCHEMES[flavour].find((one) => one.plugin === plugin);
  const rest = statement.slice(via === null ? 0 : via.index + via[0].length);
  if (scheme === undefined || rest.startsWith(' OR ')) {
    const known = SCHEMES[flavour].map((one) => one.plugin).join(' or ');
    throw new TargetFault(
      'invalid',
      `${user} is proven by ${plugin}${scheme ? ' or otherwise' : ''}, which is not set here`,
      `let ${known} alone prove the account`,
    );
  }
  const limits = LIMITS.map(
    (name) => `${name} ${new RegExp(` ${name} (\\d+)`).exec(rest)?.[1] ?? 0}`,
  );
  return {
    scheme,
    limits: `REQUIRE ${REQUIRE.exec(rest)?.[1] ?? 'NONE'} WITH ${limits.join(' ')}`,
    isLocked: / ACCOUNT LOCK\b/.test(rest),
  };
}
