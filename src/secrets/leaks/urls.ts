import { kindOfScheme } from './kinds.ts';
import type { Match } from './match.ts';
import { nameBefore } from './names.ts';
import { fallbackOf, isPlaceholder, isReference } from './placeholders.ts';

const SCHEME_BEFORE = /[A-Za-z][A-Za-z0-9+.-]{0,30}$/;
/** What ends the authority of a URL, or the text it stands in. */
const AUTHORITY = /[^\s"'`<>/\\?#,;|(){}[\]]{0,512}/y;
const BRACED_AUTHORITY = /(?:[^\s"'`<>/\\?#,;|]|\$\{[^{}\s"'`]{0,100}\}){0,512}/y;

/** Passwords in `scheme://user:password@host`, whatever the scheme.
 *  @see RFC 3986 §3.2.1, which deprecates the form */
export function scanUrls(text: string): readonly Match[] {
  if (!text.includes('@')) return [];
  const found: Match[] = [...scanGoDsns(text)];
  for (let at = text.indexOf('://'); at !== -1; at = text.indexOf('://', at + 3)) {
    const scheme = SCHEME_BEFORE.exec(text.slice(Math.max(0, at - 31), at))?.[0];
    if (scheme === undefined) continue;
    const match = passwordAt(text, at + 3, scheme);
    if (match) found.push(match);
  }
  return found;
}

const GO_NETWORK = /@(?:tcp6?|udp6?|unix)\(/g;
const GO_LOGIN = /(?:^|[\s"'`=(,])([\w.-]{1,64}):([^\s"'`]{2,128})$/;

/** Passwords in `user:password@tcp(host:3306)/database`, as Go's driver for MySQL takes them.
 *  @see https://github.com/go-sql-driver/mysql#dsn-data-source-name */
function* scanGoDsns(text: string): Iterable<Match> {
  for (const { index: end } of text.matchAll(GO_NETWORK)) {
    const before = text.slice(Math.max(0, end - 200), end);
    const [, user = '', value] = GO_LOGIN.exec(before) ?? [];
    if (value === undefined || !isLiteral(value)) continue;
    if (TELLING.test(value) && !isDefaultLogin('mysql', user)) continue;
    const start = end - value.length;
    yield {
      kind: 'mysql',
      start,
      end,
      name: nameBefore(text, start - user.length - 1) ?? 'mysql DSN',
      rule: 'url-password',
      confidence: 'high',
      encoding: 'plain',
    };
  }
}

function passwordAt(text: string, start: number, scheme: string): Match | undefined {
  const authority = authorityAt(text, start);
  const end = authority.lastIndexOf('@');
  const colon = authority.indexOf(':');
  if (colon === -1 || end <= colon + 1) return undefined;
  const password = authority.slice(colon + 1, end);
  const fallback = fallbackOf(password);
  const value = fallback ?? password;
  const user = authority.slice(0, colon);
  if (
    !isLiteral(value) ||
    (TELLING.test(value) && !isDefaultLogin(scheme, user)) ||
    !/^[\w.[\]${}%:-]/.test(authority.slice(end + 1))
  )
    return undefined;
  const valueStart = start + colon + 1 + password.indexOf(value);
  return {
    kind: kindOfScheme(scheme),
    start: valueStart,
    end: valueStart + value.length,
    name: nameBefore(text, start - scheme.length - 3) ?? `${scheme.toLowerCase()} URL`,
    rule: 'url-password',
    confidence: 'high',
    encoding: 'plain',
  };
}

/** Variables in braces may stand inside; anything else in braces is a template. */
function authorityAt(text: string, start: number): string {
  const pattern = text.indexOf('${', start) === -1 ? AUTHORITY : BRACED_AUTHORITY;
  pattern.lastIndex = start;
  return pattern.exec(text)?.[0] ?? '';
}

/** What a password is called where an address is explained. */
const TELLING =
  /^(?:pass|password|passwd|pwd|pw|secret|token|pass_?word\d?|mypassword|key|apikey)$/i;
const DATASTORES = /^(?:mysql|postgres|mongodb|redis|amqp|mssql|oracle)$/;

/** `postgres://postgres:…` with the vendor's password is in use; `postgres://user:…` explains. */
function isDefaultLogin(scheme: string, user: string): boolean {
  return (
    DATASTORES.test(kindOfScheme(scheme)) &&
    !/^(?:user|username|usr|login|name|foo|me|)$/i.test(user)
  );
}

function isLiteral(value: string): boolean {
  return (
    value.length >= 2 &&
    !isReference(value) &&
    !isPlaceholder(value) &&
    !/[${}%](?![0-9A-Fa-f]{2})/.test(value)
  );
}
