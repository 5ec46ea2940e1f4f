import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { SecretValue } from '../../../src/secrets/model/index.ts';
import type { KeptSecrets } from './kept.ts';
import { ID } from './prepare.ts';
import type { KilledTarget } from './target.ts';

const PAUSE_MS = 20;

export interface ConsumerParts {
  readonly kept: () => KeptSecrets;
  readonly target: KilledTarget;
  readonly overlapMs: number;
}

/** Logs in all the time, with what it reads, and with what it has read before for as long as it may keep that. */
export class Consumer {
  readonly #parts: ConsumerParts;
  readonly failures: string[] = [];
  logins = 0;
  #isGoing = false;
  #going: Promise<void> = Promise.resolve();
  #held: { readonly value: SecretValue; readonly since: number } | undefined;

  constructor(parts: ConsumerParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#isGoing = true;
    this.#going = this.#go();
  }

  async stop(): Promise<void> {
    this.#isGoing = false;
    await this.#going;
  }

  /** Reads and logs in. Where the target takes one value at a time, the pending one may be it. A value that was replaced
   *  since it was read says nothing. */
  async logIn(at: string): Promise<void> {
    const { target } = this.#parts;
    for (;;) {
      const kept = this.#parts.kept();
      const secret = await kept.read(ID);
      const { current, pending } = secret.labels;
      for (const label of target.holds === 'one' ? [current, pending] : [current]) {
        const value = kept.value(secret, label);
        if (value && (await this.#takes(value))) return;
      }
      if (isDeepStrictEqual((await kept.read(ID)).labels, secret.labels)) {
        this.failures.push(`${at}: ${JSON.stringify({ ...secret.labels, run: secret.run?.step })}`);
        return;
      }
    }
  }

  async #go(): Promise<void> {
    while (this.#isGoing) {
      await this.logIn('all along');
      if (this.#parts.target.holds === 'several') await this.#logInAgain();
      await sleep(PAUSE_MS);
    }
  }

  /** A value that was current when it was read works for the overlap, whatever became current since. */
  async #logInAgain(): Promise<void> {
    const { overlapMs } = this.#parts;
    const now = performance.now();
    if (this.#held === undefined || now - this.#held.since > overlapMs / 2) {
      const kept = this.#parts.kept();
      const secret = await kept.read(ID);
      const value = kept.value(secret, secret.labels.current);
      this.#held = value && { value, since: now };
    }
    if (this.#held === undefined || (await this.#takes(this.#held.value))) return;
    // whoever came too late proves nothing
    const age = performance.now() - this.#held.since;
    if (age < overlapMs) this.failures.push(`with what it read ${Math.round(age)} ms before`);
  }

  #takes(value: SecretValue): Promise<boolean> {
    this.logins++;
    return this.#parts.target.takes(value);
  }
}
