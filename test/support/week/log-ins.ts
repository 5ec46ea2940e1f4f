import { setTimeout as sleep } from 'node:timers/promises';
import type { ReeveSecrets } from '@reeve/sdk';
import type { SecretValue } from '../../../src/secrets/model/index.ts';
import type { WeekTarget } from './target.ts';

const PAUSE_MS = 50;
const CHOICE = { service: 'orders' };

/** A consumer of targets, which logs in all the time with the secrets that it reads from Reeve. */
export class LogIns {
  readonly failures: string[] = [];
  count = 0;
  readonly #secrets: ReeveSecrets;
  readonly #targets: readonly WeekTarget[];
  /** Values that were ever taken, of each target. */
  readonly #used = new Map<WeekTarget, Map<string, SecretValue>>();
  #isGoing = true;
  readonly #all: Promise<unknown>;

  constructor(secrets: ReeveSecrets, targets: readonly WeekTarget[]) {
    this.#secrets = secrets;
    this.#targets = targets;
    this.#all = Promise.all(targets.map((target) => this.#goOn(target)));
  }

  async stop(): Promise<void> {
    this.#isGoing = false;
    await this.#all;
  }

  /** Which values that were used once are taken, though they are not current. */
  async takenStill(): Promise<string[]> {
    const taken: string[] = [];
    for (const target of this.#targets) {
      const { value: current } = await this.#secrets.get(target.name, CHOICE);
      for (const [password, value] of this.#used.get(target) ?? []) {
        if (password === current.password) continue;
        await target.logIn(value).then(
          () => taken.push(`${target.name}: a password of ${value.username}`),
          () => undefined,
        );
      }
    }
    return taken;
  }

  async #goOn(target: WeekTarget): Promise<void> {
    const used = new Map<string, SecretValue>();
    this.#used.set(target, used);
    while (this.#isGoing) {
      try {
        await this.#secrets.use(
          target.name,
          async ({ value }) => {
            await target.logIn(value);
            used.set(value.password ?? '', value);
          },
          CHOICE,
        );
      } catch (thrown) {
        this.failures.push(`${target.name}: ${thrown}`);
      }
      this.count++;
      await sleep(PAUSE_MS);
    }
  }
}
