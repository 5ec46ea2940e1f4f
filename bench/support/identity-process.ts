import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { spawnOnFirstCore } from './cores.ts';
import type { IdentityCommand, IdentityFigures, IdentityServerOptions } from './identity-server.ts';

const SERVER = fileURLToPath(new URL('identity-server.ts', import.meta.url));

/** The authority and the Workload API in a process of their own, on one core. */
export class IdentityProcess {
  readonly folder: string;
  readonly socket: string;
  readonly #child: ChildProcess;

  private constructor(folder: string, socket: string, child: ChildProcess) {
    this.folder = folder;
    this.socket = socket;
    this.#child = child;
  }

  /** Resolves when workloads may ask. */
  static async start(
    options: Omit<IdentityServerOptions, 'folder' | 'socket'> = {},
  ): Promise<IdentityProcess> {
    const folder = mkdtempSync(join(tmpdir(), 'reeve-bench-identity-'));
    const socket = join(folder, 'workload.sock');
    const given = JSON.stringify({ ...options, folder: join(folder, 'data'), socket });
    const child = spawnOnFirstCore(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', SERVER, given],
      { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] },
    );
    const made = new IdentityProcess(folder, socket, child);
    await made.#answer();
    return made;
  }

  /** Replaces the entries where any are given, and tells how far it is. */
  async ask(command: IdentityCommand = {}): Promise<IdentityFigures> {
    const answer = this.#answer();
    this.#child.send(command);
    return answer;
  }

  async close(): Promise<void> {
    const exited = once(this.#child, 'exit');
    if (this.#child.exitCode === null) {
      this.#child.disconnect();
      await exited;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }

  async #answer(): Promise<IdentityFigures> {
    const ended = new AbortController();
    const onExit = (): void => ended.abort(new Error('the identity server ended'));
    this.#child.once('exit', onExit);
    try {
      const [figures] = await once(this.#child, 'message', { signal: ended.signal });
      return figures as IdentityFigures;
    } finally {
      this.#child.off('exit', onExit);
    }
  }
}
