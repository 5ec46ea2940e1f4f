import { type MessagePort, Worker } from 'node:worker_threads';
import { Fault } from '../../base/fault.ts';
import type { SeenService, TemplateCorrection } from '../../estate/index.ts';
import { EstateFeed, type EstateFeedPorts } from './estate-feed.ts';
import type {
  FromThread,
  IntakeAddresses,
  IntakeStatus,
  Question,
  ThreadData,
  ToThread,
} from './messages.ts';

export interface TrafficIntakePorts extends EstateFeedPorts {
  readonly data: ThreadData;
  /** Hears of what came in, about once a second while something does. */
  readonly onStatus: (status: IntakeStatus) => void;
  /** Answers an Envoy that asks whether to let a request through; undefined: nobody can say. Never throws. */
  readonly onCheck: (message: Buffer) => Uint8Array | undefined;
  /** Called when spans have come and nobody follows traces: `handSpansTo` says who does. */
  readonly onSpansWanted?: () => void;
  /** Called when the thread has ended by itself; `thrown` is why, where it said so. */
  readonly onDied: (thrown: unknown) => void;
}

const NOTHING: IntakeStatus = { counts: [], services: 0, nodes: 0, waiting: 0, journalBytes: 0 };

/** Traffic, from the thread that takes it in to the estate. The thread keeps what it acknowledged, so
 *  nothing is lost where the estate is away for a while. */
export class TrafficIntake {
  /** Where what the thread tells goes on to. */
  readonly feed: EstateFeed;
  readonly #worker: Worker;
  readonly #ports: TrafficIntakePorts;
  readonly #questions = new Map<number, (seen: SeenService | undefined) => void>();
  readonly #begun = Promise.withResolvers<IntakeAddresses>();
  readonly #exited: Promise<void>;
  #isRunning = true;
  #isClosing = false;
  #addresses: IntakeAddresses | undefined;
  #status = NOTHING;
  #asked = 0;

  private constructor(ports: TrafficIntakePorts, worker: Worker) {
    this.#ports = ports;
    this.#worker = worker;
    this.feed = new EstateFeed(ports, {
      onKnowledge: (key, knowledge) => this.#tell({ type: 'knowledge', key, knowledge }),
      onForget: () => this.#tell({ type: 'forget' }),
    });
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

  /** What a correction would make of a service's endpoints; undefined where it has no traffic. */
  async preview(
    serviceId: string,
    correction: TemplateCorrection,
  ): Promise<SeenService | undefined> {
    const key = this.feed.partyOf(serviceId);
    return key === undefined ? undefined : this.#ask({ ask: 'preview', key, correction });
  }

  /** Says who follows traces from now on: he gets `SpansMessage`s, and answers each with `SpansDone`.
   *  @param port undefined: nobody does, until spans are wanted again */
  handSpansTo(port: MessagePort | undefined): void {
    this.#worker.postMessage({ type: 'spans', port } satisfies ToThread, port ? [port] : []);
  }

  /** Resolves when everything that came in until now is in the estate. */
  async settle(): Promise<void> {
    await this.#ask({ ask: 'settle' });
  }

  /** Stops to listen, keeps what came, and ends the thread. */
  async close(): Promise<void> {
    this.#isClosing = true;
    this.feed.close();
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
      void this.feed.apply(message.harvested).then(() => this.#tell({ type: 'applied' }));
    } else if (message.type === 'spans-wanted') {
      this.#ports.onSpansWanted?.();
    } else if (message.type === 'log') {
      const { level, sentence, ...err } = message;
      this.#ports.log[level]({ err }, sentence);
    } else if (message.type === 'check') {
      const { id, message: bytes } = message;
      const answer = this.#ports.onCheck(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
      this.#tell({ type: 'checked', id, answer });
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
    } else if (!this.#isClosing) {
      this.#ports.onDied(thrown);
    }
  }
}

function startThread(workerData: ThreadData): Worker {
  return new Worker(new URL('./thread.ts', import.meta.url), {
    workerData,
    resourceLimits: { maxYoungGenerationSizeMb: 16 },
  });
}
