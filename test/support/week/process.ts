import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../../src/base/testing/free-port.ts';
import type { ServerSaid, ServerTold } from './server.ts';

const SERVER = fileURLToPath(new URL('./server.ts', import.meta.url));
const SHOP = fileURLToPath(new URL('../../../examples/shop', import.meta.url));

/** Reeve in a process of its own, in which secrets age faster than all else. It is killed, and started again on the same
 *  data and ports. */
export class WeekServer {
  readonly folder: string;
  readonly dataFolder: string;
  /** That it reads beside the shop. */
  readonly more: string;
  #child: ChildProcess | undefined;
  #said: ServerSaid | undefined;

  private constructor(folder: string) {
    this.folder = folder;
    this.dataFolder = join(folder, 'data');
    this.more = mkdtempSync(join(folder, 'more-'));
  }

  static async create(environment: string, pace: number): Promise<WeekServer> {
    const server = new WeekServer(mkdtempSync(join(tmpdir(), 'reeve-week-')));
    const config = {
      ...{ data: server.dataFolder, environment, logLevel: 'error' },
      http: { port: await freePort() },
      otlp: { httpPort: await freePort(), grpcPort: 0 },
      envoy: { port: 0 },
      folders: [
        { path: SHOP, name: 'shop' },
        { path: server.more, name: 'more' },
      ],
      secrets: { access: { enabled: true, port: await freePort() } },
    };
    const told: ServerTold = { config, since: Date.now(), pace };
    writeFileSync(server.#told, JSON.stringify(told));
    return server;
  }

  get #told(): string {
    return join(this.folder, 'told.json');
  }

  /** As it said of itself when it was started last. */
  get said(): ServerSaid {
    if (this.#said === undefined) throw new Error('it was not started');
    return this.#said;
  }

  /** Resolves when it listens. */
  async start(): Promise<void> {
    const child = fork(SERVER, [this.#told], {
      execArgv: ['--disable-warning=ExperimentalWarning'],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.#child = child;
    const ended = once(child, 'exit').then(([status, signal]) => {
      throw new Error(`the server ended at its start (${status ?? signal})`);
    });
    const [said] = await Promise.race([once(child, 'message'), ended]);
    ended.catch(() => undefined);
    this.#said = said as ServerSaid;
  }

  /** Ends it as a failure of power would. */
  kill(): Promise<void> {
    return this.#end('SIGKILL');
  }

  stop(): Promise<void> {
    return this.#end('SIGTERM');
  }

  /** It hangs: whoever connects waits. */
  pause(): void {
    this.#child?.kill('SIGSTOP');
  }

  goOn(): void {
    this.#child?.kill('SIGCONT');
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }
}
