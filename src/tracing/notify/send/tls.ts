import { readFileSync, statSync } from 'node:fs';
import { isIP } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import { Fault, quote } from '../../../base/fault.ts';

const MOST_BYTES = 1_048_576;

/** How a target proves that it is the one: always.
 *  @throws {Fault} `notify/ca-malformed` */
export function tlsOptions(
  host: string,
  {
    caFile,
    serverName,
  }: { readonly caFile?: string | undefined; readonly serverName?: string | undefined },
): ConnectionOptions {
  const name = serverName ?? host.replace(/^\[|\]$/g, '');
  return {
    minVersion: 'TLSv1.2',
    rejectUnauthorized: true,
    ...(caFile !== undefined && { ca: certificatesIn(caFile) }),
    ...(isIP(name) === 0 && { servername: name }),
  };
}

function certificatesIn(file: string): string {
  try {
    const status = statSync(file);
    if (status.isFile() && status.size <= MOST_BYTES) return readFileSync(file, 'utf8');
  } catch {
    throw new Fault('notify/ca-malformed', `${quote(file, 200)} cannot be read`);
  }
  throw new Fault(
    'notify/ca-malformed',
    `${quote(file, 200)} is no plain file of at most ${MOST_BYTES} bytes`,
  );
}
