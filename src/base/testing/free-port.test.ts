import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { freePort, freePortNear, freePortOf, type PortRange, portsBeside } from './free-port.ts';

const GIVEN_OUT = '/proc/sys/net/ipv4/ip_local_port_range';
const MODULE = new URL('./free-port.ts', import.meta.url).href;

const others: ChildProcess[] = [];
afterEach(async () => {
  for (const other of others.splice(0)) await end(other);
});

/** Another process, and the ports that it has taken of a range: as many as there were, or these. */
async function otherWith(
  range: PortRange,
  count = range.last - range.first + 1,
): Promise<{ readonly child: ChildProcess; readonly ports: readonly number[] }> {
  const take = `
    import { freePortOf } from ${JSON.stringify(MODULE)};
    const ports = [];
    for (let i = 0; i < ${count}; i++) ports.push(await freePortOf(${JSON.stringify(range)}).catch(() => 0));
    process.send(ports.filter(Boolean));
    process.once('disconnect', () => process.exit());`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', take], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  others.push(child);
  const [ports] = await once(child, 'message');
  return { child, ports: ports as number[] };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

async function listenAt(port: number) {
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  return async () => {
    server.close();
    await once(server, 'close');
  };
}

/** Some ports that few others look at. */
function someRange(): PortRange {
  const { first, last } = portsBeside(existsSync(GIVEN_OUT) ? readFileSync(GIVEN_OUT, 'utf8') : '');
  const start = randomInt(first, last - 8);
  return { first: start, last: start + 7 };
}

describe('ports that connections are not given', () => {
  it.each<[what: string, given: string, first: number, last: number]>([
    ['those below, as Linux is set', '32768\t60999\n', 10_240, 32_767],
    ['those above, where that begins low', '1024\t50000\n', 50_001, 65_535],
    ['none that a browser does not call', '1024\t9000\n', 10_240, 65_535],
    ['the usual ones, where all may be given out', '1024\t65535\n', 10_240, 32_767],
    ['the usual ones, where too few are left', '10500\t65400\n', 10_240, 32_767],
    ['the usual ones, where the system does not say', '', 10_240, 32_767],
    ['the usual ones, where it says something else', 'all of them', 10_240, 32_767],
  ])('are %s', (_, given, first, last) => {
    expect(portsBeside(given)).toEqual({ first, last });
  });

  it.runIf(existsSync(GIVEN_OUT))('are what this machine is asked for', async () => {
    const { first, last } = portsBeside(readFileSync(GIVEN_OUT, 'utf8'));
    for (let count = 0; count < 20; count++) {
      const port = await freePort();
      expect(port).toBeGreaterThanOrEqual(first);
      expect(port).toBeLessThanOrEqual(last);
    }
  });
});

describe('a port that is free', () => {
  it('is given once, whoever asks, also at the same time', async () => {
    const range = someRange();
    const asked = Array.from({ length: 8 }, () => freePortOf(range).catch(() => undefined));
    const given = (await Promise.all(asked)).filter((port) => port !== undefined);
    expect(given.length).toBeGreaterThan(0);
    expect(new Set(given).size).toBe(given.length);
    await expect(freePortOf(range)).rejects.toThrow(
      `no port from ${range.first} to ${range.last} is free`,
    );
  });

  it('is given to no other process, until the one that has it ends', async () => {
    const range = someRange();
    const [one, other] = await Promise.all([otherWith(range), otherWith(range)]);
    const given = [...one.ports, ...other.ports];
    expect(given.length).toBeGreaterThan(0);
    expect(new Set(given).size).toBe(given.length);
    await end(one.child);
    await end(other.child);
    expect(await otherWith(range)).toMatchObject({ ports: expect.arrayContaining([given[0]]) });
  });

  it('is none where somebody listens, and is left to others then', async () => {
    const { child, ports } = await otherWith(someRange(), 1);
    await end(child);
    const port = ports[0] ?? 0;
    const close = await listenAt(port);
    await expect(freePortOf({ first: port, last: port })).rejects.toThrow('is free');
    await close();
    expect(await freePortOf({ first: port, last: port })).toBe(port);
  });

  it('can be listened at again and again', async () => {
    const port = await freePort();
    for (let time = 0; time < 3; time++) await (await listenAt(port))();
  });

  it('is the wanted one, or another where that is taken', async () => {
    const wanted = await freePort();
    expect(await freePortNear(wanted)).toBe(wanted);
    const close = await listenAt(wanted);
    expect(await freePortNear(wanted)).not.toBe(wanted);
    await close();
  });
});
