import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../../base/clock.ts';
import { Fault } from '../../base/fault.ts';
import type { GrpcService } from '../../base/grpc/index.ts';
import type { CallSighting, Sighting } from '../../estate/index.ts';
import type { JudgePayload } from '../../estate/sighting/index.ts';
import type { SpanSink } from '../../estate/spans/index.ts';
import { type Gathered, LogStream } from './gather.ts';
import type { EnvoyReason } from './reasons.ts';

export interface EnvoyAccessLogPorts {
  /** Resolves when all of it is durable; rejects where that is not to be had now. */
  readonly submit: (
    sightings: readonly Sighting[],
    calls: readonly CallSighting[],
  ) => Promise<void>;
  /** Hears of entries of logs; the reason is empty for what was taken. Messages that are refused whole are
   *  for the server to count, by how their call ends: save for `envoy/unavailable`, of which this hears. */
  readonly count: (
    outcome: 'taken' | 'dropped' | 'refused',
    reason: EnvoyReason | 'could not be stored' | '',
    count: number,
  ) => void;
  readonly clock: Clock;
  /** Judges values of queries; without it, none is looked at. */
  readonly judge?: JudgePayload | undefined;
  /** Is given each entry that is taken. */
  readonly spans?: SpanSink | undefined;
}

export interface EnvoyAccessLogLimits {
  /** Messages of a stream that wait to be durable. */
  readonly maxWaitingMessages: number;
  /** How long storing is tried again before a stream is given up. */
  readonly maxRetrySeconds: number;
}

const NO_ANSWER = new Uint8Array(0);
const FIRST_RETRY_MS = 100;
const MAX_RETRY_MS = 5_000;

/** Takes in the access logs that Envoys stream. An Envoy never hears that a message is stored, and loses
 *  what it cannot send: so a stream is held up, by not reading it, while what came of it waits to be
 *  stored, and ends with success only when all of it is.
 *  @see envoy.service.accesslog.v3.AccessLogService */
export function envoyAccessLogService(
  ports: EnvoyAccessLogPorts,
  limits: EnvoyAccessLogLimits,
): GrpcService {
  return {
    name: 'envoy.service.accesslog.v3.AccessLogService',
    methods: {
      StreamAccessLogs: {
        kind: 'client-stream',
        handle: async (messages, { signal }) => {
          const keeper = new Keeper(ports, limits, signal);
          const stream = new LogStream(ports);
          try {
            for await (const message of messages) {
              const gathered = stream.read(message, ports.clock());
              for (const [reason, entries] of gathered.dropped) {
                ports.count('dropped', reason, entries);
              }
              await keeper.keep(gathered);
            }
          } finally {
            await keeper.settled();
          }
          keeper.throwFailure();
          return NO_ANSWER;
        },
      },
    },
  };
}

/** Stores what messages say, a few of them at a time. */
class Keeper {
  readonly #ports: EnvoyAccessLogPorts;
  readonly #limits: EnvoyAccessLogLimits;
  readonly #signal: AbortSignal;
  readonly #waiting = new Set<Promise<void>>();
  #failure: unknown;

  constructor(ports: EnvoyAccessLogPorts, limits: EnvoyAccessLogLimits, signal: AbortSignal) {
    this.#ports = ports;
    this.#limits = limits;
    this.#signal = signal;
  }

  /** Resolves when there is room for another message.
   *  @throws what storing failed with for good */
  async keep(gathered: Gathered): Promise<void> {
    if (gathered.taken > 0) {
      const storing = this.#store(gathered).finally(() => this.#waiting.delete(storing));
      this.#waiting.add(storing);
    }
    while (this.#waiting.size >= this.#limits.maxWaitingMessages) {
      await Promise.race(this.#waiting);
    }
    this.throwFailure();
  }

  async settled(): Promise<void> {
    await Promise.all(this.#waiting);
  }

  throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Never throws. */
  async #store({ sightings, calls, taken }: Gathered): Promise<void> {
    const { submit, count, clock } = this.#ports;
    const until = clock() + this.#limits.maxRetrySeconds * 1_000;
    for (let delayMs = FIRST_RETRY_MS; ; delayMs = Math.min(delayMs * 2, MAX_RETRY_MS)) {
      try {
        await submit(sightings, calls);
        count('taken', '', taken);
        return;
      } catch (thrown) {
        if (clock() + delayMs > until || !(await this.#pause(delayMs))) {
          count('refused', 'could not be stored', taken);
          this.#failure ??= new Fault(
            'envoy/unavailable',
            'What the access logs say could not be stored',
            { cause: thrown },
          );
          return;
        }
      }
    }
  }

  /** Whether anybody still waits after the pause. */
  async #pause(milliseconds: number): Promise<boolean> {
    try {
      await sleep(milliseconds, undefined, { signal: this.#signal });
      return true;
    } catch {
      return false;
    }
  }
}
