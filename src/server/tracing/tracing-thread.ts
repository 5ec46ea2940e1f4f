import type { MessagePort } from 'node:worker_threads';
import type { Clock } from '../../base/clock.ts';
import { toTimestamp } from '../../base/clock.ts';
import { Fault, messageOf } from '../../base/fault.ts';
import type { Feedback } from '../../tracing/incidents/index.ts';
import { TracingEngine } from '../../tracing/index.ts';
import { waterfall } from '../../tracing/traces/index.ts';
import type { SpansDone, SpansMessage } from '../intake/span-outlet.ts';
import { KeptTraces } from './kept-traces.ts';
import type { FromTracing, ToTracing, TracingLog, TracingThreadData } from './messages.ts';
import type { TracingAnswers, TracingSubject } from './questions.ts';
import { Recurring } from './recurring.ts';
import { SlicedAnswers } from './sliced-answers.ts';
import { inSlices } from './slices.ts';
import { SnapshotFile } from './snapshot-file.ts';
import { NOTHING_TRACED, type TracingStatus } from './status.ts';
import { Told } from './told.ts';

export interface TracingThreadPorts {
  readonly data: TracingThreadData;
  readonly clock: Clock;
  /** Of hashes: random. */
  readonly seed: number;
  readonly tell: (message: FromTracing) => void;
  readonly log: TracingLog;
}

const TICK_MS = 250;
/** Of ticks. */
const STATUS_TICKS = 4;
const MATURITY_TICKS = 40;
const PRUNE_TICKS = 240;
/** Behaviour that is known this well is well known. */
const MATURE = 0.9;

/** Follows traces: the engine with what it is told, what it keeps on the disk, and who asks it. */
export class TracingThread {
  readonly #ports: TracingThreadPorts;
  readonly #told: Told;
  readonly #engine: TracingEngine;
  readonly #kept: KeptTraces;
  readonly #file: SnapshotFile;
  readonly #timer: NodeJS.Timeout;
  readonly #writing: Recurring;
  readonly #graphAnswers = new SlicedAnswers();
  #spansFrom: MessagePort | undefined;
  #held: ReadonlySet<string> = new Set();
  #status = NOTHING_TRACED;
  #statusText = '';
  #spanCount = 0;
  #lagMs = 0;
  #ticks = 0;
  #savedSpans = 0;
  #savedAt = 0;
  #saving: Promise<void> = Promise.resolve();

