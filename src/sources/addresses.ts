import { entryOf } from '../base/pick.ts';
import {
  IGNORED_SCHEMES,
  isIgnoredHost,
  isPublicHost,
  namesHost,
  namesOtherThing,
} from './address-names.ts';

/** Another service's address, as configuration gives it away. */
export interface Address {
  /** Lower case, without a closing dot. */
  readonly host: string;
  readonly port?: number;
  /** The port that the scheme of an URL without one means. */
  readonly schemePort?: number;
  /** Only worth keeping where the host is one of the estate's; others are services outside it. */
  readonly known: boolean;
}

/** Longer values are cut: an address stands at the beginning, or the value is a file. */
const MAX_VALUE_LENGTH = 16_384;
const MAX_ADDRESSES = 64;
/** Stands for what a placeholder would have put in: part of no host. */
const UNKNOWN = '\u0001';

/** The addresses in the value of an environment variable, property or argument of this name: URLs,
 *  connection strings, `host:port` and lists of them, and bare hosts where the name says that the
 *  value is one. User names and passwords are dropped, hosts that hang on unresolved placeholders
 *  are left out. */
export function addressesIn(name: string, value: string): readonly Address[] {
  if (namesOtherThing(name)) return [];
  const text = withoutPlaceholders(value.slice(0, MAX_VALUE_LENGTH)).trim();
  const found = [...fromUrls(text), ...fromConnectionString(text)];
  return distinct(found.length > 0 ? found : fromBareValue(name, text));
}

/** The addresses in a command line: `--orders=http://orders`, `--orders orders:80`, and URLs and
 *  `host:port` anywhere in a shell's text. */
