import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';

/** Ports for processes that have to be told where to listen. What can listen on 0 and tell its port needs none of this. */

/** Both are in it. */
export interface PortRange {
  readonly first: number;
  readonly last: number;
}

const LOOPBACK = '127.0.0.1';
/** Where Linux says which ports it gives to those who do not ask for one. @see ip(7) */
const GIVEN_OUT = '/proc/sys/net/ipv4/ip_local_port_range';
/** Above the last port that `fetch` refuses to call. @see the Fetch standard, "bad port" */
const FIRST_PORT = 10_240;
const LAST_PORT = 65_535;
/** Fewer are too few to find one that is free among them. */
const MIN_PORTS = 1_024;
/** Below what systems give out that do not say it: Linux from 32,768, others from 49,152 (RFC 6335 §6). */
const UNTOLD: PortRange = { first: FIRST_PORT, last: 32_767 };

/** A port of loopback at which a process can listen, end, and listen again. Connections are given none of these while
 *  nobody listens there, and as long as this process runs no other caller on this machine is given the same.
 *  @throws {Error} where all are taken */
export function freePort(): Promise<number> {
  const told = existsSync(GIVEN_OUT) ? readFileSync(GIVEN_OUT, 'utf8') : '';
  return freePortOf(portsBeside(told));
}

/** The wanted port where it is free now, else another: what an example may do and a server may not. */
export async function freePortNear(wanted: number): Promise<number> {
  return (await isFree(wanted)) ? wanted : freePort();
}

/** Ports that a system does not give to connections.
 *  @param given what it gives to them: `32768	60999` */
export function portsBeside(given: string): PortRange {
  const [low, high] = given.trim().split(/\s+/).map(Number);
  if (!low || !high) return UNTOLD;
  const sides = [
    { first: FIRST_PORT, last: low - 1 },
    { first: Math.max(high + 1, FIRST_PORT), last: LAST_PORT },
  ];
  return sides.find((side) => sizeOf(side) >= MIN_PORTS) ?? UNTOLD;
}

/** A port of a range, begun with by chance.
 *  @throws {Error} where all are taken */
export async function freePortOf(range: PortRange): Promise<number> {
  const size = sizeOf(range);
  const start = randomInt(size);
  for (let step = 0; step < size; step++) {
    const port = range.first + ((start + step) % size);
    if (await claim(port)) return port;
  }
  throw new Error(`no port from ${range.first} to ${range.last} is free`);
}

const sizeOf = ({ first, last }: PortRange): number => last - first + 1;

/** Takes a port for this process by its twin of UDP, which nobody here needs: two processes cannot have that, and however
 *  one ends, it has it no more. */
async function claim(port: number): Promise<boolean> {
  const twin = createSocket('udp4');
  try {
    twin.bind({ address: LOOPBACK, port });
    await once(twin, 'listening');
    if (await isFree(port)) {
      twin.unref();
      return true;
    }
  } catch {
    // somebody has it
  }
  twin.close();
  return false;
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, LOOPBACK);
  try {
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}
