import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from 'node:tls';
import type { PoolConfig } from 'pg';
import { Fault, messageOf, quote } from '../../../base/fault.ts';
import { isLoopback } from '../../../base/loopback.ts';
import type { PostgresConfig } from '../config.ts';

/** How to reach the database; `place` (host and port) is what messages may say of it. */
export interface Target {
  readonly place: string;
  readonly connection: Pick<PoolConfig, 'host' | 'port' | 'user' | 'password' | 'database' | 'ssl'>;
}

/** Reads the referenced connection URL. Its query may hold `host` (the folder of a Unix socket) and
 *  nothing else: TLS is a setting of its own, so that a URL cannot turn it off.
 *  @throws {Fault} `estate/url-not-found`, `estate/url-malformed`, `estate/tls-invalid` */
export function resolveTarget(config: PostgresConfig, environment = process.env): Target {
  const url = parseUrl(readUrl(config, environment));
  const socketFolder = url.searchParams.get('host');
  const host = socketFolder ?? decodeURIComponent(url.hostname).replace(/^\[|\]$/g, '');
  const port = url.port === '' ? 5432 : Number(url.port);
  return {
    place: quote(socketFolder ?? `${url.hostname}:${port}`, 200),
    connection: {
      host,
      port,
      user: decodeURIComponent(url.username),
      password: decodeURIComponent(url.password),
      database: decodeURIComponent(url.pathname.slice(1)),
      ssl: tlsOptions(config.tls, socketFolder !== null || isLoopback(host)),
    },
  };
}

function readUrl({ urlFile, urlVariable }: PostgresConfig, environment: NodeJS.ProcessEnv): string {
  const text =
    urlFile === undefined
      ? environment[urlVariable ?? '']
      : readReferenced(urlFile, 'url-not-found');
  if (text === undefined || text.trim() === '') {
    const where =
      urlFile === undefined ? `variable ${quote(urlVariable)}` : `file ${quote(urlFile, 200)}`;
    throw new Fault('estate/url-not-found', `The ${where} holds no connection URL`);
  }
  return text.trim();
}

/** The URL holds a password, so no part of it is quoted. */
function parseUrl(text: string): URL {
  const url = URL.parse(text);
  const why =
    url === null
      ? 'it is not a URL'
      : !['postgres:', 'postgresql:'].includes(url.protocol)
        ? 'it does not begin with postgres://'
        : url.pathname.length < 2
          ? 'it names no database'
          : [...url.searchParams.keys()].some((key) => key !== 'host')
            ? 'it has parameters other than host; TLS is set by `tls`'
            : !(url.searchParams.get('host') ?? '/').startsWith('/')
              ? 'its parameter host is not the folder of a Unix socket'
              : !isDecodable(url)
                ? 'it has a percent sign that escapes nothing'
                : undefined;
  if (url === null || why !== undefined) {
    throw new Fault('estate/url-malformed', `The connection URL cannot be used: ${why}`, {
      hint: 'write it as postgres://user:password@host:5432/database',
    });
  }
  return url;
}

function isDecodable({ username, password, pathname, hostname }: URL): boolean {
  try {
    for (const part of [username, password, pathname, hostname]) decodeURIComponent(part);
    return true;
  } catch {
    return false;
  }
}

function tlsOptions(tls: PostgresConfig['tls'], isLocal: boolean): ConnectionOptions | false {
  if (tls.mode === 'off' || (tls.mode === 'auto' && isLocal && tls.caFile === undefined)) {
    return false;
  }
  const file = (path: string | undefined) =>
    path === undefined ? undefined : readReferenced(path, 'tls-invalid');
  const { ca, cert, key } = {
    ca: file(tls.caFile),
    cert: file(tls.certFile),
    key: file(tls.keyFile),
  };
  return {
    rejectUnauthorized: true,
    ...(ca && { ca }),
    ...(cert && { cert }),
    ...(key && { key }),
  };
}

function readReferenced(path: string, problem: 'url-not-found' | 'tls-invalid'): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (thrown) {
    throw new Fault(
      `estate/${problem}`,
      `${quote(path, 200)} cannot be read: ${messageOf(thrown)}`,
    );
  }
}
