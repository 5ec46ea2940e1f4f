import { randomBytes } from 'node:crypto';
import { MemoryDocuments } from '../../../estate/store/testing/memory-documents.ts';
import type { SecretValue } from '../../model/index.ts';
import { RotationConfig } from '../../rotation/index.ts';
import type { Caller } from '../admission.ts';
import { DynamicConfig } from '../config.ts';
import { DynamicCredentials } from '../dynamic.ts';
import type { Engine } from '../engine.ts';
import type { Lease, RoleSettings } from '../model.ts';
import type { LeaseMoment } from '../runner.ts';
import { ModelEngine } from './model-engine.ts';

export const BY = { actor: 'ada', reason: 'a test' };
export const SERVICE = 'production/shop/orders';
export const ROLE = `${SERVICE}/reader`;
export const START = Date.UTC(2026, 0, 5, 12);
const HOUR = 3_600_000;

/** A process: what is in memory, and lost when it is killed. */
export interface Process {
  readonly dynamic: DynamicCredentials;
  /** Resolves when it is killed. */
  readonly death: Promise<'dead'>;
}

/** A store, targets, clocks, and processes that come and go. */
export class World {
  readonly store = new MemoryDocuments();
  readonly engine = new ModelEngine();
  readonly engines = new Map([['model', this.engine as unknown as Engine]]);
  admin: SecretValue | undefined = { username: 'admin', password: 'of the model' };
  readonly moments: LeaseMoment[] = [];
  readonly warnings: unknown[] = [];
  readonly rotation = RotationConfig.parse({});
  config = DynamicConfig.parse({});
  wall = START;
  steady = 0;
  whyRefused: string | undefined;
  /** Who asked before is refused, and who asks again is not. */
  revokedAt = Number.NEGATIVE_INFINITY;
  retrySeconds: number | undefined;
  /** Called at each moment; true: the process is killed there. */
  isKilledAt: (moment: LeaseMoment) => boolean | Promise<boolean> = () => false;
  #process: Process | undefined;

  get process(): Process {
    if (this.#process === undefined) throw new Error('no process has been started');
    return this.#process;
  }

  get dynamic(): DynamicCredentials {
    return this.process.dynamic;
  }

  /** Starts a process; what was in memory before is gone. */
  async start(holder = 'one'): Promise<Process> {
    const process = await this.open(holder);
    this.#process = process;
    process.dynamic.start();
    return process;
  }

  async open(holder: string): Promise<Process> {
    let isDead = false;
    const { promise: death, resolve: die } = Promise.withResolvers<'dead'>();
    const dynamic = await DynamicCredentials.open({
      ...{ store: this.store, config: this.config, rotation: this.rotation, holder },
      clock: () => this.wall,
      steadyClock: () => this.steady,
      lot: () => 0.5,
      random: randomBytes,
      warn: (message, fault) => this.warnings.push([message, fault]),
      engineOf: async (kind) => this.engines.get(kind),
      currentOf: async () => this.admin,
      whyRefused: (_, since) => (since < this.revokedAt ? 'it is revoked' : this.whyRefused),
      retrySecondsOf: () => this.retrySeconds,
      hook: async (moment) => {
        if (!isDead) this.moments.push(moment);
        isDead ||= await this.isKilledAt(moment);
        if (!isDead) return;
        die('dead');
        await new Promise(() => undefined);
      },
    });
    return { dynamic, death };
  }

  /** A role at a place, of a process that has been started. */
  async withRole(more: Partial<RoleSettings> = {}, name = 'reader', place = 'db'): Promise<void> {
    if (this.#process === undefined) await this.start();
    const settings = {
      ...{ engine: 'model', config: { place }, admin: `${SERVICE}/admin`, grants: { may: 'read' } },
      ...more,
    };
    await this.dynamic.defineRole({ name, service: SERVICE, settings }, BY);
  }

  caller(more: Partial<Caller> = {}): Caller {
    return {
      spiffeId: 'spiffe://example.org/orders',
      service: SERVICE,
      svidEndsAt: this.wall + HOUR,
      ...more,
    };
  }

  /** Does what is due. False: the process was killed meanwhile. */
  async work({ dynamic, death } = this.process): Promise<boolean> {
    for (let turn = 0; turn < 3; turn++) {
      dynamic.tick();
      if ((await Promise.race([dynamic.settled(), death])) === 'dead') {
        void dynamic.close();
        return false;
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
    return true;
  }

  /** Works, and starts again as often as it is killed. */
  async goOn(): Promise<void> {
    while (!(await this.work())) await this.start();
  }

  async pass(milliseconds: number): Promise<void> {
    this.wall += milliseconds;
    this.steady += milliseconds;
    await this.goOn();
  }

  /** Of all leases, as they stand in the store. */
  async leases(): Promise<Lease[]> {
    return (await this.store.documents('lease')).map(({ body }) => body as Lease);
  }

  async lease(): Promise<Lease> {
    const [lease] = await this.leases();
    if (lease === undefined) throw new Error('there is no lease');
    return lease;
  }

  /** What happened to leases, in the words of the audit log. */
  actions(): string[] {
    return this.store.log.map(({ action }) => action).filter((one) => one.startsWith('lease.'));
  }
}
