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
  /** Others in tests. */
  readonly limits?: Partial<TracingLimits>;
  /** The program of the thread; another one in tests. */
  readonly program?: URL;
}

interface TracingLimits {
  /** Between two starts of a thread that ends by itself. */
  readonly restartMs: number;
  /** What is asked is answered within it, or refused. */
  readonly answerMs: number;
  /** What was learnt is written within it, when the thread is to end. */
  readonly closeMs: number;
}

const LIMITS: TracingLimits = { restartMs: 5_000, answerMs: 60_000, closeMs: 60_000 };
const PROGRAM = new URL('./thread.ts', import.meta.url);

interface Waiting {
  readonly resolve: (answer: never) => void;
  readonly reject: (reason: unknown) => void;
  readonly timer: NodeJS.Timeout;
}

/** The thread that follows traces, as the main thread sees it. It is started when the first spans come, or somebody asks:
 *  where there are none, it costs nothing. A thread that ends by itself is started anew, from what was written last. */
export class Tracing {
  readonly #ports: TracingPorts;
  readonly #limits: TracingLimits;
  readonly #feedback = new Map<string, Feedback>();
  readonly #waiting = new Map<number, Waiting>();
  #running: Running | undefined;
  #estate: KnownEstate | undefined;
  #policy: Policy | undefined;
  #status = NOTHING_TRACED;
  #asked = 0;
  #startedAt = Number.NEGATIVE_INFINITY;
  #isWanted = false;
  #isClosing = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(ports: TracingPorts) {
    this.#ports = ports;
    this.#limits = { ...LIMITS, ...ports.limits };
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
      const { answerMs } = this.#limits;
      const timer = setTimeout(() => this.#settle(id)?.reject(unanswered(answerMs)), answerMs);
      this.#waiting.set(id, { resolve, reject, timer: timer.unref() });
      running.tell({ type: 'ask', id, about, ask });
    });
  }

  /** Has everything written that was learnt; a thread that takes too long for it is ended without. */
  async close(): Promise<void> {
    this.#isClosing = true;
    clearTimeout(this.#timer);
    const running = this.#running;
    if (running === undefined) return;
    running.tell({ type: 'close' });
    const { closeMs } = this.#limits;
    const giveUp = setTimeout(() => {
      const sentence = `the thread that follows traces has not ended within ${closeMs / 1_000} s, so it was stopped: what it has learnt since it last wrote is lost`;
      this.#ports.log.error(sentence);
      void running.worker.terminate();
    }, closeMs);
    await running.exited;
    clearTimeout(giveUp);
  }

  #settle(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    clearTimeout(waiting?.timer);
    this.#waiting.delete(id);
    return waiting;
  }

  #start(): void {
    if (this.#running !== undefined || this.#isClosing) return;
    const inMs = this.#startedAt + this.#limits.restartMs - performance.now();
    if (inMs > 0) {
      this.#timer ??= setTimeout(() => {
        this.#timer = undefined;
        this.#start();
      }, inMs).unref();
      return;
    }
    this.#startedAt = performance.now();
    const { data, program = PROGRAM } = this.#ports;
    const running = new Running(program, data);
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
        this.#settle(message.id)?.resolve(message.answer as never);
        return;
      case 'refused': {
        const { id, code, message: why, hint } = message;
        this.#settle(id)?.reject(new Fault(code, why, hint === undefined ? {} : { hint }));
      }
    }
  }

  #end(thrown: unknown): void {
    this.#running = undefined;
    for (const id of [...this.#waiting.keys()]) this.#settle(id)?.reject(unavailable());
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

  constructor(program: URL, workerData: TracingThreadData) {
    this.worker = new Worker(program, {
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

const unanswered = (milliseconds: number): Fault =>
  new Fault(
    'tracing/unavailable',
    `The thread that follows traces has not answered within ${milliseconds / 1_000} s`,
    { hint: 'ask for less, or later: it has much to do, or hangs' },
  );
