import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../../src/base/testing/free-port.ts';
import type { ServerSaid } from './server.ts';
import { begunAt, type ServerTold, wentOnAt } from './told.ts';

const SERVER = fileURLToPath(new URL('./server.ts', import.meta.url));
const SHOP = fileURLToPath(new URL('../../../examples/shop', import.meta.url));

/** Reeve in a process of its own, in which secrets age as fast as it is told. It is killed, and started again on the same
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

  static async create(environment: string): Promise<WeekServer> {
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
    server.#tell(begunAt(1, config));
    return server;
  }

  get #file(): string {
    return join(this.folder, 'told.json');
  }

  #tell(told: ServerTold): void {
    writeFileSync(this.#file, JSON.stringify(told));
  }

  /** As it said of itself when it was started last. */
  get said(): ServerSaid {
    if (this.#said === undefined) throw new Error('it was not started');
    return this.#said;
  }

  /** Resolves when it listens. */
  async start(): Promise<void> {
    const child = fork(SERVER, [this.#file], {
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

  /** Ends it in order, and starts it again: its secrets age so fast from now on. */
  async goOnAt(pace: number): Promise<void> {
    await this.stop();
    const told: ServerTold = JSON.parse(readFileSync(this.#file, 'utf8'));
    this.#tell(wentOnAt(pace, told));
    await this.start();
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
