import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { MemoryDocuments } from '../../../estate/store/testing/memory-documents.ts';
import { SecretKeeping } from '../../keeping/index.ts';
import type { RotationPlan, Secret, SecretValue } from '../../model/index.ts';
import {
  type Deliver,
  policyOf,
  RotationConfig,
  type RotationMoment,
  RotationRunner,
  type Rotator,
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
  ...{ jitter: 0.1, windows: [], overlapSeconds: OVERLAP_SECONDS, deliver: [] },
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

/** A rotator of a world, with its target. */
export interface WorldTarget {
  readonly rotator: Rotator;
  /** What its plan has beside, or in place of, what plans of worlds have. */
  readonly plan: Partial<RotationPlan>;
  /** Finds out what the target accepts of these values, where `accepts` cannot ask it at once. */
  look?(values: readonly SecretValue[]): Promise<void>;
  /** Asked of the target, not of the rotator. */
  accepts(value: SecretValue, now: number): boolean;
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
  /** Unused where the world has a rotator of its own. */
  readonly target: ModelTarget;
  readonly of: WorldTarget;
  readonly values = valueBox();
  readonly warnings: unknown[] = [];
  readonly moments: RotationMoment[] = [];
  readonly config = RotationConfig.parse({});
  wall = START;
  steady = 0;
  lot = 0.5;
  whyPaused: string | undefined;
  /** Of the processes that are started from now on; undefined: values are brought nowhere. */
  deliver: Deliver | undefined;
  fingerprintsOf: (value: SecretValue) => readonly string[] = () => [];
  /** Told of each value that becomes current, and of each process that comes up: consumers read then. */
  onNews: (secret: Secret | undefined) => void = () => undefined;
  /** Called at each moment; true: the process is killed there. */
  isKilledAt: (moment: RotationMoment) => boolean = () => false;
  /** Sees each moment. */
  watch: (moment: RotationMoment) => void = () => undefined;
  #process: Process | undefined;

  /** How many values the target holds at once. */
  readonly holds: 'one' | 'several';

  constructor(holds: 'one' | 'several' = 'several', of?: WorldTarget) {
    this.holds = holds;
    const target = holds === 'one' ? new SingleValueTarget() : new ModelTarget();
    const accepts = (value: SecretValue) => target.accepted.has(textOf(value));
    this.target = target;
    this.of = of ?? { rotator: target, plan: {}, accepts };
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
    const common = { ...clocks, values: this.values, fingerprintsOf: this.fingerprintsOf };
    const warn = (message: string, fault: unknown) => this.warnings.push([message, fault]);
    const policy = policyOf(this.config);
    const keeping = await SecretKeeping.open({
      ...{ ...common, store: this.store, policy, lot: () => this.lot, warn },
    });
    const runner = new RotationRunner({
      ...{ ...common, config: this.config, secrets: keeping, holder, warn, deliver: this.deliver },
      rotators: new Map([[this.of.rotator.kind, this.of.rotator]]),
      random: randomBytes,
      currentOf: (id) => keeping.currentOf(id),
      mark: {
        whyPaused: async () => this.whyPaused,
        resume: async () => undefined,
      },
      notify: (secret, { effect }) => {
        if (effect === 'promoted') this.onNews(secret);
      },
      hook: async (moment) => {
        const isNews = moment.when === 'after' && moment.what === 'call';
        if (!isDead && isNews) await this.of.look?.(this.kept());
        if (!isDead) this.moments.push(moment);
        if (!isDead) this.watch(moment);
        isDead ||= this.isKilledAt(moment);
        if (!isDead) return;
        die();
        await new Promise(() => undefined);
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
    const { rotator } = this.of;
    await keeping.plan(ID, { ...PLAN, rotator: rotator.kind, ...this.of.plan, ...plan }, BY);
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
    const labels = this.holds === 'one' ? [current, pending] : [current];
    return labels.some((label) => this.isAccepted(this.openValue(secret, label)));
  }

  isAccepted(value: SecretValue | undefined): boolean {
    return value !== undefined && this.of.accepts(value, this.wall);
  }

  /** Every value that the store has. */
  kept(): SecretValue[] {
    const stored = this.store.peek('secret', ID) as { secret: Secret } | undefined;
    const versions = stored?.secret.versions ?? [];
    return versions.flatMap(({ number }) => {
      const value = stored && this.openValue(stored.secret, number);
      return value ? [value] : [];
    });
  }

  /** The text of the value of a version of a secret. */
  valueOf(secret: Secret, number: number | undefined): string | undefined {
    const value = this.openValue(secret, number);
    return value && textOf(value);
  }

  /** The value of a version of a secret. */
  openValue({ id, versions }: Secret, number: number | undefined): SecretValue | undefined {
    const version = versions.find((one) => one.number === number);
    if (!version || version.envelope === null) return undefined;
    return this.values.decrypt({ secret: id, version: version.number }, version.envelope);
  }

  /** What happened, in the words of the audit log. */
  actions(): string[] {
    return this.store.log.map(({ action, detail }) =>
      action === 'secret.step' || action === 'secret.fail' ? `${action} ${detail.step}` : action,
    );
  }
}
