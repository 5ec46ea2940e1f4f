import { Agent, request as httpRequest } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { forgedExport, makeTraffic, type NodeExport, stamp, type TrafficShape } from './traffic.ts';

/** Sends spans to a server over OTLP/HTTP, in a process of its own: `ORIGIN SHAPE`, with one `SendOrder` a message. */
export type SendOrder =
  /** Once, each round of traces, as fast as it is taken. */
  | { readonly kind: 'all' }
  | { readonly kind: 'pace'; readonly seconds: number; readonly spansASecond: number }
  | { readonly kind: 'flood'; readonly seconds: number }
  /** One span each of so many services that nobody has heard of. */
  | { readonly kind: 'forged'; readonly services: number };

export interface Sent {
  /** Spans of exports that were accepted. */
  readonly spans: number;
  readonly seconds: number;
  /** Exports that were asked to come back or were not answered, and those that were given up after that. */
  readonly askedBack: number;
  readonly givenUp: number;
  readonly p50Milliseconds: number;
  readonly p99Milliseconds: number;
}

const CONNECTIONS = 16;
const FORGED_TOGETHER = 2_000;
const TRIES = 10;
const RETRY_MS = 1_000;
/** The connection was closed, or none was taken. */
const NOT_ANSWERED = 0;

class Sender {
  readonly #url: URL;
  readonly #traffic: readonly NodeExport[];
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 64 });
  #next = 0;
  #pass = 1;
  #startMs = Date.now();
  #milliseconds: number[] = [];
  #spans = 0;
  #askedBack = 0;
  #givenUp = 0;

  constructor(origin: string, shape: TrafficShape) {
    this.#url = new URL('/v1/traces', origin);
    this.#traffic = makeTraffic(shape);
  }

  async send(order: SendOrder): Promise<Sent> {
    this.#milliseconds = [];
    this.#spans = 0;
    this.#askedBack = 0;
    this.#givenUp = 0;
    const started = performance.now();
    await this.#carryOut(order);
    const sorted = this.#milliseconds.toSorted((a, b) => a - b);
    const at = (share: number): number => sorted[Math.ceil(sorted.length * share) - 1] ?? 0;
    return {
      ...{ spans: this.#spans, seconds: (performance.now() - started) / 1_000 },
      ...{ askedBack: this.#askedBack, givenUp: this.#givenUp },
      ...{ p50Milliseconds: at(0.5), p99Milliseconds: at(0.99) },
    };
  }

  async #carryOut(order: SendOrder): Promise<void> {
    switch (order.kind) {
      case 'all': {
        const end = this.#traffic.length;
        let count = 0;
        return this.#together(
          () => count++ < end,
          () => this.#sendNext(),
        );
      }
      case 'flood': {
        const end = performance.now() + order.seconds * 1_000;
        return this.#together(
          () => performance.now() < end,
          () => this.#sendNext(),
        );
      }
      case 'forged': {
        let from = 0;
        return this.#together(
          () => from < order.services,
          () => {
            const first = from;
            from += FORGED_TOGETHER;
            const count = Math.min(FORGED_TOGETHER, order.services - first);
            return this.#deliver(forgedExport(first, count, Date.now()), count);
          },
        );
      }
      case 'pace':
        return this.#pace(order.seconds, order.spansASecond);
    }
  }

  async #together(goesOn: () => boolean, sendOne: () => Promise<void>): Promise<void> {
    const loop = async (): Promise<void> => {
      while (goesOn()) await sendOne();
    };
    await Promise.all(Array.from({ length: CONNECTIONS }, loop));
  }

  /** At a steady rate, whether or not the last one has been answered. */
  async #pace(seconds: number, spansASecond: number): Promise<void> {
    const started = performance.now();
    const pending: Promise<void>[] = [];
    let due = 0;
    while (performance.now() - started < seconds * 1_000) {
      const aheadMs = (due / spansASecond) * 1_000 - (performance.now() - started);
      if (aheadMs > 1) await sleep(aheadMs);
      due += this.#traffic[this.#next]?.spanCount ?? 0;
      pending.push(this.#sendNext());
    }
    await Promise.all(pending);
  }

  async #sendNext(): Promise<void> {
    const one = this.#traffic[this.#next];
    if (one === undefined) return;
    const before = this.#traffic[this.#next - 1];
    if (one.round !== before?.round) this.#startMs = Date.now();
    const body = Buffer.from(one.body);
    stamp({ ...one, body }, this.#pass, this.#startMs);
    this.#next++;
    if (this.#next === this.#traffic.length) {
      this.#next = 0;
      this.#pass++;
    }
    await this.#deliver(body, one.spanCount);
  }

  /** Comes back when it is asked to, as exporters do. */
  async #deliver(body: Buffer, spans: number): Promise<void> {
    for (let tries = 0; tries < TRIES; tries++) {
      const started = performance.now();
      const { status, retryMs } = await this.#post(body);
      if (status === 200) {
        this.#spans += spans;
        this.#milliseconds.push(performance.now() - started);
        return;
      }
      if (![NOT_ANSWERED, 429, 503].includes(status)) {
        throw new Error(`an export was answered ${status}`);
      }
      this.#askedBack++;
      await sleep(retryMs);
    }
    this.#givenUp++;
  }

  #post(body: Buffer): Promise<{ status: number; retryMs: number }> {
    return new Promise((resolve) => {
      const headers = {
        'content-type': 'application/x-protobuf',
        'content-length': body.length,
      };
      const asked = httpRequest(this.#url, { method: 'POST', agent: this.#agent, headers });
      asked.on('response', (response) => {
        const retryAfter = Number(response.headers['retry-after'] ?? 0) * 1_000;
        response.resume().on('end', () => {
          resolve({ status: response.statusCode ?? 0, retryMs: retryAfter || RETRY_MS });
        });
      });
      asked.on('error', () => resolve({ status: NOT_ANSWERED, retryMs: RETRY_MS }));
      asked.end(body);
    });
  }
}

const [origin = '', shape = '{}'] = process.argv.slice(2);
const sender = new Sender(origin, JSON.parse(shape) as TrafficShape);
process.on('message', async (order: SendOrder) => process.send?.(await sender.send(order)));
process.on('disconnect', () => process.exit());
process.send?.('ready');
