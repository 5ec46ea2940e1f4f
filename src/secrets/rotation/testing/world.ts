import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { SecretKeeping } from '../../keeping/index.ts';
import { MemoryDocuments } from '../../keeping/testing/memory-documents.ts';
import type { RotationPlan, Secret } from '../../model/index.ts';
import {
  policyOf,
  RotationConfig,
  type RotationMoment,
  RotationRunner,
  type SecretEvent,
  type ValueBox,
} from '../index.ts';
import { ModelTarget, SingleValueTarget, textOf } from './model-target.ts';

const MINUTE = 60_000;
export const BY = { actor: 'ada', reason: 'a test' };
export const ID = 'production/shop/orders/db';
export const START = Date.UTC(2026, 0, 5, 12); // a Monday
export const OVERLAP_SECONDS = 3_600;

export const PLAN: RotationPlan = {
  ...{ rotator: 'model', config: { target: 'db' }, admin: null, everySeconds: 86_400 },
  ...{ jitter: 0.1, windows: [], overlapSeconds: OVERLAP_SECONDS },
};

/** Encrypts under a key of its own, bound to the place. */
export function valueBox(): ValueBox {
  const key = randomBytes(32);
  const boundTo = ({ secret, version }: { secret: string; version: number }) =>
    Buffer.from(`${secret} ${version}`);
  return {
    encrypt: (place, value) => {
      const nonce = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(boundTo(place));
      const text = Buffer.concat([cipher.update(JSON.stringify(value)), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), text]).toString('base64');
    },
    decrypt: (place, envelope) => {
      const bytes = Buffer.from(envelope, 'base64');
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12));
      decipher.setAAD(boundTo(place)).setAuthTag(bytes.subarray(12, 28));
      return JSON.parse(`${decipher.update(bytes.subarray(28))}${decipher.final()}`);
    },
  };
}

/** A process: what is in memory, and lost when it is killed. */
export interface Process {
  readonly keeping: SecretKeeping;
  readonly runner: RotationRunner;
  /** Resolves when it is killed. */
  readonly death: Promise<void>;
}

/** A store, a target, a consumer, clocks, and processes that come and go. */
export class World {
  readonly store = new MemoryDocuments();
  readonly target: ModelTarget;
  readonly values = valueBox();
  readonly warnings: unknown[] = [];
  readonly moments: RotationMoment[] = [];
  readonly config = RotationConfig.parse({});
  wall = START;
  steady = 0;
  lot = 0.5;
  whyPaused: string | undefined;
  /** Told of each value that becomes current, and of each process that comes up: consumers read then. */
  onNews: (secret: Secret | undefined) => void = () => undefined;
  /** Called at each moment; true: the process is killed there. */
  isKilledAt: (moment: RotationMoment) => boolean = () => false;
  /** Sees each moment. */
  watch: (moment: RotationMoment) => void = () => undefined;
  #process: Process | undefined;

  constructor(holds: 'one' | 'several' = 'several') {
    this.target = holds === 'one' ? new SingleValueTarget() : new ModelTarget();
  }

  get process(): Process {
    if (this.#process === undefined) throw new Error('no process has been started');
    return this.#process;
  }

  /** Starts a process; what was in memory before is gone. */
  async start(holder = 'one'): Promise<Process> {
    const process = await this.open(holder);
    this.#process = process;
    this.onNews(await process.keeping.read(ID));
    await process.runner.start();
    return process;
  }

  async open(holder: string): Promise<Process> {
    let isDead = false;
    const { promise: death, resolve: die } = Promise.withResolvers<void>();
    const clocks = { clock: () => this.wall, steadyClock: () => this.steady };
    const common = { ...clocks, values: this.values, fingerprintsOf: () => [] };
    const warn = (message: string, fault: unknown) => this.warnings.push([message, fault]);
    const policy = policyOf(this.config);
    const keeping = await SecretKeeping.open({
      ...{ ...common, store: this.store, policy, lot: () => this.lot, warn },
    });
    const runner = new RotationRunner({
      ...{ ...common, config: this.config, secrets: keeping, holder, warn, deliver: undefined },
      rotators: new Map([[this.target.kind, this.target]]),
      random: randomBytes,
      currentOf: (id) => keeping.currentOf(id),
      mark: {
        whyPaused: async () => this.whyPaused,
        resume: async () => undefined,
      },
      notify: (secret, { effect }) => {
        if (effect === 'promoted') this.onNews(secret);
      },
      hook: (moment) => {
        if (!isDead) this.moments.push(moment);
        if (!isDead) this.watch(moment);
        isDead ||= this.isKilledAt(moment);
        if (!isDead) return;
        die();
        return new Promise(() => undefined);
      },
    });
    return { keeping, runner, death };
  }

  /** Does what is due. False: the process was killed meanwhile. */
  async work(process = this.process): Promise<boolean> {
    const death = process.death.then(() => false);
    for (let turn = 0; turn < 4; turn++) {
      process.runner.tick();
      const isAlive = await Promise.race([process.runner.settled().then(() => true), death]);
      if (!isAlive) {
        void process.runner.close();
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

  async passMinutes(count: number, each = 10): Promise<void> {
    for (let passed = 0; passed < count; passed += each) await this.pass(each * MINUTE);
  }

  /** A secret with its first value, rotated by the plan. */
  async withSecret(plan: Partial<RotationPlan> = {}): Promise<void> {
    const { keeping } = await this.start();
    const [service, name] = ['production/shop/orders', 'db'];
    await keeping.create({ name, service, kind: 'api-key' }, BY);
    await keeping.plan(ID, { ...PLAN, ...plan }, BY);
    await this.goOn();
  }

  async send(event: SecretEvent): Promise<void> {
    await this.process.keeping.change(ID, event);
    await this.goOn();
  }

  async secret(): Promise<Secret> {
    const secret = await this.process.keeping.read(ID);
    if (secret === undefined) throw new Error('the secret is gone');
    return secret;
  }

  /** Whether somebody who reads now gets a value that works; where the target holds one value, the pending one may be it. */
  isServed(): boolean {
    const { secret } = this.store.peek('secret', ID) as { secret: Secret };
    const { current, pending } = secret.labels;
    const labels = this.target instanceof SingleValueTarget ? [current, pending] : [current];
    return labels.some((label) => this.target.accepted.has(this.valueOf(secret, label) ?? ''));
  }

  /** The value of a version of a secret. */
  valueOf({ id, versions }: Secret, number: number | undefined): string | undefined {
    const version = versions.find((one) => one.number === number);
    if (!version || version.envelope === null) return undefined;
    return textOf(this.values.decrypt({ secret: id, version: version.number }, version.envelope));
  }

  /** What happened, in the words of the audit log. */
  actions(): string[] {
    return this.store.log.map(({ action, detail }) =>
      action === 'secret.step' || action === 'secret.fail' ? `${action} ${detail.step}` : action,
    );
  }
}