  private constructor(ports: TracingThreadPorts, file: SnapshotFile, learnt: Buffer | undefined) {
    const { settings, environment, dataFolder } = ports.data;
    this.#ports = ports;
    this.#file = file;
    this.#told = new Told(environment);
    this.#engine = new TracingEngine(
      {
        resolver: this.#told.resolver,
        estate: this.#told.estate,
        settings,
        seed: ports.seed,
        onAlert: (alert) => ports.tell({ type: 'alert', alert }),
        onKept: (trace) => this.#kept.keep(trace),
      },
      learnt,
    );
    const { maxSpansPerTrace: maxSpans } = settings.traces;
    const ofTraces = { folder: dataFolder, limits: settings.store, maxSpans };
    this.#kept = new KeptTraces({ ...ofTraces, log: ports.log });
    this.#writing = new Recurring(ports.log, 'what tracing has learnt cannot be written');
    this.#savedAt = ports.clock();
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
  }

  /** Goes on from what was learnt before; what of that cannot be read is put aside, and learnt anew. */
  static async start(ports: TracingThreadPorts): Promise<TracingThread> {
    const file = new SnapshotFile(ports.data.dataFolder);
    try {
      return new TracingThread(ports, file, await file.read());
    } catch (thrown) {
      ports.log('warn', thrown, 'what tracing had learnt cannot be read: it is learnt anew');
      await file.putAside().catch((why) => {
        ports.log('warn', why, 'what tracing had learnt cannot be put aside');
      });
      return new TracingThread(ports, file, undefined);
    }
  }

  hear(message: Exclude<ToTracing, { type: 'close' }>): void {
    switch (message.type) {
      case 'estate':
      case 'policy':
        this.#told.take(message);
        // a policy that has not come whole changes nothing yet
        if (message.type === 'estate' || message.isLast) this.#engine.estateChanged();
        return;
      case 'spans-from':
        this.#listen(message.port);
        return;
      case 'learn':
      case 'forget':
        this.#guard('what a person has said cannot be learnt', () =>
          this.#learn(message.type, message.feedback),
        );
        return;
      case 'held':
        this.#held = new Set(message.traceIds);
        return;
      case 'ask':
        void this.#answer(message);
    }
  }

  /** Everything that was learnt is on the disk when it resolves. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#spansFrom?.close();
    this.#engine.finish(this.#ports.clock());
    await this.#save();
    this.#kept.close();
  }

  #listen(port: MessagePort): void {
    this.#spansFrom?.close();
    this.#spansFrom = port;
    port.on('message', ({ batch, sentAt }: SpansMessage) => {
      const now = this.#ports.clock();
      this.#lagMs = Math.max(this.#lagMs, now - sentAt);
      this.#spanCount += batch.count;
      this.#guard('spans could not be followed', () => this.#engine.take(batch, now));
      const done: SpansDone = { type: 'done', count: batch.count };
      port.postMessage(done);
    });
  }

  #learn(what: 'learn' | 'forget', { patterns, verdict, alerts }: Feedback): void {
    if (what === 'forget') {
      this.#engine.forget(patterns, verdict);
      return;
    }
    this.#engine.learn(patterns, verdict, alerts);
  }

  #tick(): void {
    this.#ticks++;
    this.#guard('tracing could not go on in time', () => this.#engine.tick(this.#ports.clock()));
    this.#kept.write();
    this.#graphAnswers.forget();
    if (this.#ticks % STATUS_TICKS === 0) this.#tellStatus();
    if (this.#ticks % PRUNE_TICKS === 0) this.#kept.prune(this.#ports.clock(), this.#held);
    if (this.#ports.clock() - this.#savedAt >= this.#ports.data.settings.snapshotSeconds * 1_000) {
      void this.#save();
    }
  }

  /** What fails for one batch or one look keeps nothing else from being done. */
  #guard(sentence: string, work: () => void): void {
    try {
      work();
    } catch (thrown) {
      this.#ports.log('error', thrown, sentence);
    }
  }

  /** One after another; where nothing came, nothing is written. */
  #save(): Promise<void> {
    this.#savedAt = this.#ports.clock();
    this.#saving = this.#saving.then(async () => {
      if (this.#savedSpans === this.#spanCount) return;
      const spans = this.#spanCount;
      try {
        const { result } = await inSlices(this.#engine.snapshotSteps());
        await this.#file.write(result);
        this.#savedSpans = spans;
        this.#writing.succeeded();
        this.#status = { ...this.#status, snapshotAt: toTimestamp(this.#ports.clock()) };
      } catch (thrown) {
        this.#writing.failed(thrown);
      }
    });
    return this.#saving;
  }

  #tellStatus(): void {
    const status = this.#look();
    const { lagMilliseconds: _, ...said } = status;
    const text = JSON.stringify(said);
    if (text === this.#statusText) return;
    this.#status = status;
    this.#statusText = text;
    this.#lagMs = 0;
    this.#ports.tell({ type: 'status', status });
  }

  #look(): TracingStatus {
    const { assembler, graph, traces, names, baseline } = this.#engine;
    const { services, edges, endpointEdges, refused } = graph.counts;
    const isDue = this.#ticks % MATURITY_TICKS === 0;
    const losses = [
      ...[...assembler.counts].map(([reason, count]) => lossOf('pairing', reason, count)),
      lossOf('graph', 'no room', refused),
      ...(['services', 'endpoints', 'principals', 'addresses', 'versions'] as const).map((of) =>
        lossOf('names', `too many ${of}`, names[of].refused),
      ),
      lossOf('detections', 'too many looks', this.#engine.looksLeftOut),
      ...[...(traces?.counts ?? [])].map(([reason, count]) => lossOf('traces', reason, count)),
      lossOf('traces', 'not written', this.#kept.lost),
    ];
    return {
      ...{ spans: this.#spanCount, hops: this.#engine.hopCount, stories: this.#engine.storyCount },
      ...{ services, edges, endpointEdges },
      ...{ heldSpans: traces?.size ?? 0, heldTraces: traces?.traceCount ?? 0 },
      keptTraces: this.#kept.kept,
      matureServices: isDue
        ? countMature(names.services.size, (service) => baseline.maturityOf(service))
        : this.#status.matureServices,
      lagMilliseconds: this.#lagMs,
      losses: losses.filter(({ count }) => count > 0),
      snapshotAt: this.#status.snapshotAt,
    };
  }

  async #answer({ id, about, ask }: Extract<ToTracing, { type: 'ask' }>): Promise<void> {
    const { tell } = this.#ports;
    try {
      const answers = this.#answers as Readonly<Record<TracingSubject, (ask: unknown) => never>>;
      tell({ type: 'answer', id, answer: await answers[about](ask) });
    } catch (thrown) {
      const { code, hint } =
        thrown instanceof Fault ? thrown : { code: 'internal/tracing', hint: undefined };
      tell({ type: 'refused', id, code, message: messageOf(thrown), hint });
    }
  }

  readonly #answers: TracingAnswers = {
    graph: (query) =>
      this.#graphAnswers.answer(`graph ${JSON.stringify(query)}`, () =>
        this.#engine.graph.json(query, (service) => ({
          maturity: this.#engine.baseline.maturityOf(service),
          maturityBecause: this.#engine.baseline.maturityBecause(service),
        })),
      ),
    columns: (query) =>
      this.#graphAnswers.answer(`columns ${JSON.stringify(query)}`, () =>
        this.#engine.graph.columnsJson(query, (service) =>
          this.#engine.baseline.maturityOf(service),
        ),
      ),
    edge: ({ from, to }) => this.#engine.graph.edge(from, to),
    traces: (query) => this.#kept.list(query),
    trace: ({ id }) => {
      const held = this.#engine.traces?.read(id);
      // what somebody has looked at is there when he looks again
      if (held !== undefined) this.#engine.keep(id);
      const trace = held ?? this.#kept.get(id);
      if (trace === undefined) return undefined;
      return waterfall(trace, (caller, callee, operation) =>
        this.#told.estate.policy(caller, callee, operation),
      );
    },
    baseline: ({ service }) => {
      const number = this.#engine.names.services.find(service);
      return number === 0 ? undefined : this.#engine.baseline.describe(number);
    },
    settle: async () => {
      this.#tick();
      await this.#save();
      this.#tellStatus();
      return undefined;
    },
  };
}

const lossOf = (
  stage: TracingStatus['losses'][number]['stage'],
  reason: string,
  count: number,
) => ({
  ...{ stage, reason, count },
});

function countMature(services: number, maturityOf: (service: number) => number): number {
  let count = 0;
  for (let service = 1; service <= services; service++) {
    if (maturityOf(service) >= MATURE) count++;
  }
  return count;
}
