import { setTimeout as delay } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { type Clock, toTimestamp } from '../../base/clock.ts';
import { Fault } from '../../base/fault.ts';
import type { Log } from '../../base/log.ts';
import type {
  Endpoint,
  EstateStore,
  SeenService,
  ServiceRecord,
  TemplateCorrection,
} from '../../estate/index.ts';
import { TrafficAttribution } from '../../sources/attribution/index.ts';
import type { Harvested } from './harvester.ts';
import { TemplateKnowledge } from './knowledge.ts';
import type {
  FromThread,
  IntakeAddresses,
  IntakeStatus,
  Question,
  ThreadData,
  ToThread,
} from './messages.ts';

export interface TrafficIntakePorts {
  readonly data: ThreadData;
  readonly environment: string;
  readonly store: EstateStore;
  readonly clock: Clock;
  readonly log: Log;
  /** Hears of what came in, about once a second while something does. */
  readonly onStatus: (status: IntakeStatus) => void;
  /** Called after the estate learnt something from traffic; `isNew` where it was more than counts. */
  readonly onFolded: (isNew: boolean) => void;
  /** Called when the thread has ended by itself; `thrown` is why, where it said so. */
  readonly onDied: (thrown: unknown) => void;
}

const RETRY_MS = 1_000;
const NOTHING: IntakeStatus = { counts: [], services: 0, nodes: 0, waiting: 0, journalBytes: 0 };

/** Traffic, from the thread that takes it in to the estate. The thread keeps what it acknowledged, so
 *  nothing is lost where the estate is away for a while. */
export class TrafficIntake {
  readonly #worker: Worker;
  readonly #ports: TrafficIntakePorts;
  readonly #knowledge = new TemplateKnowledge();
  readonly #questions = new Map<number, (seen: SeenService | undefined) => void>();
  readonly #closing = new AbortController();
  readonly #begun = Promise.withResolvers<IntakeAddresses>();
  readonly #known = Promise.withResolvers<void>();
  readonly #exited: Promise<void>;
  #isRunning = true;
  #addresses: IntakeAddresses | undefined;
  #attribution: TrafficAttribution | undefined;
  #knownIds = '';
  /** Service id by party; null for one that is none of the estate's. */
  readonly #ids = new Map<string, string | null>();
  #status = NOTHING;
  #asked = 0;

