import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../src/base/testing/free-port.ts';
import { residentMegabytes } from './support/process-figures.ts';

/** Memory of `reeve up` that has read the example estate and has nothing to do: 150 MB at most, at its
 *  very first start, when no code is compiled yet, and later. The peer of the same run is a server on
 *  Node that does nothing. */
const MEGABYTES_TO_REACH = 150;
const IDLE_SECONDS = 20;
const START_SECONDS = 60;

const folder = mkdtempSync(join(tmpdir(), 'reeve-bench-idle-'));
try {
  const port = await freePort();
  const bare = `require('node:http').createServer((_, answer) => answer.end()).listen(${port}, '127.0.0.1')`;
  const beside = await idle(port, process.execPath, ['-e', bare]);
  print('a server that does nothing', beside);
  for (const start of ['first start', 'next start']) {
    const [file, ownPort] = await configure();
    const megabytes = await idle(ownPort, 'bin/reeve', ['up', '--config', file]);
    const over = megabytes > MEGABYTES_TO_REACH ? `   (over ${MEGABYTES_TO_REACH} MB)` : '';
    print(`reeve up, ${start}`, megabytes, `   x${(megabytes / beside).toFixed(1)}${over}`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function configure(): Promise<readonly [file: string, port: number]> {
  const file = join(folder, 'reeve.config.yaml');
  const port = await freePort();
  const config = {
    data: join(folder, 'data'),
    logLevel: 'warn',
    http: { port },
    otlp: { httpPort: 0, grpcPort: 0 },
    envoy: { port: 0 },
    folders: [{ path: 'examples/shop' }],
  };
  writeFileSync(file, JSON.stringify(config));
  return [file, port];
}

/** Resident megabytes of a server that was left alone for a while. */
async function idle(port: number, command: string, args: readonly string[]): Promise<number> {
  const env = { ...process.env, XDG_CACHE_HOME: join(folder, 'cache') };
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'inherit'], env });
  try {
    await answering(port, child);
    await sleep(IDLE_SECONDS * 1_000);
    return residentMegabytes(child.pid ?? 0);
  } finally {
    if (child.exitCode === null) {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    }
  }
}

async function answering(port: number, child: ChildProcess): Promise<void> {
  const until = performance.now() + START_SECONDS * 1_000;
  while (performance.now() < until && child.exitCode === null) {
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined);
    if (answer?.ok) return;
    await sleep(50);
  }
  throw new Error('the server did not start');
}

function print(label: string, megabytes: number, rest = ''): void {
  console.log(`${label.padEnd(46)} ${`${megabytes} MB`.padStart(16)}${rest}`);
}
