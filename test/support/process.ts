import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../src/base/testing/free-port.ts';
import { untilUp } from './until-up.ts';

/** How long a server on a busy machine may take to show what it was told. */
const PATIENCE_MS = 60_000;

/** A server that runs as `bin/reeve up` does: in a process of its own, which can be killed. */
export class ServerProcess {
  readonly folder = mkdtempSync(join(tmpdir(), 'reeve-process-'));
  readonly origin: string;
  readonly otlpOrigin: string;
  #child: ChildProcess | undefined;

  private constructor(httpPort: number, otlpPort: number) {
    this.origin = `http://127.0.0.1:${httpPort}`;
    this.otlpOrigin = `http://127.0.0.1:${otlpPort}`;
    const config = {
      data: join(this.folder, 'data'),
      environment: 'test',
      logLevel: 'error',
      http: { port: httpPort },
      otlp: { httpPort: otlpPort, grpcPort: 0 },
      envoy: { port: 0 },
    };
    writeFileSync(join(this.folder, 'reeve.config.yaml'), JSON.stringify(config));
  }

  static async create(): Promise<ServerProcess> {
    return new ServerProcess(await freePort(), await freePort());
  }

  /** Resolves when it answers, and takes traces. */
  async start(): Promise<void> {
    const config = join(this.folder, 'reeve.config.yaml');
    this.#child = spawn('bin/reeve', ['up', '--config', config], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    await untilUp('the server', this.#child, async () => {
      const answers = await Promise.all([fetch(`${this.origin}/readyz`), this.export({})]);
      return answers.every(({ ok }) => ok);
    });
  }

  /** Ends it as a failure of power would. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }

  /** Asks it to end; gives the status it ends with. */
  async stop(): Promise<unknown> {
    const child = this.#child;
    if (child === undefined) return undefined;
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    return (await ended)[0];
  }

  export(body: object): Promise<Response> {
    return fetch(`${this.otlpOrigin}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  }

  /** An item of the API once it is there. */
  async item(list: string, id: string): Promise<unknown> {
    const file = join(this.folder, 'data', 'admin.token');
    const token = existsSync(file) ? readFileSync(file, 'utf8').trim() : '';
    const deadline = Date.now() + PATIENCE_MS;
    while (Date.now() < deadline) {
      const response = await fetch(`${this.origin}/api/v1/${list}/${encodeURIComponent(id)}`, {
        headers: { authorization: `Bearer ${token}` },
      });
      if (response.ok) return response.json();
      await response.body?.cancel();
      await sleep(50);
    }
    throw new Error(`there is no ${id} in ${list}`);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
