import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { type ConnectionOptions, checkServerIdentity } from 'node:tls';
import { pick } from '../../../base/pick.ts';
import { TargetFault } from '../../rotation/rotator.ts';
import type { SqlConfig } from './config.ts';

const UNREACHABLE: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'the connection was cut off',
  EPIPE: 'the connection was cut off',
  ETIMEDOUT: 'it does not answer in time',
  EHOSTUNREACH: 'there is no way to it',
  ENETUNREACH: 'there is no way to it',
  ENOTFOUND: 'its name is not known',
  EAI_AGAIN: 'its name cannot be resolved now',
};
/** How the drivers call a server that has no TLS. */
const NO_TLS = new Set(['The server does not support SSL connections', 'ER_SERVER_SSL_DISABLED']);
/** What Node and OpenSSL call certificates that prove nothing. */
const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|HOSTNAME_MISMATCH/;

/** What an error below the protocol means; undefined: it is not one. */
export function networkFault(error: unknown, place: string): TargetFault | undefined {
  const text = (name: string) => String(pick(error, name) ?? '');
  const code = text('code');
  if (NO_TLS.has(code) || NO_TLS.has(text('message'))) {
    return new TargetFault(
      'invalid',
      `${place} does not offer TLS`,
      'turn TLS on at the server; `tls: off` sends the administrator’s password where others may read it',
    );
  }
  const why = UNREACHABLE[code];
  if (why !== undefined) return new TargetFault('unreachable', `${place}: ${why}`);
  if (!CERTIFICATE.test(code)) return undefined;
  return new TargetFault(
    'changed',
    `${place} does not prove that it is the server: ${code}`,
    'name who signs its certificate in `caFile`, and the name in it in `serverName`',
  );
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

/** @throws {TargetFault} `invalid` where the file of certificates cannot be read */
export function tlsOptions(config: SqlConfig): ConnectionOptions | false {
  const local = isLoopback(config.host) && config.caFile === undefined;
  const mode = config.tls ?? (local ? 'off' : 'verified');
  if (mode === 'off') return false;
  const name = config.serverName ?? config.host;
  return {
    minVersion: 'TLSv1.2',
    rejectUnauthorized: mode === 'verified',
    ...(config.caFile === undefined ? {} : { ca: read(config.caFile) }),
    ...(isIP(name) === 0 ? { servername: name } : {}),
    // drivers put the host's name in place of ours
    checkServerIdentity: (_, certificate) => checkServerIdentity(name, certificate),
  };
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new TargetFault('invalid', `The file of certificates ${file} cannot be read`);
  }
}

/** Ends `cut` when the step is to end, while `work` goes on.
 *  @throws {TargetFault} `unreachable`, where it was to end already */
export async function whileAllowed<T>(
  signal: AbortSignal,
  cut: () => void,
  work: () => Promise<T>,
): Promise<T> {
  if (signal.aborted) throw new TargetFault('unreachable', 'The time for this step is over');
  signal.addEventListener('abort', cut, { once: true });
  try {
    return await work();
  } finally {
    signal.removeEventListener('abort', cut);
  }
}
