import type { Server } from 'node:http';
import type { Http2Server } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { Fault, messageOf } from '../base/fault.ts';
import { bracketed } from './loopback.ts';

/** Begins to listen; gives the port, which the system picks where `port` is 0.
 *  @throws {Fault} `server/port-unavailable`, which says what to change */
export async function listen(
  server: Server | Http2Server,
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

/** Stops to listen; requests under way get `graceMs` to end. */
export async function stopListening(server: Server, graceMs: number): Promise<void> {
  if (!server.listening) return;
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearTimeout(timer);
}
