import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';

/** Runs a test's database as a process of its own group: each line on standard input starts it, and
 *  its end is told on standard output. When the input ends, because the test is done or has died,
 *  the database is stopped and its folder removed. */
const { values, positionals } = parseArgs({
  options: { scratch: { type: 'string' }, uid: { type: 'string' }, gid: { type: 'string' } },
  allowPositionals: true,
});
const scratch = values.scratch ?? '';
const user = values.uid === undefined ? {} : { uid: Number(values.uid), gid: Number(values.gid) };
const log = openSync(join(scratch, 'log'), 'a');
let server: ChildProcess | undefined;

function startServer(): void {
  // asked twice before the first answer was read: a second server would only fail and hide the first
  if (server) return;
  const [command = '', ...args] = positionals;
  const started = spawn(command, args, { ...user, cwd: '/', stdio: ['ignore', log, log] });
  server = started;
  console.log(`started ${started.pid}`);
  started.once('exit', () => {
    server = undefined;
    console.log('ended');
  });
}

async function finish(): Promise<void> {
  if (server) {
    const ended = once(server, 'exit');
    server.kill('SIGQUIT');
    await ended;
  }
  rmSync(scratch, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
}

// nobody may be left to read what is told
process.stdout.on('error', () => {});
createInterface({ input: process.stdin }).on('line', startServer).on('close', finish);
