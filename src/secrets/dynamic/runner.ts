import { Fault } from '../../base/fault.ts';
import { type Clocks, Schedule, TargetFault, WorkQueue } from '../rotation/index.ts';
import type { LeasePolicy } from './config.ts';
import type { LeaseKeeping } from './keeping.ts';
import type { Lease, LeaseEvent, Role } from './model.ts';
import { Outages } from './outages.ts';
import type { Targets } from './targets.ts';
import { waitOf } from './waiting.ts';

/** A moment at which a process may be killed. */
export interface LeaseMoment {
  readonly when: 'before' | 'after';
  readonly what: 'write' | 'call';
  readonly lease: string;
  /** The event that is written, or the call that is made. */
  readonly step: string;
}

export interface LeaseRunnerParts extends Clocks {
  readonly leases: LeaseKeeping;
  readonly targets: Targets;
  readonly policy: LeasePolicy;
  /** Names the process. */
  readonly holder: string;
  /** Targets that are changed at once. */
  readonly atOnce: number;
  readonly lot: () => number;
  /** Told of what failed and will be tried again. */
  readonly warn: (message: string, fault: unknown) => void;
  /** Called at each moment at which a process may be killed; waited for. */
  readonly reach: (moment: LeaseMoment) => Promise<void>;
}

/** After the store failed. */
const STORE_RETRY = 5_000;
/** How often it is looked for leases of other processes. */
const LOOK_EVERY = 60_000;

/** Ends leases: writes that their time is over, and takes their users away. Whatever it knows it could read again: it may
 *  be killed at any time. Work is queued by target, so one that is gone holds up no other. */
export class LeaseRunner {
  readonly #parts: LeaseRunnerParts;
  readonly #schedule: Schedule;
  readonly #queue: WorkQueue;
  readonly #outages: Outages;
  /** Of each target, the leases that are to be looked at. */
  readonly #ready = new Map<string, Set<string>>();
  /** Of active leases, when a steady clock reaches the end that is written there. */
  readonly #ends = new Map<string, { readonly expiresAt: string; readonly at: number }>();
  readonly #names = new Map<string, { readonly role: Role; readonly name: string }>();
  readonly #inHand = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #looking: Promise<void> | undefined;
  #isPaused = true;

