import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { Client } from 'pg';
import { freePort } from '../../../base/testing/free-port.ts';
import { findPostgres, userForPostgres } from './postgres-binaries.ts';

/** How a database ends: `fast` rolls back what is open and shuts down in order; `immediate` and `kill`
 *  (SIGKILL) leave the next start to recover. */
export type Ending = 'fast' | 'immediate' | 'kill';
const SIGNALS = { fast: 'SIGINT', immediate: 'SIGQUIT', kill: 'SIGKILL' } as const;
const START_MILLISECONDS = 60_000;

/** A real PostgreSQL in a temporary folder, on a free port of 127.0.0.1, with a password and a
 *  collation that is not the order of code points. It ends with the test, however that ends. */
export interface TestPostgres {
  readonly port: number;
  /** Makes an empty database and gives its connection URL. */
  createDatabase(): Promise<string>;
  /** Starts the database again, on the same port, and waits until it answers. */
  start(): Promise<void>;
  stop(ending: Ending): Promise<void>;
  /** Ends the database and removes its folder. */
  close(): Promise<void>;
}

/** @param binaries a folder with `initdb` and `postgres`; absent, whichever this machine can run */
export async function startPostgres(binaries?: string): Promise<TestPostgres> {
  const scratch = mkdtempSync(join(tmpdir(), 'reeve-postgres-'));
  chmodSync(scratch, 0o755);
  const keeper = new Keeper(scratch, await freePort(), binaries);
  await keeper.start();
  return keeper;
}

class Keeper implements TestPostgres {
  readonly port: number;
  readonly #scratch: string;
  readonly #password = randomBytes(12).toString('hex');
  readonly #process: ChildProcess;
  #server: number | undefined;
  #databases = 0;

  constructor(scratch: string, port: number, given: string | undefined) {
    this.#scratch = scratch;
    this.port = port;
    const user = userForPostgres();
    const binaries = given ?? findPostgres(scratch, user);
    const data = join(scratch, 'data');
    this.#initialise(join(binaries, 'initdb'), data, user);
    this.#process = spawn(
      process.execPath,
      [
        join(import.meta.dirname, 'postgres-keeper.ts'),
        `--scratch=${scratch}`,
        ...(user ? [`--uid=${user.uid}`, `--gid=${user.gid}`] : []),
        '--',
        join(binaries, 'postgres'),
        ...['-D', data, '-h', '127.0.0.1', '-p', String(port), '-k', data],
        // Processes are killed here, machines are not: what was written need not be on the disk.
        ...['-c', 'fsync=off'],
      ],
      { stdio: ['pipe', 'pipe', 'inherit'], detached: true },
    );
    createInterface({ input: this.#stream('stdout') }).on('line', (line) => {
      const [word, pid] = line.split(' ');
      this.#server = word === 'started' ? Number(pid) : undefined;
    });
  }

  #initialise(initdb: string, data: string, user: { uid: number; gid: number } | undefined): void {
    mkdirSync(data, { mode: 0o700 });
    const passwordFile = join(this.#scratch, 'password');
    writeFileSync(passwordFile, this.#password, { mode: 0o600 });
    if (user) for (const path of [data, passwordFile]) chownSync(path, user.uid, user.gid);
    const { status, stderr } = spawnSync(
      initdb,
      [
        ...['-D', data, '-U', 'reeve', '-A', 'scram-sha-256', `--pwfile=${passwordFile}`],
        ...['-E', 'UTF8', '--locale=C', '--locale-provider=icu', '--icu-locale=en-US', '--no-sync'],
      ],
      { ...user, cwd: '/', encoding: 'utf8' },
    );
    if (status !== 0) throw new Error(`initdb failed: ${stderr}`);
  }

  async createDatabase(): Promise<string> {
    const name = `estate_${++this.#databases}`;
    await this.#withClient((client) => client.query(`create database ${name}`));
    return this.#url(name);
  }

  async start(): Promise<void> {
    const deadline = Date.now() + START_MILLISECONDS;
    while (this.#server === undefined || !(await this.#answers())) {
      if (Date.now() > deadline) {
        const log = readFileSync(join(this.#scratch, 'log'), 'utf8');
        throw new Error(`PostgreSQL does not start:\n${log.slice(-4_000)}`);
      }
      // after SIGKILL a start fails until the last of the old processes has gone
      if (this.#server === undefined) this.#stream('stdin').write('start\n');
      await setTimeout(100);
    }
  }

  async stop(ending: Ending): Promise<void> {
    if (this.#server === undefined) return;
    process.kill(this.#server, SIGNALS[ending]);
    while (this.#server !== undefined) await setTimeout(10);
  }

  async close(): Promise<void> {
    const ended = once(this.#process, 'exit');
    this.#stream('stdin').end();
    await ended;
  }

  #url(database: string): string {
    return `postgres://reeve:${this.#password}@127.0.0.1:${this.port}/${database}`;
  }

  async #answers(): Promise<boolean> {
    try {
      await this.#withClient((client) => client.query('select 1'));
      return true;
    } catch {
      return false;
    }
  }

  async #withClient(use: (client: Client) => Promise<unknown>): Promise<void> {
    const client = new Client({
      connectionString: this.#url('postgres'),
      connectionTimeoutMillis: 5_000,
    });
    client.on('error', () => {});
    try {
      await client.connect();
      await use(client);
    } finally {
      await client.end();
    }
  }

  #stream<Name extends 'stdin' | 'stdout'>(name: Name): NonNullable<ChildProcess[Name]> {
    const stream = this.#process[name];
    if (stream === null) throw new Error(`${name} of the keeper is not a pipe`);
    return stream;
  }
}
