import type { TracingLog } from './messages.ts';

/** Work that is done again and again, and that fails for as long as its reason lasts, as on a disk that is full: that is
 *  said once, and once more when it succeeds again. */
export class Recurring {
  readonly #log: TracingLog;
  readonly #sentence: string;
  #isFailing = false;

  /** @param sentence what it means that it fails */
  constructor(log: TracingLog, sentence: string) {
    this.#log = log;
    this.#sentence = sentence;
  }

  failed(thrown: unknown): void {
    if (!this.#isFailing) this.#log('warn', thrown, this.#sentence);
    this.#isFailing = true;
  }

  succeeded(): void {
    if (this.#isFailing) this.#log('info', undefined, `no longer: ${this.#sentence}`);
    this.#isFailing = false;
  }
}
