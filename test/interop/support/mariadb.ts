import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { type Connection, createConnection } from 'mariadb';
import { freePort } from '../../../src/base/testing/free-port.ts';
import { debianPackages } from './debian.ts';
import type { Peer } from './tools.ts';

const SERVER = '/usr/sbin/mariadbd';
const START_MILLISECONDS = 60_000;

export const debianMariadb = (): Peer => debianPackages(['mariadb-server'], SERVER);

/** A MariaDB of its own: folder, port of 127.0.0.1, and process. Its general log holds every statement. */
export interface Mariadb {
  readonly port: number;
  /** Of `root`, who may do everything. */
  readonly password: string;
  log(): string;
  connect(user?: string, password?: string, database?: string): Promise<Connection>;
  close(): Promise<void>;
}

export async function startMariadb(): Promise<Mariadb> {
  const folder = mkdtempSync(join(tmpdir(), 'reeve-mariadb-'));
  chmodSync(folder, 0o755);
  const data = join(folder, 'data');
  const log = join(folder, 'data', 'general.log');
  const owner = process.getuid?.() === 0 ? ['--user=mysql'] : [];
  const made = spawnSync(
    'mariadb-install-db',
    ['--no-defaults', `--datadir=${data}`, ...owner, '--skip-test-db'].concat(
      '--auth-root-authentication-method=normal',
    ),
    { encoding: 'utf8', timeout: START_MILLISECONDS },
  );
  if (made.status !== 0) throw new Error(`mariadb-install-db failed: ${made.stderr}`);
  const port = await freePort();
  const server = spawn(
    SERVER,
    [
      ...['--no-defaults', `--datadir=${data}`, ...owner, '--bind-address=127.0.0.1'],
      ...[`--port=${port}`, `--socket=${join(data, 'socket')}`, '--plugin-load-add=auth_ed25519'],
      ...['--skip-name-resolve', `--general-log-file=${log}`, '--general-log'],
    ],
    { stdio: 'ignore' },
  );
  const kill = () => server.kill('SIGKILL');
  process.once('exit', kill);
  const password = randomBytes(18).toString('base64url');
  const connect = async (user = 'root', secret = password, database = 'mysql') => {
    const connection = await createConnection({
      host: '127.0.0.1',
      port,
      user,
      password: secret,
      database,
    });
    // tests end sessions
    connection.on('error', () => {});
    return connection;
  };
  await firstPassword(port, password, server);
  return {
    port,
    password,
    log: () => readFileSync(log, 'utf8'),
    connect,
    async close() {
      const ended = once(server, 'exit');
      kill();
      await ended;
      process.off('exit', kill);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Until the server answers, and with its log off, for the password stands in the statement. */
async function firstPassword(port: number, password: string, server: ChildProcess): Promise<void> {
  const deadline = Date.now() + START_MILLISECONDS;
  for (;;) {
    try {
      const root = await createConnection({ host: '127.0.0.1', port, user: 'root', password: '' });
      await root.query('set session sql_log_off = 1');
      await root.query('set password = password(?)', [password]);
      return await root.end();
    } catch (error) {
      if (Date.now() > deadline || server.exitCode !== null) throw error;
      await setTimeout(200);
    }
  }
}
