import { type ChildProcess, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@redis/client';
import { freePort } from '../../../src/base/testing/free-port.ts';
import { untilUp } from '../../support/until-up.ts';
import { debianPackages } from './debian.ts';
import type { Peer } from './tools.ts';

const SERVER = '/usr/bin/redis-server';

export const debianRedis = (): Peer => debianPackages(['redis-server'], SERVER);

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Where a Redis keeps its users. */
export type Keeps = 'aclfile' | 'configuration' | 'nothing';

/** A Redis of its own: folder, port of 127.0.0.1, and process. Its slow log holds every command. */
export class Redis {
  readonly folder = mkdtempSync(join(tmpdir(), 'reeve-redis-'));
  readonly port: number;
  /** May do everything. */
  readonly admin = { username: 'keeper', password: randomBytes(18).toString('base64url') };
  readonly users = join(this.folder, 'users.acl');
  readonly #keeps: Keeps;
  #child: ChildProcess | undefined;
  static readonly #open = new Set<Redis>();

  private constructor(port: number, keeps: Keeps, lines: readonly string[]) {
    this.port = port;
    this.#keeps = keeps;
    const keeper = `user keeper on #${sha256(this.admin.password)} ~* &* +@all`;
    const settings = [
      ...[`port ${port}`, 'bind 127.0.0.1', `dir ${this.folder}`, 'save ""'],
      ...['logfile redis.log', 'loglevel debug', 'slowlog-log-slower-than 0'],
      ...['slowlog-max-len 10000', 'repl-diskless-sync-delay 0'],
      keeps === 'aclfile' ? `aclfile ${this.users}` : keeper,
      ...lines,
    ];
    writeFileSync(this.users, `${keeper}\n`);
    writeFileSync(this.configuration, `${settings.join('\n')}\n`);
  }

  /** @param lines more of its configuration */
  static async start(keeps: Keeps, lines: readonly string[] = []): Promise<Redis> {
    const redis = new Redis(await freePort(), keeps, lines);
    Redis.#open.add(redis);
    await redis.restart();
    return redis;
  }

  /** Those, too, that a test which failed has left. */
  static async closeAll(): Promise<void> {
    for (const redis of Redis.#open) await redis.close();
  }

  get configuration(): string {
    return join(this.folder, 'redis.conf');
  }

  async restart(): Promise<void> {
    await this.stop();
    // a configuration that is piped in has no file
    const isPiped = this.#keeps === 'nothing';
    const child = spawn(SERVER, isPiped ? ['-'] : [this.configuration], {
      stdio: [isPiped ? 'pipe' : 'ignore', 'ignore', 'ignore'],
    });
    child.stdin?.end(readFileSync(this.configuration));
    this.#child = child;
    process.once('exit', this.#kill);
    await untilUp('Redis', child, async () => (await this.ask('PING')) === 'PONG');
  }

  /** As its administrator, or somebody else. */
  async connect(user: { readonly username: string; readonly password: string } = this.admin) {
    const client = createClient({
      socket: { host: '127.0.0.1', port: this.port, reconnectStrategy: false },
      ...{ username: user.username, password: user.password },
    });
    client.on('error', () => {});
    await client.connect();
    return client;
  }

  async ask(...words: string[]): Promise<unknown> {
    const client = await this.connect();
    try {
      return await client.sendCommand(words);
    } finally {
      client.destroy();
    }
  }

  /** Sees every command of others from now on. */
  async monitor(): Promise<{ text(): string; end(): void }> {
    const socket = connect(this.port, '127.0.0.1').setEncoding('latin1');
    let text = '';
    socket.on('data', (piece) => {
      text += piece;
    });
    const { username, password } = this.admin;
    socket.write(`AUTH ${username} ${password}\r\nMONITOR\r\n`);
    while (!text.startsWith('+OK\r\n+OK\r\n')) await once(socket, 'data');
    return { text: () => text, end: () => socket.destroy() };
  }

  /** Keeps it from writing its users, even where it is root: a folder stands in their place. @returns what ends that */
  blockUsers(): () => void {
    const aside = `${this.users}.aside`;
    renameSync(this.users, aside);
    mkdirSync(join(this.users, 'in-the-way'), { recursive: true });
    return () => {
      rmSync(this.users, { recursive: true });
      renameSync(aside, this.users);
    };
  }

  log(): string {
    return readFileSync(join(this.folder, 'redis.log'), 'latin1');
  }

  /** Keeps it from answering, and lets it answer again. */
  pause(isPaused: boolean): void {
    this.#child?.kill(isPaused ? 'SIGSTOP' : 'SIGCONT');
  }

  async stop(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    process.off('exit', this.#kill);
    await ended;
  }

  async close(): Promise<void> {
    await this.stop();
    Redis.#open.delete(this);
    rmSync(this.folder, { recursive: true, force: true });
  }

  readonly #kill = () => this.#child?.kill('SIGKILL');
}
