import type { Server } from 'node:http';
import type { AddressInfo, Server as NetServer } from 'node:net';
import { Fault, messageOf } from '../base/fault.ts';
import { bracketed } from './loopback.ts';

/** Begins to listen; gives the port, which the system picks where `port` is 0.
 *  @throws {Fault} `server/port-unavailable`, which says what to change */
export async function listen(
  server: NetServer,
  host: string,
  port: number,
  setting: string,
): Promise<number> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host, port }, () => {
        server.off('error', reject);
        resolve();
      });
    });
  } catch (thrown) {
    throw toFault(thrown, `${bracketed(host)}:${port}`, port, setting);
  }
  return (server.address() as AddressInfo).port;
}

function toFault(thrown: unknown, address: string, port: number, setting: string): Fault {
  const code = (thrown as NodeJS.ErrnoException).code;
  if (code === 'EADDRINUSE') {
    return new Fault('server/port-unavailable', `${address} is taken by another program`, {
      hint: `see which with \`lsof -i :${port}\`, or set \`${setting}\` to another port`,
    });
  }
  if (code === 'EACCES') {
    return new Fault('server/port-unavailable', `${address} may not be used by this account`, {
      hint: `set \`${setting}\` to a port above 1023`,
    });
  }
  return new Fault(
    'server/port-unavailable',
    `${address} cannot be listened at: ${messageOf(thrown)}`,
    { hint: `set \`${setting}\` and the host beside it` },
  );
}

/** How often connections are looked for that have become idle. */
const SWEEP_MS = 20;

/** Stops to listen; requests under way get `graceMs` to end, and their connections end with them. */
export async function stopListening(server: Server, graceMs: number): Promise<void> {
  if (!server.listening) return;
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  // one that is kept alive would otherwise wait, and be served, for as long as its client likes
  const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MS);
  const timer = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearInterval(sweep);
  clearTimeout(timer);
}
