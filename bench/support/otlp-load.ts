import { Agent, request as httpRequest } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ExportRequest, stamp } from './otlp-traffic.ts';

export interface LoadResult {
  readonly spanCount: number;
  readonly spansASecond: number;
  /** Of an export, from its first byte to the last of its answer. */
  readonly p50Milliseconds: number;
  readonly p99Milliseconds: number;
  /** Exports that were asked to come back. */
  readonly refused: number;
}

/** Sends requests over and over, each time with traces of its own. */
export class Load {
  readonly #url: URL;
  readonly #traffic: readonly ExportRequest[];
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 64 });
  #sent = 0;

  constructor(origin: string, traffic: readonly ExportRequest[]) {
    this.#url = new URL('/v1/traces', origin);
    this.#traffic = traffic;
  }

  /** As fast as they are taken, over so many connections. */
  async flood(seconds: number, connections: number): Promise<LoadResult> {
    const tally = new LoadTally();
    const end = performance.now() + seconds * 1_000;
    const loop = async (): Promise<void> => {
      while (performance.now() < end) await this.#send(tally);
    };
    await Promise.all(Array.from({ length: connections }, loop));
    return tally.result();
  }

  /** At a steady rate, whether or not the last one has been answered. */
  async pace(seconds: number, spansASecond: number): Promise<LoadResult> {
    const tally = new LoadTally();
    const started = performance.now();
    const pending: Promise<void>[] = [];
    let due = 0;
    while (performance.now() - started < seconds * 1_000) {
      const ahead = (due / spansASecond) * 1_000 - (performance.now() - started);
      if (ahead > 1) await sleep(ahead);
      pending.push(this.#send(tally));
      due += this.#traffic[this.#sent % this.#traffic.length]?.spanCount ?? 0;
    }
    await Promise.all(pending);
    return tally.result();
  }

  close(): void {
    this.#agent.destroy();
  }

  async #send(tally: LoadTally): Promise<void> {
    const number = this.#sent++;
    const next = this.#traffic[number % this.#traffic.length];
    if (next === undefined) return;
    stamp(next, Math.floor(number / this.#traffic.length) + 1);
    const started = performance.now();
    const status = await this.#post(next.body);
    tally.add(status, next.spanCount, performance.now() - started);
  }

  #post(body: Buffer): Promise<number> {
    return new Promise((resolve, reject) => {
      const request = httpRequest(
        this.#url,
        {
          method: 'POST',
          agent: this.#agent,
          headers: { 'content-type': 'application/x-protobuf', 'content-length': body.length },
        },
        (response) => {
          response.resume().on('end', () => resolve(response.statusCode ?? 0));
        },
      );
      request.on('error', reject);
      request.end(body);
    });
  }
}

class LoadTally {
  readonly #started = performance.now();
  readonly #milliseconds: number[] = [];
  #spans = 0;
  #refused = 0;

  add(status: number, spanCount: number, milliseconds: number): void {
    if (status !== 200) {
      this.#refused++;
      return;
    }
    this.#spans += spanCount;
    this.#milliseconds.push(milliseconds);
  }

  result(): LoadResult {
    const sorted = this.#milliseconds.toSorted((a, b) => a - b);
    const at = (share: number): number => sorted[Math.ceil(sorted.length * share) - 1] ?? 0;
    return {
      spanCount: this.#spans,
      spansASecond: (this.#spans / (performance.now() - this.#started)) * 1_000,
      p50Milliseconds: at(0.5),
      p99Milliseconds: at(0.99),
      refused: this.#refused,
    };
  }
}
