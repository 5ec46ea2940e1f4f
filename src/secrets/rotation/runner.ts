import { stableId } from '../../base/ids.ts';
import type { Secret } from '../model/index.ts';
import { type CallParts, carryOut } from './call.ts';
import { policyOf, type RotationConfig } from './config.ts';
import type { Asking, Call, SecretEffect, SecretEvent } from './model.ts';
import type { Changed, Clocks, RotatedSecrets, RotationMoment, StoreMark } from './ports.ts';
import { WorkQueue } from './queue.ts';
import { Schedule } from './schedule.ts';
import type { Waiting } from './waiting.ts';

/** What rotations are carried out with. */
export interface RunnerParts
  extends Clocks,
    Pick<CallParts, 'rotators' | 'values' | 'currentOf' | 'deliver' | 'fingerprintsOf' | 'random'> {
  readonly config: RotationConfig;
  readonly secrets: RotatedSecrets;
  readonly mark: StoreMark;
  /** Names the process, the same again after it was killed where no other can have its store; else another process has
   *  to wait until its claim has ended. */
  readonly holder: string;
  /** Told of what failed and will be tried again. */
  readonly warn: (message: string, fault: unknown) => void;
  /** Told of a rotation's effects when they are durable: consumers get another value, a person is needed. */
  readonly notify?: (secret: Secret, effect: Exclude<SecretEffect, { effect: 'call' }>) => void;
  /** Called at each moment at which a process may be killed; waited for. */
  readonly hook?: (moment: RotationMoment) => Promise<void> | void;
}

/** After the store failed. */
const STORE_RETRY = 5_000;
/** How often it is looked for work that another process has left. */
const LOOK_EVERY = 30_000;

/** Carries out rotations: looks after each secret when its time has come, makes the calls, and keeps what came of them.
 *  Whatever it knows it could read again: it may be killed at any time. */
export class RotationRunner {
  readonly #parts: RunnerParts;
  readonly #schedule: Schedule;
  readonly #queue: WorkQueue;
  readonly #callParts: CallParts;
  readonly #stop = new AbortController();
  /** What has become of secrets while they were worked on. */
  readonly #latest = new Map<string, Waiting | undefined>();
  #endListening: (() => void) | undefined;
  #timer: NodeJS.Timeout | undefined;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #isLooking = false;
  #whyPaused: string | undefined = 'It has not been started';

  constructor(parts: RunnerParts) {
    const { config, clock } = parts;
    this.#parts = parts;
    this.#schedule = new Schedule({ ...parts, policy: policyOf(config) });
    this.#queue = new WorkQueue(config.atOnce, (id) => this.#work(id));
    this.#callParts = { ...parts, clock, stepMilliseconds: config.stepSeconds * 1_000 };
  }

