import { readFileSync, statSync } from 'node:fs';
import { isIP } from 'node:net';
import { type ConnectionOptions, checkServerIdentity } from 'node:tls';
import { isLoopback } from '../../base/loopback.ts';
import { pick } from '../../base/pick.ts';
import { TargetFault } from '../rotation/rotator.ts';

/** A server, and how it proves that it is the one. */
export interface Proof {
  readonly host: string;
  readonly tls?: 'verified' | 'unverified' | 'off' | undefined;
  readonly caFile?: string | undefined;
  readonly serverName?: string | undefined;
}

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
/** How the drivers, and Node, call a server that has no TLS. */
const NO_TLS = new Set([
  'The server does not support SSL connections',
  'ER_SERVER_SSL_DISABLED',
  'ERR_SSL_WRONG_VERSION_NUMBER',
  'ERR_SSL_PACKET_LENGTH_TOO_LONG',
]);
/** What OpenSSL says of an answer that is not TLS, where Node has no code for it. */
const PLAIN = /:(wrong version number|packet length too long):/;
/** What Node and OpenSSL call certificates that prove nothing. */
const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|HOSTNAME_MISMATCH/;

/** What an error below the protocol means; undefined: it is not one. */
export function networkFault(error: unknown, place: string): TargetFault | undefined {
  const text = (name: string) => String(pick(error, name) ?? '');
  const code = text('code');
  const isPlain = code === 'EPROTO' && PLAIN.test(text('message'));
  if (isPlain || NO_TLS.has(code) || NO_TLS.has(text('message'))) {
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

/** What a connection is encrypted with; false: it is not.
 *  @throws {TargetFault} `invalid` where the file of certificates cannot be read */
export function tlsOptions(config: Proof): ConnectionOptions | false {
  const local = isLoopback(config.host) && config.caFile === undefined;
  const mode = config.tls ?? (local ? 'off' : 'verified');
  if (mode === 'off') return false;
  const name = config.serverName ?? config.host;
  return {
    minVersion: 'TLSv1.2',
    rejectUnauthorized: mode === 'verified',
    ...(config.caFile === undefined ? {} : { ca: readCertificates(config.caFile) }),
    ...(isIP(name) === 0 ? { servername: name } : {}),
    // drivers put the host's name in place of ours
    checkServerIdentity: (_, certificate) => checkServerIdentity(name, certificate),
  };
}

const MOST_BYTES = 1_048_576;

/** PEM of who signs certificates. Who writes a plan names the file: a pipe or a device is none, which would never end.
 *  @throws {TargetFault} `invalid` */
export function readCertificates(file: string): string {
  try {
    const status = statSync(file);
    if (status.isFile() && status.size <= MOST_BYTES) return readFileSync(file, 'utf8');
  } catch {
    throw new TargetFault('invalid', `The file of certificates ${file} cannot be read`);
  }
  const why = `${file} is no plain file of certificates, of at most ${MOST_BYTES} bytes`;
  throw new TargetFault('invalid', why);
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
