import { setTimeout as sleep } from 'node:timers/promises';
import type { SecretValue } from '../../../src/secrets/model/index.ts';
import { LeakConsumer } from './consumer.ts';
import { type LeakedReeve, ORDERS } from './reeve.ts';
import type { LeakTarget } from './target.ts';

const PATIENCE_MS = 120_000;
const POLL_MS = 10;

/** A leak, as the API tells it. */
export interface ToldLeak {
  readonly id: string;
  readonly isContained: boolean;
  readonly items: readonly {
    readonly kind: string;
    readonly subject: string;
    readonly version: number | null;
    readonly state: string;
    readonly problem: string | null;
  }[];
  readonly timeline: readonly {
    readonly subject: string;
    readonly action: string;
    readonly after: number;
    readonly sequence: number;
    readonly detail: Readonly<Record<string, unknown>>;
  }[];
}

/** How a leak was answered. Times in milliseconds since it was reported. */
export interface Answered {
  readonly target: LeakTarget;
  readonly leaked: SecretValue;
  readonly leak: ToldLeak;
  /** Readers were given the next value. */
  readonly promotedMs: number;
  /** The target was first seen to refuse what leaked, asked past Reeve. */
  readonly refusedMs: number;
  /** Reeve has seen it itself, and says so. */
  readonly containedMs: number;
}

/** @returns the id of the leak */
export type Report = (text: string, target: LeakTarget) => Promise<string>;

/** Leaks of secrets that are in use: each has a consumer that logs in all the time. */
export class LeakDrill {
  readonly reeve: LeakedReeve;
  readonly targets: readonly LeakTarget[];
  readonly consumers: ReadonlyMap<LeakTarget, LeakConsumer>;

  private constructor(reeve: LeakedReeve, targets: readonly LeakTarget[]) {
    this.reeve = reeve;
    this.targets = targets;
    this.consumers = new Map(targets.map((one) => [one, new LeakConsumer(reeve.secrets, one)]));
  }

  static async start(reeve: LeakedReeve, targets: readonly LeakTarget[]): Promise<LeakDrill> {
    await Promise.all(targets.map((target) => reeve.keep(target)));
    return new LeakDrill(reeve, targets);
  }

  /** One value of each target leaks, at once. */
  async respond(report: Report): Promise<readonly Answered[]> {
    const leaked = await Promise.all(
      this.targets.map(async ({ name }) => ({ ...(await this.reeve.secrets.get(name)).value })),
    );
    return Promise.all(
      this.targets.map((target, at) => this.#answered(target, leaked[at] ?? {}, report)),
    );
  }

  /** As soon as each consumer was let in with the version that is current. */
  async untilAllUseCurrent(): Promise<void> {
    for (const [{ name }, consumer] of this.consumers) {
      const { version } = await this.reeve.secrets.get(name);
      await until(async () => consumer.version === version, `a login as ${name} with ${version}`);
    }
  }

  async stop(): Promise<void> {
    await Promise.all([...this.consumers.values()].map((one) => one.stop()));
  }

  async #answered(target: LeakTarget, leaked: SecretValue, report: Report): Promise<Answered> {
    const started = performance.now();
    const since = () => performance.now() - started;
    const [refusedMs, { leak, containedMs }] = await Promise.all([
      until(async () => !(await target.takes(leaked)), `${target.name} refuses it`).then(since),
      report(target.leak(leaked), target).then(async (id) => {
        const isContained = async () =>
          (await this.reeve.ask<{ isContained: boolean }>(`leaks/${id}`)).isContained;
        await until(isContained, `the leak of ${target.name} is contained`);
        const containedMs = since();
        return { leak: await this.reeve.ask<ToldLeak>(`leaks/${id}`), containedMs };
      }),
    ]);
    const subject = `${ORDERS}/${target.name}`;
    const promoted = leak.timeline.find(
      (moment) => moment.subject === subject && moment.action === 'secret.promote',
    );
    const promotedMs = promoted?.after ?? Number.NaN;
    return { target, leaked, leak, promotedMs, refusedMs, containedMs };
  }
}

async function until(isSo: () => Promise<boolean>, what: string): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error(`waited in vain: ${what}`);
    await sleep(POLL_MS);
  }
}
