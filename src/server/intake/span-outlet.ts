import type { MessagePort } from 'node:worker_threads';
import type { Clock } from '../../base/clock.ts';
import type { SpanBatch } from '../../estate/spans/index.ts';

/** What became of spans that were handed on; the closed table of `IntakeCounts` for the source `tracing`. */
export const SPAN_DROPS = {
  lagging: 'tracing does not keep up',
  absent: 'tracing is not there',
} as const;

/** To whoever follows traces. */
export interface SpansMessage {
  readonly type: 'spans';
  readonly batch: SpanBatch;
  /** Milliseconds since 1970. */
  readonly sentAt: number;
}
/** From whoever follows them: he is through with so many. */
export interface SpansDone {
  readonly type: 'done';
  readonly count: number;
}

export interface SpanOutletPorts {
  /** Spans that are on their way, at most. */
  readonly maxWaiting: number;
  readonly clock: Clock;
  /** Nobody follows traces, and there are some. */
  readonly onWanted: () => void;
  /** `reason` is empty of what was handed on. */
  readonly onCount: (
    reason: '' | (typeof SPAN_DROPS)[keyof typeof SPAN_DROPS],
    count: number,
  ) => void;
}

/** Hands single requests on to the thread that follows traces, and never waits for it: what that thread has no room for
 *  is dropped and counted. */
export class SpanOutlet {
  readonly #ports: SpanOutletPorts;
  #port: MessagePort | undefined;
  /** Those that came while somebody is being found who takes them. */
  #early: SpanBatch[] = [];
  #isAsked = false;
  #waiting = 0;

  constructor(ports: SpanOutletPorts) {
    this.#ports = ports;
  }

  /** Spans that are on their way. */
  get waiting(): number {
    return this.#waiting;
  }

  /** From now on, this one takes them. */
  connect(port: MessagePort): void {
    this.disconnect();
    this.#port = port;
    port.on('message', ({ count }: SpansDone) => {
      if (this.#port === port) this.#waiting -= count;
    });
    port.unref();
    const early = this.#early;
    this.#early = [];
    for (const batch of early) this.#post(port, batch);
  }

  /** Nobody takes them any more; the next spans ask for somebody. */
  disconnect(): void {
    this.#port?.close();
    if (this.#port !== undefined) this.#waiting = 0;
    this.#port = undefined;
    this.#isAsked = false;
  }

  /** Takes a batch, whose words are its own. Never throws. */
  send(batch: SpanBatch): void {
    const { count } = batch;
    if (count === 0) return;
    if (this.#waiting + count > this.#ports.maxWaiting) {
      const reason = this.#port === undefined ? SPAN_DROPS.absent : SPAN_DROPS.lagging;
      this.#ports.onCount(reason, count);
      return;
    }
    this.#waiting += count;
    this.#ports.onCount('', count);
    if (this.#port !== undefined) this.#post(this.#port, batch);
    else {
      this.#early.push(batch);
      this.#ask();
    }
  }

  #ask(): void {
    if (this.#isAsked) return;
    this.#isAsked = true;
    this.#ports.onWanted();
  }

  #post(port: MessagePort, batch: SpanBatch): void {
    const message: SpansMessage = { type: 'spans', batch, sentAt: this.#ports.clock() };
    port.postMessage(message, [batch.words.buffer as ArrayBuffer]);
  }
}
