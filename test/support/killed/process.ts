import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { KillAt, Said, Told } from './child.ts';
import type { Opening } from './server.ts';

const CHILD = fileURLToPath(new URL('./child.ts', import.meta.url));

/** A server in a process of its own, which is killed. */
export class RotatingProcess {
  readonly #child: ChildProcess;
  readonly #exit: Promise<unknown>;
  readonly #waiting = new Map<Said['say'], (said: Said) => void>();

  /** Loads what it needs, and waits for `open`. */
  constructor() {
    const args = ['--disable-warning=ExperimentalWarning', CHILD];
    this.#child = spawn(process.execPath, args, {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.#exit = once(this.#child, 'exit');
    this.#child.on('message', (said: Said) => this.#waiting.get(said.say)?.(said));
    this.#child.on('error', () => undefined);
  }

  /** Why its rotations are paused; undefined: they go on. */
  async open(opening: Opening): Promise<string | undefined> {
    const said = await this.#ask({ tell: 'open', ...opening }, 'open');
    if (said === undefined) throw new Error('the server died when it was opened');
    return said.whyPaused;
  }

  /** Whether it took the order; undefined: it was killed meanwhile. */
  async rotate(id: string, kill?: KillAt): Promise<boolean | undefined> {
    const said = await this.#ask({ tell: 'rotate', id, kill }, 'asked');
    return said?.isTaken;
  }

  /** Whether it saw the end of a rotation, rather than being killed. */
  async rotateToEnd(id: string, kill?: KillAt): Promise<boolean> {
    return (await this.#ask({ tell: 'rotate', id, kill }, 'ended')) !== undefined;
  }

  async resume(): Promise<void> {
    await this.#ask({ tell: 'resume' }, 'resumed');
  }

  /** At once; `dead` resolves when it is. */
  kill(): void {
    this.#child.kill('SIGKILL');
  }

  get dead(): Promise<unknown> {
    return this.#exit;
  }

  async #ask<Say extends Said['say']>(
    told: Told,
    say: Say,
  ): Promise<Extract<Said, { say: Say }> | undefined> {
    const { promise, resolve } = Promise.withResolvers<Said | undefined>();
    this.#waiting.set(say, resolve);
    this.#child.send(told);
    const said = await Promise.race([promise, this.#exit.then(() => undefined)]);
    return said as Extract<Said, { say: Say }> | undefined;
  }
}