  private constructor(ports: TrafficIntakePorts, worker: Worker) {
    this.#ports = ports;
    this.#worker = worker;
    worker.on('message', (message: FromThread) => this.#hear(message));
    let thrown: unknown;
    worker.on('error', (error) => {
      thrown = error;
    });
    this.#exited = new Promise((resolve) => {
      worker.on('exit', () => {
        this.#end(thrown);
        resolve();
      });
    });
  }

  /** Resolves when traffic is taken in.
   *  @param worker the thread that takes it in
   *  @throws {Fault} `server/port-unavailable`, `data/traffic-malformed` */
  static async start(
    ports: TrafficIntakePorts,
    worker: Worker = startThread(ports.data),
  ): Promise<TrafficIntake> {
    const intake = new TrafficIntake(ports, worker);
    try {
      intake.#addresses = await intake.#begun.promise;
      return intake;
    } catch (thrown) {
      await worker.terminate();
      throw thrown;
    }
  }

  /** Where traffic is taken in. */
  get addresses(): IntakeAddresses {
    if (this.#addresses === undefined) throw new RangeError('not started');
    return this.#addresses;
  }

  get status(): IntakeStatus {
    return this.#status;
  }

  /** Tells what the estate knows: services for traffic to be attributed to, and templates that need
   *  not be learnt. Until it is told for the first time, traffic is only kept. */
  setKnown(services: readonly ServiceRecord[], endpoints: readonly Endpoint[]): void {
    const ids = services.map(({ id, aliases }) => `${id} ${aliases.join(' ')}`).join('\n');
    const isFirst = this.#attribution === undefined;
    if (isFirst || ids !== this.#knownIds) {
      this.#attribution = new TrafficAttribution(services, this.#ports.environment);
      this.#knownIds = ids;
      if (!isFirst) this.#tell({ type: 'forget' });
    }
    this.#knowledge.setEndpoints(endpoints);
    this.#tellKnowledge();
    if (isFirst) this.#known.resolve();
  }

  /** All corrections in force, by service id. */
  setCorrections(corrections: ReadonlyMap<string, readonly TemplateCorrection[]>): void {
    this.#knowledge.setCorrections(corrections);
    this.#tellKnowledge();
  }

  /** What a correction would make of a service's endpoints; undefined where it has no traffic. */
  async preview(
    serviceId: string,
    correction: TemplateCorrection,
  ): Promise<SeenService | undefined> {
    const key = [...this.#ids].find(([, id]) => id === serviceId)?.[0];
    return key === undefined ? undefined : this.#ask({ ask: 'preview', key, correction });
  }

  /** Resolves when everything that came in until now is in the estate. */
  async settle(): Promise<void> {
    await this.#ask({ ask: 'settle' });
  }

  /** Stops to listen, keeps what came, and ends the thread. */
  async close(): Promise<void> {
    this.#closing.abort();
    this.#known.resolve();
    this.#tell({ type: 'close' });
    await this.#exited;
  }

  #tell(message: ToThread): void {
    this.#worker.postMessage(message);
  }

  /** A thread that is gone answers nothing. */
  #ask(question: Question): Promise<SeenService | undefined> {
    const id = ++this.#asked;
    return new Promise((resolve) => {
      if (!this.#isRunning) return resolve(undefined);
      this.#questions.set(id, resolve);
      this.#tell({ type: 'ask', id, question });
    });
  }

  #hear(message: FromThread): void {
    if (message.type === 'ready') {
      this.#begun.resolve(message.addresses);
    } else if (message.type === 'fault') {
      const { code, hint } = message;
      this.#begun.reject(new Fault(code, message.message, hint === undefined ? {} : { hint }));
    } else if (message.type === 'harvested') {
      void this.#apply(message.harvested).then(() => this.#tell({ type: 'applied' }));
    } else if (message.type === 'log') {
      const { level, sentence, ...err } = message;
      this.#ports.log[level]({ err }, sentence);
    } else if (message.type === 'status') {
      this.#status = message.status;
      this.#ports.onStatus(message.status);
    } else {
      this.#questions.get(message.id)?.(message.seen);
      this.#questions.delete(message.id);
    }
  }

  /** The thread is gone: nobody waits for it any more. */
  #end(thrown: unknown): void {
    this.#isRunning = false;
    for (const answer of this.#questions.values()) answer(undefined);
    this.#questions.clear();
    if (this.#addresses === undefined) {
      this.#begun.reject(thrown ?? new RangeError('the thread that takes traffic in has ended'));
    } else if (!this.#closing.signal.aborted) {
      this.#ports.onDied(thrown);
    }
  }

  async #apply(harvested: readonly Harvested[]): Promise<void> {
    await this.#known.promise;
    let isNew = false;
    for (const one of harvested) {
      if (this.#closing.signal.aborted) return;
      if ((await this.#applyOne(one.seen)) || one.isNew) isNew = true;
    }
    if (!this.#closing.signal.aborted) this.#ports.onFolded(isNew);
  }

  /** Whether the service is another than before. */
  async #applyOne(seen: SeenService): Promise<boolean> {
    const { store, clock } = this.#ports;
    const { key } = seen.party;
    const scope = `traffic:${key}`;
    const attributed = this.#attribution?.attribute(seen);
    const before = this.#ids.get(key);
    const id = attributed?.serviceId ?? null;
    if (attributed === undefined) {
      if (before !== null) await this.#insist(() => store.withdraw(scope));
    } else {
      const { facts, traffic } = attributed;
      await this.#insist(() => store.replace(scope, facts, toTimestamp(clock()), traffic));
    }
    if (before === id) return false;
    this.#ids.set(key, id);
    this.#tellKnowledge();
    return true;
  }

  /** Again until it works: the estate may be away for a while. */
  async #insist(change: () => Promise<void>): Promise<void> {
    for (let isFirst = true; !this.#closing.signal.aborted; isFirst = false) {
      try {
        return await change();
      } catch (thrown) {
        if (isFirst) {
          this.#ports.log.warn(
            { err: thrown },
            'what traffic shows cannot be stored; trying again',
          );
        }
        await delay(RETRY_MS, undefined, { signal: this.#closing.signal }).catch(() => undefined);
      }
    }
  }

  #tellKnowledge(): void {
    for (const [key, id] of this.#ids) {
      const knowledge = id === null ? undefined : this.#knowledge.news(key, id);
      if (knowledge !== undefined) this.#tell({ type: 'knowledge', key, knowledge });
    }
  }
}

function startThread(workerData: ThreadData): Worker {
  return new Worker(new URL('./thread.ts', import.meta.url), {
    workerData,
    resourceLimits: { maxYoungGenerationSizeMb: 16 },
  });
}