  constructor(parts: LeaseRunnerParts) {
    const { policy, holder, atOnce, clock, steadyClock } = parts;
    this.#parts = parts;
    this.#schedule = new Schedule({ clock, steadyClock, policy, holder });
    this.#queue = new WorkQueue(atOnce, (target) => this.#work(target));
    this.#outages = new Outages(policy);
    parts.leases.known.onChange((id, lease) => this.#changed(id, lease));
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** Ends what is to end from now on. */
  start(): void {
    this.#isPaused = false;
    for (const lease of this.#parts.leases.known.all()) this.#put(lease.id, lease);
    this.tick();
  }

  /** Gives up what is under way: whoever starts next goes on with it. */
  async close(): Promise<void> {
    this.#isPaused = true;
    clearTimeout(this.#timer);
    this.#parts.targets.stop();
    await this.#queue.close();
    await this.#looking;
  }

  /** Does what is due, and sleeps until something is. */
  tick(): void {
    clearTimeout(this.#timer);
    if (this.#isPaused) return;
    this.#look();
    for (const id of this.#schedule.take()) void this.#hand(id);
    this.#timer = setTimeout(() => this.tick(), this.#schedule.sleep()).unref();
  }

  /** Resolves when nothing is worked on. */
  async settled(): Promise<void> {
    await this.#looking;
    while (this.#inHand.size > 0) {
      await this.#queue.settled();
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  #changed(id: string, lease: Lease | undefined): void {
    if (this.#inHand.has(id)) return;
    this.#put(id, lease);
    this.tick();
  }

  /** The end of a lease is read off the time of day when it is first seen, and measured by the steady clock from then on:
   *  no clock that is set cuts it short, or puts it off. */
  #put(id: string, lease: Lease | undefined): void {
    const { holder, clock, steadyClock, policy } = this.#parts;
    const wait = lease && waitOf(lease, holder, clock(), policy);
    if (lease?.state !== 'active') this.#ends.delete(id);
    if (lease === undefined || wait === undefined) {
      this.#schedule.put(id, undefined);
      return;
    }
    if (lease.state !== 'active') {
      this.#schedule.postpone(id, wait);
      return;
    }
    const { expiresAt } = lease;
    const seen = this.#ends.get(id);
    const at = seen?.expiresAt === expiresAt ? seen.at : steadyClock() + wait;
    this.#ends.set(id, { expiresAt, at });
    this.#schedule.postpone(id, Math.max(0, at - steadyClock()));
  }

  /** Gives a lease to the work of its target. */
  async #hand(id: string): Promise<void> {
    this.#inHand.add(id);
    const target = await this.#targetOf(id);
    const ready = this.#ready.get(target) ?? new Set();
    this.#ready.set(target, ready.add(id));
    this.#queue.add(target);
  }

  async #targetOf(id: string): Promise<string> {
    const { leases, targets } = this.#parts;
    const role = leases.known.roles.get(leases.known.get(id)?.role ?? '');
    if (role === undefined) return '';
    const named = this.#names.get(role.id);
    if (named?.role === role) return named.name;
    const name = await targets.nameOf(role).catch(() => '');
    this.#names.set(role.id, { role, name });
    return name;
  }

  async #work(target: string): Promise<void> {
    const ready = this.#ready.get(target) ?? new Set();
    for (const id of ready) {
      ready.delete(id);
      const wait = this.#isPaused ? undefined : await this.#waitAfter(id, target);
      // what changes from here on is heard of: nothing is awaited before it is put back
      this.#inHand.delete(id);
      if (wait === undefined) this.#put(id, this.#parts.leases.known.get(id));
      else this.#schedule.postpone(id, wait);
    }
    if (ready.size === 0) this.#ready.delete(target);
    // what was handed in at the very end is not lost: the queue takes it when this work has ended
    setImmediate(() => {
      if (this.#ready.has(target) && !this.#isPaused) this.#queue.add(target);
      this.tick();
    });
  }

  /** Looks after a lease.
   *  @returns milliseconds until that is worth doing again, where the lease itself does not say */
  async #waitAfter(id: string, target: string): Promise<number | undefined> {
    try {
      return await this.#goOn(id, target);
    } catch (fault) {
      this.#parts.warn('A lease could not be looked after; it is tried again', fault);
      return STORE_RETRY;
    }
  }

  /** @returns milliseconds until it is worth going on, where its target is known to be away */
  async #goOn(id: string, target: string): Promise<number | undefined> {
    const { holder, steadyClock, leases } = this.#parts;
    const end = this.#ends.get(id);
    const expired = end && end.at <= steadyClock() ? end.expiresAt : undefined;
    const known = this.#waitOfTarget(leases.known.get(id), target);
    if (known > 0) return known;
    const { lease } = await this.#write(id, { event: 'due', expired });
    if (lease?.state !== 'ending') return undefined;
    const away = this.#waitOfTarget(lease, target);
    if (away > 0) return away;
    const { isTaken } = await this.#write(id, { event: 'take', holder });
    if (!isTaken) return undefined;
    await this.#reach('before', 'call', id, 'remove');
    const answer = await this.#remove(lease, target);
    await this.#reach('after', 'call', id, 'remove');
    const isStopped = this.#parts.targets.isStopped;
    await this.#write(id, isStopped ? { event: 'release', holder } : answer);
    return undefined;
  }

  /** Milliseconds until a target that is away is worth trying. */
  #waitOfTarget(lease: Lease | undefined, target: string): number {
    if (lease?.state !== 'ending' || lease.removal?.waits !== false) return 0;
    return this.#outages.waitOf(target, this.#parts.steadyClock());
  }

  /** That a user is gone is believed when its target says so. */
  async #remove(lease: Lease, target: string): Promise<LeaseEvent> {
    const { holder, leases, targets, steadyClock, lot } = this.#parts;
    const { username } = lease;
    try {
      const role = await leases.role(lease.role);
      await targets.reach(role, async ({ engine, context }) => {
        await engine.remove(context, username);
        if (await engine.isGone(context, username)) return;
        throw new TargetFault('unreachable', `The target still has the user ${username}`);
      });
      this.#outages.worked(target);
      return { event: 'removed', holder };
    } catch (thrown) {
      const { trouble, message, hint } = asTargetFault(thrown);
      if (trouble === 'unreachable') this.#outages.failed(target, username, steadyClock(), lot());
      return { event: 'failed', holder, trouble, problem: message, hint };
    }
  }

  async #write(id: string, event: LeaseEvent) {
    await this.#reach('before', 'write', id, event.event);
    const changed = await changeOf(this.#parts.leases, id, event);
    await this.#reach('after', 'write', id, event.event);
    return changed;
  }

  #reach(when: LeaseMoment['when'], what: LeaseMoment['what'], lease: string, step: string) {
    return this.#parts.reach({ when, what, lease, step });
  }

  /** What other processes have made, and may have left. */
  #look(): void {
    const { steadyClock, leases, warn } = this.#parts;
    if (this.#looking !== undefined || steadyClock() - this.#lookedAt < LOOK_EVERY) return;
    this.#lookedAt = steadyClock();
    this.#looking = leases
      .reload()
      .catch((fault) => warn('Leases could not be read', fault))
      .finally(() => {
        this.#looking = undefined;
      });
  }
}

/** A lease that is forgotten has no more to come. */
async function changeOf(leases: LeaseKeeping, id: string, event: LeaseEvent) {
  try {
    return await leases.change(id, event);
  } catch (thrown) {
    if (!(thrown instanceof Fault) || thrown.code !== 'secrets/lease-not-found') throw thrown;
    return { lease: undefined, isTaken: false };
  }
}

function asTargetFault(thrown: unknown): TargetFault {
  if (thrown instanceof TargetFault) return thrown;
  if (!(thrown instanceof Fault)) throw thrown;
  // the store is away, or the role is gone
  const trouble = thrown.code === 'secrets/role-not-found' ? 'invalid' : 'unreachable';
  return new TargetFault(trouble, thrown.message, thrown.hint);
}
