import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import type { Policy } from '../../authorization/model/index.ts';
import { Fault } from '../../base/fault.ts';
import type { Log } from '../../base/log.ts';
import type { Feedback } from '../../tracing/incidents/index.ts';
import type { Alert } from '../../tracing/index.ts';
import { EstateTeller } from './estate-teller.ts';
import type { FromTracing, ToTracing, TracingThreadData } from './messages.ts';
import type { TracingQuestions, TracingSubject } from './questions.ts';
import { NOTHING_TRACED, type TracingStatus } from './status.ts';
import type { KnownEstate } from './view.ts';

export interface TracingPorts {
  readonly data: TracingThreadData;
  readonly log: Log;
  readonly onAlert: (alert: Alert) => void;
  readonly onStatus: (status: TracingStatus) => void;
  /** Takes the end that spans go into; undefined: nobody takes them for now. */
  readonly handSpansTo: (port: MessagePort | undefined) => void;
}

interface Waiting {
  readonly resolve: (answer: never) => void;
  readonly reject: (reason: unknown) => void;
}

/** Between two starts of a thread that ends by itself. */
const RESTART_MS = 5_000;

/** The thread that follows traces, as the main thread sees it. It is started when the first spans come, or somebody asks:
 *  where there are none, it costs nothing. A thread that ends by itself is started anew, from what was written last. */
export class Tracing {
  readonly #ports: TracingPorts;
  readonly #feedback = new Map<string, Feedback>();
  readonly #waiting = new Map<number, Waiting>();
  #running: Running | undefined;
  #estate: KnownEstate | undefined;
  #policy: Policy | undefined;
  #status = NOTHING_TRACED;
  #asked = 0;
  #startedAt = -RESTART_MS;
  #isWanted = false;
  #isClosing = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(ports: TracingPorts) {
    this.#ports = ports;
  }

  get isRunning(): boolean {
    return this.#running !== undefined;
  }
  /** As it was told last. */
  get status(): TracingStatus {
    return this.#status;
  }

  /** What is known of the estate now. */
  know(estate: KnownEstate): void {
    this.#estate = estate;
    void this.#running?.teller.know(estate);
  }

  knowPolicy(policy: Policy): void {
    this.#policy = policy;
    void this.#running?.teller.knowPolicy(policy);
  }

  /** A person has said what an incident is. */
  learn(feedback: Feedback): void {
    this.#feedback.set(feedback.id, feedback);
    this.#running?.tell({ type: 'learn', feedback });
  }

  forget(feedback: Feedback): void {
    this.#feedback.delete(feedback.id);
    this.#running?.tell({ type: 'forget', feedback });
  }

  /** Traces that stay, whatever their age. */
  hold(traceIds: readonly string[]): void {
    this.#running?.tell({ type: 'held', traceIds });
  }

  /** There are spans. */
  want(): void {
    this.#isWanted = true;
    this.#start();
  }

  /** Starts the thread where it does not run.
   *  @throws {Fault} `tracing/unavailable`, and what the thread answers with */
  ask<About extends TracingSubject>(
    about: About,
    ask: TracingQuestions[About]['ask'],
  ): Promise<TracingQuestions[About]['answer']> {
    this.#start();
    const running = this.#running;
    if (running === undefined) return Promise.reject(unavailable());
    const id = ++this.#asked;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      running.tell({ type: 'ask', id, about, ask });
    });
  }

  /** Has everything written that was learnt. */
  async close(): Promise<void> {
    this.#isClosing = true;
    clearTimeout(this.#timer);
    this.#running?.tell({ type: 'close' });
    await this.#running?.exited;
  }

  #start(): void {
    if (this.#running !== undefined || this.#isClosing) return;
    const inMs = this.#startedAt + RESTART_MS - performance.now();
    if (inMs > 0) {
      this.#timer ??= setTimeout(() => {
        this.#timer = undefined;
        this.#start();
      }, inMs).unref();
      return;
    }
    this.#startedAt = performance.now();
    const running = new Running(this.#ports.data);
    this.#running = running;
    running.worker.on('message', (message: FromTracing) => this.#hear(message));
    let thrown: unknown;
    running.worker.on('error', (error) => {
      thrown = error;
    });
    void running.exited.then(() => this.#end(thrown));
    if (this.#estate) void running.teller.know(this.#estate);
    if (this.#policy) void running.teller.knowPolicy(this.#policy);
    for (const feedback of this.#feedback.values()) running.tell({ type: 'learn', feedback });
    this.#connect(running);
  }

  /** Spans go from thread to thread. */
  #connect(running: Running): void {
    const { port1, port2 } = new MessageChannel();
    running.tell({ type: 'spans-from', port: port2 }, [port2]);
    this.#ports.handSpansTo(port1);
  }

  #hear(message: FromTracing): void {
    const { log, onAlert, onStatus } = this.#ports;
    switch (message.type) {
      case 'alert':
        onAlert(message.alert);
        return;
      case 'status':
        this.#status = message.status;
        onStatus(message.status);
        return;
      case 'log': {
        const { level, sentence, ...err } = message;
        log[level](level === 'info' ? {} : { err }, sentence);
        return;
      }
      case 'answer':
        this.#waiting.get(message.id)?.resolve(message.answer as never);
        this.#waiting.delete(message.id);
        return;
      case 'refused': {
        const { id, code, message: why, hint } = message;
        this.#waiting.get(id)?.reject(new Fault(code, why, hint === undefined ? {} : { hint }));
        this.#waiting.delete(id);
      }
    }
  }

  #end(thrown: unknown): void {
    this.#running = undefined;
    for (const { reject } of this.#waiting.values()) reject(unavailable());
    this.#waiting.clear();
    if (this.#isClosing) return;
    this.#ports.handSpansTo(undefined);
    this.#ports.log.error({ err: thrown }, 'the thread that follows traces has ended');
    if (this.#isWanted) this.#start();
  }
}

/** One run of the thread. */
class Running {
  readonly worker: Worker;
  readonly teller: EstateTeller;
  /** Resolves when the thread is gone. */
  readonly exited: Promise<void>;

  constructor(workerData: TracingThreadData) {
    this.worker = new Worker(new URL('./thread.ts', import.meta.url), {
      workerData,
      resourceLimits: { maxYoungGenerationSizeMb: 32 },
    });
    this.exited = new Promise((resolve) => {
      this.worker.on('exit', () => resolve());
    });
    this.teller = new EstateTeller((message) => this.tell(message));
  }

  tell(message: ToTracing, transfer: readonly MessagePort[] = []): void {
    this.worker.postMessage(message, transfer);
  }
}

const unavailable = (): Fault =>
  new Fault('tracing/unavailable', 'Traces are not followed at the moment', {
    hint: 'ask again in a few seconds; the log says why',
  });