export function addressesInCommand(words: readonly string[]): readonly Address[] {
  const pieces = words.flatMap((word) => word.split(/[\s'"]+/)).filter((piece) => piece !== '');
  const found: Address[] = [];
  let flag = '';
  for (const piece of pieces.slice(0, 2_000)) {
    const [, name, value] = /^-{0,2}([A-Za-z][\w.-]*)=(.*)$/s.exec(piece) ?? [];
    if (name !== undefined && value !== undefined) found.push(...addressesIn(name, value));
    else if (!piece.startsWith('-')) found.push(...addressesIn(flag, piece));
    flag = piece.startsWith('-') ? piece.replace(/^-+/, '') : '';
  }
  return distinct(found);
}

function distinct(addresses: readonly Address[]): readonly Address[] {
  const byKey = new Map(
    addresses.map((address) => [`${address.host}:${address.port ?? ''}`, address]),
  );
  return [...byKey.values()].slice(0, MAX_ADDRESSES);
}

/** `${NAME:-default}` and `${NAME:default}` (Spring) as their default, others as UNKNOWN. Twice, for
 *  defaults that hold a placeholder. */
function withoutPlaceholders(text: string): string {
  let result = text;
  for (let round = 0; round < 2; round++) {
    result = result
      .replace(/\$\{[\w.-]{1,100}:?[-:]([^{}$]*)\}/g, '$1')
      .replace(/\$\{[^{}]*\}|\$\([^()]*\)|\{\{[^{}]*\}\}|%\([^()]*\)s|\$[A-Za-z_]\w*/g, UNKNOWN);
  }
  return result;
}

const URL_START = /([a-z][a-z0-9+.-]{1,20}):\/\/(\/?)([^\s/?#"'<>`\\|;)}\]]*)/gi;
/** Name resolvers of gRPC put the target where a path would be. */
const RESOLVERS = new Set([
  'dns',
  'passthrough',
  'xds',
  'static',
  'kubernetes',
  'k8s',
  'discovery',
]);

const SCHEME_PORTS: Record<string, number> = { http: 80, ws: 80, https: 443, wss: 443 };

function fromUrls(text: string): Address[] {
  return [...text.matchAll(URL_START)].flatMap(
    ({ 0: whole, 1: scheme = '', 2: slash, 3: authority = '', index }) => {
      const plainScheme = scheme.toLowerCase();
      if (IGNORED_SCHEMES.has(plainScheme)) return [];
      if (slash === '/' && !RESOLVERS.has(plainScheme)) return [];
      if (isCutShort(authority, text, index + whole.length)) return [];
      const schemePort = entryOf(SCHEME_PORTS, plainScheme);
      return fromAuthority(authority).map((address) =>
        schemePort === undefined || address.port !== undefined || authority.includes(UNKNOWN)
          ? address
          : { ...address, schemePort },
      );
    },
  );
}

/** A password with a `/` in it ends the authority too early, and would pass for a host or port. */
function isCutShort(authority: string, text: string, end: number): boolean {
  if (!authority.includes(':') || authority.includes('@')) return false;
  const rest = text.slice(end, end + 300);
  return rest.slice(0, Math.max(0, rest.search(/\s|$/))).includes('@');
}

/** `user:password@a:1,b:2`: what stands before the last `@` never gets further than here. */
function fromAuthority(authority: string): Address[] {
  const hosts = authority.slice(authority.lastIndexOf('@') + 1);
  return hosts.split(',').flatMap((host) => toAddress(host) ?? []);
}

const CONNECTION_STRINGS = [
  // Go MySQL driver: user:password@tcp(db:3306)/shop
  /@(?:tcp|udp)\(([^()\s]{1,300})\)/g,
  // Oracle: jdbc:oracle:thin:@db:1521/shop
  /:thin:[^@\s]{0,200}@([\w.-]{1,253}:\d{1,5})/g,
  // ADO.NET and ODBC: Server=tcp:db,1433;Database=shop
  /(?:^|;)\s*(?:server|data source|host|addr|address)\s*=\s*(?:tcp:)?([\w.-]{1,253}(?:[:,]\d{1,5})?)\s*(?:;|$)/gi,
  // libpq: host=db port=5432 dbname=shop
  /(?:^|\s)host=([\w.-]{1,253})(?=\s|$)/g,
];

function fromConnectionString(text: string): Address[] {
  return CONNECTION_STRINGS.flatMap((pattern) =>
    [...text.matchAll(pattern)].flatMap(
      (match) => toAddress((match[1] ?? '').replace(',', ':')) ?? [],
    ),
  );
}

function fromBareValue(name: string, text: string): Address[] {
  if (text.length > 4_096) return [];
  const items = text.split(/[,;\s]+/).filter((item) => item !== '');
  const isHostName = namesHost(name);
  const addresses = items.map((item) => fromItem(item, isHostName));
  if (!addresses.every((address) => address !== undefined)) return [];
  // Several words without ports are a sentence.
  const isSentence = /\s/.test(text) && addresses.some(({ port }) => port === undefined);
  return isSentence ? [] : addresses;
}

/** Lower ports are versions and ratios more often than ports. */
const LOWEST_BARE_PORT = 79;

function fromItem(item: string, isHostName: boolean): Address | undefined {
  const address = toAddress(item.replace(/\/.*$/s, '').replace(/^[^@]*@/, ''));
  if (!address) return undefined;
  if (address.port !== undefined) return address.port >= LOWEST_BARE_PORT ? address : undefined;
  return isHostName && !item.includes('/') && !item.includes('@') && !WORDS.has(address.host)
    ? address
    : undefined;
}

/** Bare values that switch something on or off. */
const WORDS = new Set([
  'true',
  'false',
  'yes',
  'no',
  'on',
  'off',
  'none',
  'null',
  'nil',
  'auto',
  'default',
]);

const HOST =
  /^([a-z](?:[a-z0-9_-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9_-]{0,61}[a-z0-9])?)*)\.?(?::(\d{1,5}))?$/i;

function toAddress(text: string): Address | undefined {
  // An unresolved port leaves the host: payments:$(PORT)
  const [, name, digits] = HOST.exec(text.replace(new RegExp(`:${UNKNOWN}$`), '')) ?? [];
  const host = name?.toLowerCase();
  if (host === undefined || host.length > 253 || isIgnoredHost(host)) return undefined;
  const port = digits === undefined ? undefined : Number(digits);
  if (port !== undefined && (port < 1 || port > 65_535)) return undefined;
  return { host, ...(port !== undefined && { port }), known: !isPublicHost(host) };
}
