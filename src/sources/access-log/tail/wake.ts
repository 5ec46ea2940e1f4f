import { type FSWatcher, watch } from 'node:fs';
import { basename, dirname } from 'node:path';

/** Waits for something to happen to a file: the system tells of changes in its folder, and where it
 *  does not (a link, a network's disk), time passes. */
export class Wake {
  readonly #folder: string;
  readonly #name: string;
  #watcher: FSWatcher | undefined;
  #isRung = false;
  #end: (() => void) | undefined;

  constructor(file: string) {
    this.#folder = dirname(file);
    this.#name = basename(file);
  }

  /** Ends a wait now, or the next one at once. */
  ring(): void {
    this.#isRung = true;
    this.#end?.();
  }

  /** Resolves when the folder changes, or after `ms`. */
  async wait(ms: number): Promise<void> {
    this.#watch();
    if (!this.#isRung) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, ms);
      this.#end = resolve;
      await promise;
      clearTimeout(timer);
      this.#end = undefined;
    }
    this.#isRung = false;
  }

  close(): void {
    this.#watcher?.close();
    this.#watcher = undefined;
  }

  /** A folder that is not there, or goes away, is tried again with the next wait. */
  #watch(): void {
    if (this.#watcher !== undefined) return;
    try {
      this.#watcher = watch(this.#folder, (_, name) => {
        if (name === null || name === this.#name) this.ring();
      });
      this.#watcher.on('error', () => this.close());
    } catch {
      this.#watcher = undefined;
    }
  }
}