  /** Goes on with what is under way, and with what is due, unless the store seems to be older than what targets hold.
   *  @throws {Fault} `estate/unavailable` */
  async start(): Promise<void> {
    this.#whyPaused = await this.#parts.mark.whyPaused();
    if (this.#whyPaused === undefined) this.#begin();
    else this.#parts.warn(`Rotations are paused: ${this.#whyPaused}`, undefined);
  }

  /** Why nothing is rotated and revoked until a person resumes it; undefined: it goes on. */
  get whyPaused(): string | undefined {
    return this.#whyPaused;
  }

  /** A person says that rotations go on from what the store says. */
  async resume(by: Asking): Promise<void> {
    if (this.#whyPaused === undefined) return;
    await this.#parts.mark.resume(by);
    // somebody else has said so meanwhile, or it was closed
    if (this.#whyPaused === undefined || this.#stop.signal.aborted) return;
    this.#whyPaused = undefined;
    this.#begin();
  }

  /** Gives up what is under way: whoever starts next goes on with it. */
  async close(): Promise<void> {
    this.#stop.abort();
    clearTimeout(this.#timer);
    this.#endListening?.();
    await this.#queue.close();
  }

  /** Does what is due, and sleeps until something is. */
  tick(): void {
    clearTimeout(this.#timer);
    if (this.#stop.signal.aborted || this.#whyPaused !== undefined) return;
    if (this.#schedule.wasClockSet()) this.#fill(({ run }) => run === null);
    this.#lookForOthers();
    for (const id of this.#schedule.take()) this.#queue.add(id);
    const sleep = this.#schedule.sleep() / (this.#parts.pace ?? 1);
    this.#timer = setTimeout(() => this.tick(), sleep).unref();
  }

  /** Resolves when nothing is worked on. */
  settled(): Promise<void> {
    return this.#queue.settled();
  }

  #begin(): void {
    this.#endListening = this.#parts.secrets.onChange((id, secret) => this.#changed(id, secret));
    this.#fill(() => true);
    this.tick();
  }

  #fill(isWanted: (secret: Waiting) => boolean): void {
    for (const [id, secret] of this.#parts.secrets.waiting()) {
      if (isWanted(secret)) this.#changed(id, secret, false);
    }
  }

  #changed(id: string, secret: Waiting | undefined, isNews = true): void {
    if (this.#queue.isWorking(id)) {
      this.#latest.set(id, secret);
      return;
    }
    this.#schedule.put(id, secret);
    if (isNews) this.tick();
  }

  /** Work that was begun elsewhere, and may have been left there. */
  #lookForOthers(): void {
    const now = this.#parts.steadyClock();
    const { pace = 1 } = this.#parts;
    if (this.#isLooking || now - this.#lookedAt < LOOK_EVERY * pace) return;
    this.#lookedAt = now;
    this.#isLooking = true;
    this.#look()
      .catch((fault) => this.#parts.warn('Rotations under way could not be read', fault))
      .finally(() => {
        this.#isLooking = false;
      });
  }

  async #look(): Promise<void> {
    for (const id of await this.#parts.secrets.underWay()) {
      if (this.#stop.signal.aborted) return;
      const secret = await this.#parts.secrets.read(id);
      this.#changed(id, secret, false);
    }
    this.tick();
  }

  async #work(id: string): Promise<void> {
    const { secrets, warn } = this.#parts;
    let target: string | undefined;
    try {
      const secret = await secrets.read(id);
      this.#latest.set(id, secret);
      if (secret === undefined) return;
      const entered = await this.#targetOf(secret);
      if (!this.#queue.enter(entered, id)) {
        this.#latest.delete(id);
        return;
      }
      target = entered;
      await this.#goOn(id);
    } catch (fault) {
      warn('A secret could not be looked after; it is tried again', fault);
      this.#latest.delete(id);
      this.#schedule.postpone(id, STORE_RETRY);
    } finally {
      if (target !== undefined) this.#queue.leave(target);
      this.#putBack(id);
    }
  }

  #putBack(id: string): void {
    if (this.#latest.has(id)) this.#schedule.put(id, this.#latest.get(id));
    this.#latest.delete(id);
    if (!this.#stop.signal.aborted) queueMicrotask(() => this.tick());
  }

  /** Does one thing after the other, for as long as something is due. */
  async #goOn(id: string): Promise<void> {
    const { holder } = this.#parts;
    const stop = this.#stop.signal;
    let changed = await this.#write(id, { event: 'take', holder });
    for (let call = callOf(changed); call !== undefined; call = callOf(changed)) {
      await this.#reach({ when: 'before', what: 'call', secret: id, step: call.call });
      const answer = await carryOut(call, changed.secret, this.#callParts, stop);
      await this.#reach({ when: 'after', what: 'call', secret: id, step: call.call });
      changed = await this.#write(id, stop.aborted ? { event: 'release', holder } : answer);
    }
  }

  async #write(id: string, event: SecretEvent): Promise<Changed> {
    const moment = { what: 'write', secret: id, step: event.event } as const;
    await this.#reach({ when: 'before', ...moment });
    const changed = await this.#parts.secrets.change(id, event);
    await this.#reach({ when: 'after', ...moment });
    this.#latest.set(id, changed.secret);
    for (const effect of changed.effects) {
      if (effect.effect !== 'call') this.#notify(changed.secret, effect);
    }
    return changed;
  }

  #notify(secret: Secret, effect: Exclude<SecretEffect, { effect: 'call' }>): void {
    try {
      this.#parts.notify?.(secret, effect);
    } catch (thrown) {
      this.#parts.warn('A change of a secret was not passed on', thrown);
    }
  }

  async #reach(moment: RotationMoment): Promise<void> {
    await this.#parts.hook?.(moment);
  }

  async #targetOf({ plan }: Secret): Promise<string> {
    const rotator = plan ? await this.#parts.rotators.get(plan.rotator) : undefined;
    const config = rotator?.config.safeParse(plan?.config);
    const name =
      rotator?.target && config?.success
        ? rotator.target(config.data)
        : JSON.stringify(plan?.config ?? null);
    return stableId('target', plan?.rotator ?? '', name);
  }
}

function callOf({ effects }: Changed): Call | undefined {
  return effects.find((effect) => effect.effect === 'call');
}
