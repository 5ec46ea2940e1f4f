import { Fault } from '../../base/fault.ts';
import type { CallSighting, Sighting } from '../../estate/index.ts';
import type { LogPosition } from '../../sources/access-log/tail/index.ts';

export interface HubLimits {
  /** How long what comes in is gathered before it is kept together. */
  readonly batchMs: number;
  /** Submissions that wait to be kept; further ones are refused, to be sent again later. */
  readonly maxWaiting: number;
}

/** What is to be made durable together. */
export interface Gathered {
  readonly sightings: readonly Sighting[];
  readonly calls: readonly CallSighting[];
  /** Sides of calls that wait for the other, as the OTLP decoder writes them. */
  readonly halves: Buffer;
  /** How far logs were read that some of the sightings come from. */
  readonly positions: readonly LogPosition[];
}

/** What a source brings at once. */
export interface Submission {
  readonly sightings: readonly Sighting[];
  readonly calls?: readonly CallSighting[];
  readonly position?: LogPosition;
}

export interface HubPorts {
  /** What a source with a store of its own has gathered since the last time. */
  readonly flush: () => Pick<Gathered, 'sightings' | 'calls' | 'halves'>;
  /** Resolves when all of it is durable and counted. */
  readonly keep: (gathered: Gathered) => Promise<void>;
}

interface Waiting {
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

/** Gathers what all sources bring and keeps it in one go, one go at a time. Whoever brought something
 *  hears when it is durable. */
export class Hub {
  readonly #limits: HubLimits;
  readonly #ports: HubPorts;
  #sightings: Sighting[] = [];
  #calls: CallSighting[] = [];
  #positions: LogPosition[] = [];
  #waiting: Waiting[] = [];
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;

  constructor(limits: HubLimits, ports: HubPorts) {
    this.#limits = limits;
    this.#ports = ports;
  }

  get waitingCount(): number {
    return this.#waiting.length;
  }

  /** @throws {Fault} `intake/queue-too-many`, before anything is taken */
  checkRoom(): void {
    if (this.#waiting.length < this.#limits.maxWaiting) return;
    throw new Fault('intake/queue-too-many', 'Too many requests wait to be stored', {
      hint: 'send the request again after a second',
    });
  }

  /** Resolves when all of it is durable.
   *  @throws {Fault} `intake/queue-too-many`, and what keeping throws */
  async submit({ sightings, calls = [], position }: Submission): Promise<void> {
    this.checkRoom();
    for (const sighting of sightings) this.#sightings.push(sighting);
    for (const call of calls) this.#calls.push(call);
    if (position) this.#positions.push(position);
    await this.kept();
  }

  /** Resolves when all that `flush` would give now is durable. */
  kept(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#schedule();
    });
  }

  /** Keeps at once what waits. */
  async drain(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
    await this.#start();
  }

  #schedule(): void {
    if (this.#timer !== undefined || this.#running !== undefined) return;
    this.#timer = setTimeout(() => void this.#start(), this.#limits.batchMs);
  }

  /** Only where nothing is being kept. */
  #start(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#running = this.#run().finally(() => {
      this.#running = undefined;
      if (this.#waiting.length > 0) this.#schedule();
    });
    return this.#running;
  }

  /** Never throws. */
  async #run(): Promise<void> {
    const waiting = this.#waiting;
    const sightings = this.#sightings;
    const calls = this.#calls;
    const positions = this.#positions;
    this.#waiting = [];
    this.#sightings = [];
    this.#calls = [];
    this.#positions = [];
    try {
      const flushed = this.#ports.flush();
      await this.#ports.keep({
        sightings:
          sightings.length === 0 ? flushed.sightings : [...flushed.sightings, ...sightings],
        calls: calls.length === 0 ? flushed.calls : [...flushed.calls, ...calls],
        halves: flushed.halves,
        positions,
      });
      for (const { resolve } of waiting) resolve();
    } catch (thrown) {
      for (const { reject } of waiting) reject(thrown);
    }
  }
}
