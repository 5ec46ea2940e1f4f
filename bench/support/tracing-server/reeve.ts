import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../../src/base/testing/free-port.ts';
import { cpuSeconds, residentMegabytes } from '../process-figures.ts';

const REEVE = fileURLToPath(new URL('../../../bin/reeve', import.meta.url));
const START_SECONDS = 120;

export interface Answer {
  /** 0: there was none. */
  readonly status: number;
  readonly milliseconds: number;
  readonly bytes: Buffer;
}

const NO_ANSWER = { status: 0, bytes: Buffer.alloc(0) };

/** `reeve up` with a data folder of its own, which lasts until `close`. */
export class TracingReeve {
  readonly otlpOrigin: string;
  readonly #origin: string;
  readonly #folder: string;
  readonly #config: string;
  #child: ChildProcess;
  #token = '';

  private constructor(folder: string, [port, otlpPort]: readonly [number, number], rest: object) {
    this.#folder = folder;
    this.#origin = `http://127.0.0.1:${port}`;
    this.otlpOrigin = `http://127.0.0.1:${otlpPort}`;
    this.#config = join(folder, 'reeve.config.yaml');
    const config = {
      data: join(folder, 'data'),
      logLevel: 'warn',
      http: { port, requestsPerMinute: 100_000 },
      otlp: { httpPort: otlpPort, grpcPort: 0 },
      envoy: { port: 0 },
      ...rest,
    };
    writeFileSync(this.#config, JSON.stringify(config));
    this.#child = this.#spawn();
  }

  /** Resolves when it answers.
   *  @param rest of the configuration */
  static async start(rest: object): Promise<TracingReeve> {
    const folder = mkdtempSync(join(tmpdir(), 'reeve-bench-tracing-server-'));
    const reeve = new TracingReeve(folder, [await freePort(), await freePort()], rest);
    await reeve.#answering('/healthz');
    reeve.#token = readFileSync(join(folder, 'data', 'admin.token'), 'utf8').trim();
    return reeve;
  }

  get megabytes(): number {
    return residentMegabytes(this.#child.pid ?? 0);
  }
  get cpuSeconds(): number {
    return cpuSeconds(this.#child.pid ?? 0);
  }
  /** Of the file with what was learnt. */
  get snapshotMegabytes(): number {
    return statSync(join(this.#folder, 'data', 'tracing.snapshot')).size / 2 ** 20;
  }

  async ask(path: string): Promise<Answer> {
    const started = performance.now();
    const { status, bytes } = await this.#fetch(path).catch(() => NO_ANSWER);
    return { status, milliseconds: performance.now() - started, bytes };
  }

  /** @throws {Error} where it is not answered */
  async json<Body>(path: string): Promise<Body> {
    const { status, bytes } = await this.ask(path);
    if (status !== 200) throw new Error(`${path} was answered ${status}: ${bytes}`);
    return JSON.parse(bytes.toString()) as Body;
  }

  /** Seconds from the start of a new process, after a `kill -9`, until it answers what asks tracing. */
  async killAndRestart(path: string): Promise<number> {
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await ended;
    const started = performance.now();
    this.#child = this.#spawn();
    await this.#answering(path);
    return (performance.now() - started) / 1_000;
  }

  async close(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const ended = once(this.#child, 'exit');
      this.#child.kill('SIGTERM');
      await ended;
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #fetch(path: string): Promise<Pick<Answer, 'status' | 'bytes'>> {
    const headers = { authorization: `Bearer ${this.#token}` };
    const answer = await fetch(this.#origin + path, { headers });
    return { status: answer.status, bytes: Buffer.from(await answer.arrayBuffer()) };
  }

  #spawn(): ChildProcess {
    return spawn(REEVE, ['up', '--config', this.#config], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  }

  async #answering(path: string): Promise<void> {
    const until = performance.now() + START_SECONDS * 1_000;
    while (performance.now() < until && this.#child.exitCode === null) {
      if ((await this.ask(path)).status === 200) return;
      await sleep(20);
    }
    await this.close();
    throw new Error('the server did not start');
  }
}
