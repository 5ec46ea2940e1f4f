import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type Clock, toTimestamp } from '../base/clock.ts';
import { Fault } from '../base/fault.ts';
import type { Log } from '../base/log.ts';
import type { EstateStore, ServiceRecord } from '../estate/index.ts';
import { attribute } from '../sources/attribution/index.ts';
import {
  Batcher,
  createReceiver,
  Intake,
  Journal,
  type Keep,
  type OtlpConfig,
} from '../sources/otlp/index.ts';
import type { TlsConfig } from './http/config.ts';
import { hostNamesOf, isLoopback } from './loopback.ts';
import type { Metrics } from './metrics.ts';

export interface TracesPorts {
  readonly config: OtlpConfig;
  readonly tls: TlsConfig | undefined;
  readonly hostNames: readonly string[];
  readonly environment: string;
  readonly dataFolder: string;
  readonly store: EstateStore;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Whether a request shows a token; asked only beyond loopback. */
  readonly isAuthenticated: (request: IncomingMessage) => boolean;
  /** Called after facts were folded that the estate did not have a moment ago. */
  readonly onFolded: () => void;
}

const MAX_REMEMBERED = 200_000;
const IDLE_MS = 5_000;

/** Takes in traces: from the listener through pairing and attribution to the store. */
export class Traces {
  readonly server: Server;
  readonly #ports: TracesPorts;
  readonly #intake: Intake;
  readonly #batcher: Batcher;
  readonly #journal: Journal;
  readonly #idle: NodeJS.Timeout;
  #known: readonly ServiceRecord[] | undefined;
  #knownIds = '';

  constructor(ports: TracesPorts) {
    const { config, clock, tls } = ports;
    this.#ports = ports;
    this.#intake = new Intake({ ...config, windowMs: config.pairWindowSeconds * 1_000 });
    this.#batcher = new Batcher(
      {
        ...config,
        refreshMs: config.refreshSeconds * 1_000,
        maxRemembered: MAX_REMEMBERED,
      },
      (kept) => this.#keep(kept),
      clock,
    );
    const { journal, waiting } = Journal.open(
      ports.dataFolder,
      config.pairWindowSeconds * 1_000,
      clock(),
    );
    this.#journal = journal;
    this.#submitQuietly(this.#intake.restore(waiting));
    this.server = this.#createServer(tls);
    this.#idle = setInterval(() => this.#submitQuietly(this.#intake.take([], clock())), IDLE_MS);
    this.#idle.unref();
  }

  /** Tells which services the estate knows, for traces to be attributed to. Until it is told for the
   *  first time, exporters are asked to come back. */
  setKnown(known: readonly ServiceRecord[]): void {
    const ids = known.map(({ id }) => id).join('\n');
    this.#known = known;
    if (ids !== this.#knownIds) this.#batcher.forget();
    this.#knownIds = ids;
  }

  /** Stores what waits, and closes. */
  async close(): Promise<void> {
    clearInterval(this.#idle);
    await this.#batcher.drain();
    this.#journal.close();
  }

  #createServer(tls: TlsConfig | undefined): Server {
    const { config, clock, metrics } = this.#ports;
    const receiver = createReceiver(config, {
      admit: (request) => this.#admit(request),
      take: async (spans) => {
        const taken = this.#intake.take(spans, clock());
        await this.#batcher.submit(taken);
        return taken;
      },
      onAnswer: (status, spanCount) => {
        metrics.otlpRequests.inc({ status });
        metrics.otlpSpans.inc(spanCount);
      },
    });
    const options = { requestTimeout: 30_000, headersTimeout: 10_000 };
    if (tls === undefined) return createServer(options, receiver);
    return createTlsServer(
      {
        ...options,
        cert: readFileSync(tls.certificateFile),
        key: readFileSync(tls.keyFile),
        minVersion: 'TLSv1.2',
      },
      receiver,
    );
  }

  #admit(request: IncomingMessage): void {
    const { config, hostNames } = this.#ports;
    if (this.#known === undefined) {
      throw new Fault('otlp/unavailable', 'The estate is still being read', {
        hint: 'send the request again in a few seconds',
      });
    }
    if (!isLoopback(config.host)) {
      if (this.#ports.isAuthenticated(request)) return;
      throw new Fault('otlp/unauthenticated', 'Traces from other machines need a token');
    }
    const port = request.socket.localPort ?? 0;
    const host = request.headers.host?.toLowerCase() ?? '';
    if (!hostNamesOf(config.host, port, hostNames).has(host)) {
      throw new Fault('otlp/host-forbidden', 'The receiver is not known by this host name', {
        hint: 'send to its address, or add the name to `http.hostNames`',
      });
    }
  }

  /** Even where nothing is new, the store must be there for an acknowledgement. */
  readonly #keep: Keep = async ({ observations, waiting, isNew }) => {
    const { store, clock, environment, onFolded } = this.#ports;
    const now = clock();
    await this.#journal.append(waiting, now);
    const { facts } = attribute(observations, { environment, known: this.#known ?? [] });
    if (facts.length === 0) return store.ping();
    await store.fold('otlp', facts, toTimestamp(now));
    if (isNew) onFolded();
  };

  /** What no request waits for: unanswered calls, and what a restart found. */
  #submitQuietly(taken: ReturnType<Intake['take']>): void {
    if (taken.observations.size === 0) return;
    this.#batcher.submit(taken).catch((thrown: unknown) => {
      this.#ports.log.warn({ err: thrown }, 'calls seen in traces could not be stored');
    });
  }
}
