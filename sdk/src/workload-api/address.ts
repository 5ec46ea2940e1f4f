import { isIP } from 'node:net';
import { quote, ReeveError } from '../error.ts';

/** Where a Workload API listens. */
export type WorkloadAddress =
  | { readonly kind: 'unix'; readonly path: string }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number };

/** The variable that says where the Workload API is. */
export const ENDPOINT_VARIABLE = 'SPIFFE_ENDPOINT_SOCKET';
const HINT = `write it as unix:///run/reeve/workload.sock or tcp://127.0.0.1:8000, or set ${ENDPOINT_VARIABLE}`;

/** Reads the address of a Workload API; that of `SPIFFE_ENDPOINT_SOCKET` if it is undefined.
 *  @throws {ReeveError} `workload-api/address-missing`, `workload-api/address-malformed`
 *  @see SPIFFE Workload Endpoint §4 */
export function workloadAddress(
  text: string | undefined,
  env: NodeJS.ProcessEnv = process.env,
): WorkloadAddress {
  const address = text ?? env[ENDPOINT_VARIABLE];
  if (address === undefined || address === '') {
    throw new ReeveError(
      'workload-api/address-missing',
      `nobody says where the Workload API is: ${ENDPOINT_VARIABLE} is not set`,
      { hint: HINT },
    );
  }
  const read = address.startsWith('unix:') ? readUnix(address) : readTcp(address);
  if (typeof read !== 'string') return read;
  throw new ReeveError(
    'workload-api/address-malformed',
    `${quote(address, 120)} is not the address of a Workload API: ${read}`,
    { hint: HINT },
  );
}

/** Gives why not where it is none. */
function readUnix(address: string): WorkloadAddress | string {
  const rest = address.slice('unix:'.length);
  const path = rest.startsWith('//') ? rest.slice(2) : rest;
  if (!path.startsWith('/')) return 'the path is not absolute';
  if (path === '/') return 'the path is empty';
  return /[?#\0]/.test(path) ? 'it has a query or a fragment' : { kind: 'unix', path };
}

function readTcp(address: string): WorkloadAddress | string {
  const parts = /^tcp:\/\/(?:\[([^\]]*)\]|([^/:?#@[\]]*)):(\d{1,5})$/.exec(address);
  if (!parts) return 'it is neither unix:///PATH nor tcp://IP:PORT';
  const host = parts[1] ?? parts[2] ?? '';
  const port = Number(parts[3]);
  if (isIP(host) === 0) return 'the host is not an IP address';
  return port >= 1 && port <= 65_535 ? { kind: 'tcp', host, port } : 'the port is none';
}
