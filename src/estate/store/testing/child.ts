import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** A program under test in a process of its own, and the lines that it has printed. */
export class ChildProgram {
  readonly lines: string[] = [];
  readonly #process: ChildProcess;
  readonly #arrivals = new EventTarget();
  readonly #ended: Promise<unknown>;

  /** Runs a TypeScript file with this process's Node. Its standard error is shown. */
  constructor(file: string, args: readonly string[], environment: NodeJS.ProcessEnv = {}) {
    this.#process = spawn(process.execPath, [file, ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, ...environment },
    });
    const { stdout } = this.#process;
    if (stdout === null) throw new Error('standard output is not a pipe');
    const lines = createInterface({ input: stdout });
    lines.on('line', (line) => {
      this.lines.push(line);
      this.#arrivals.dispatchEvent(new Event('line'));
    });
    this.#ended = Promise.all([once(this.#process, 'exit'), once(lines, 'close')]);
    this.#ended.then(() => this.#arrivals.dispatchEvent(new Event('line')));
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  /** Waits until `count` lines from line `from` on satisfy `test`.
   *  @throws {Error} where the program ends, or the time is up, before that */
  async waitFor(
    test: (line: string) => boolean,
    { from = 0, count = 1, timeoutSeconds = 30 } = {},
  ): Promise<void> {
    const timeout = AbortSignal.timeout(timeoutSeconds * 1_000);
    while (this.lines.slice(from).filter(test).length < count) {
      if (this.#process.exitCode !== null) {
        throw new Error(`the program ended with ${this.#process.exitCode}`);
      }
      await once(this.#arrivals, 'line', { signal: timeout });
    }
  }

  /** SIGKILL, as nobody can prepare for it; resolves when everything it had printed has been read. */
  async kill(): Promise<void> {
    this.#process.kill('SIGKILL');
    await this.#ended;
  }
}
