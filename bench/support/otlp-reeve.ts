import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../src/base/testing/free-port.ts';
import { spawnOnFirstCore } from './cores.ts';

const REEVE = fileURLToPath(new URL('../../bin/reeve', import.meta.url));

/** `reeve up` on one core, with a data folder of its own. */
export class ReeveProcess {
  readonly otlpOrigin: string;
  readonly #origin: string;
  readonly #folder: string;
  readonly #child: ChildProcess;

  private constructor(folder: string, port: number, otlpPort: number) {
    this.#folder = folder;
    this.#origin = `http://127.0.0.1:${port}`;
    this.otlpOrigin = `http://127.0.0.1:${otlpPort}`;
    const file = join(folder, 'reeve.config.yaml');
    const config = {
      data: join(folder, 'data'),
      logLevel: 'warn',
      http: { port },
      otlp: { httpPort: otlpPort, grpcPort: 0 },
      envoy: { port: 0 },
    };
    writeFileSync(file, JSON.stringify(config));
    this.#child = spawnOnFirstCore(REEVE, ['up', '--config', file], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  }

  /** Resolves when it takes traces. */
  static async start(): Promise<ReeveProcess> {
    const folder = mkdtempSync(join(tmpdir(), 'reeve-bench-otlp-'));
    const reeve = new ReeveProcess(folder, await freePort(), await freePort());
    for (let tries = 0; tries < 600; tries++) {
      const answer = await fetch(`${reeve.otlpOrigin}/v1/traces`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{}',
      }).catch(() => undefined);
      if (answer?.status === 200) return reeve;
      await sleep(100);
    }
    await reeve.close();
    throw new Error('Reeve did not start');
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Seconds until the estate has so many endpoints; `undefined` where it does not come to it. */
  async secondsUntil(endpoints: number, maxSeconds: number): Promise<number | undefined> {
    const started = performance.now();
    for (;;) {
      const seconds = (performance.now() - started) / 1_000;
      if ((await this.#endpointCount()) >= endpoints) return seconds;
      if (seconds > maxSeconds) return undefined;
      await sleep(100);
    }
  }

  async close(): Promise<void> {
    if (this.#child.exitCode === null) {
      const ended = once(this.#child, 'exit');
      this.#child.kill('SIGTERM');
      await ended;
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #endpointCount(): Promise<number> {
    const file = join(this.#folder, 'data', 'admin.token');
    const token = existsSync(file) ? readFileSync(file, 'utf8').trim() : '';
    const answer = await fetch(`${this.#origin}/api/v1/endpoints?limit=1`, {
      headers: { authorization: `Bearer ${token}` },
    });
    if (!answer.ok) return 0;
    return ((await answer.json()) as { total: number }).total;
  }
}
