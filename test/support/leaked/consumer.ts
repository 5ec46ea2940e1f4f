import { setTimeout as sleep } from 'node:timers/promises';
import type { ReeveSecrets } from '../../../sdk/src/index.ts';
import type { LeakTarget } from './target.ts';

const PAUSE_MS = 20;

/** A workload that logs in at a target all the time, with its secret as the SDK gives it. */
export class LeakConsumer {
  readonly failures: string[] = [];
  logins = 0;
  /** Of the secret that was taken last. */
  version = 0;
  readonly #secrets: ReeveSecrets;
  readonly #target: LeakTarget;
  #isGoing = true;
  readonly #going: Promise<void>;

  constructor(secrets: ReeveSecrets, target: LeakTarget) {
    this.#secrets = secrets;
    this.#target = target;
    this.#going = this.#go();
  }

  async stop(): Promise<void> {
    this.#isGoing = false;
    await this.#going;
  }

  async #go(): Promise<void> {
    while (this.#isGoing) {
      try {
        await this.#logIn();
      } catch (thrown) {
        this.failures.push(String(thrown));
      }
      await sleep(PAUSE_MS);
    }
  }

  /** As programs are told to: what is refused is tried once more with what is current by then. */
  #logIn(): Promise<void> {
    return this.#secrets.use(this.#target.name, async ({ version, value }) => {
      this.logins++;
      if (!(await this.#target.takes(value))) throw new Error(`version ${version} is refused`);
      this.version = version;
    });
  }
}
