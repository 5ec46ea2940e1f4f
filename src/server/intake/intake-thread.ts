import type { MessagePort } from 'node:worker_threads';
import type { Clock } from '../../base/clock.ts';
import { Fault } from '../../base/fault.ts';
import type { JudgePayload } from '../../estate/sighting/index.ts';
import { SpanSink } from '../../estate/spans/index.ts';
import {
  createTemplateLearner,
  fromSnapshot,
  NodePool,
  TEMPLATE_LIMITS,
} from '../../inventory/templates/index.ts';
import { TRAFFIC_DROPS } from '../../inventory/traffic/index.ts';
import { OtlpDecoder } from '../../sources/otlp/index.ts';
import { Checks } from './checks.ts';
import { IntakeCounts } from './counts.ts';
import { Harvester } from './harvester.ts';
import { Hub } from './hub.ts';
import { KeptTraffic } from './kept-traffic.ts';
import { Listeners } from './listeners.ts';
import type { FromThread, IntakeAddresses, Question, ThreadData, ToThread } from './messages.ts';
import { payloadJudge } from './payload-judge.ts';
import { SpanOutlet } from './span-outlet.ts';

/** What the thread has to say to whoever runs the server. */
export interface ThreadLog {
  warn(about: { readonly err: unknown }, sentence: string): void;
  error(about: { readonly err: unknown }, sentence: string): void;
}

export interface ThreadPorts {
  readonly data: ThreadData;
  readonly clock: Clock;
  readonly log: ThreadLog;
  readonly tell: (message: FromThread) => void;
}

const TICK_MS = 500;
/** Of ticks, between two looks at calls that nobody answered. */
const IDLE_TICKS = 10;
const HOUR_MS = 3_600_000;
const MEGABYTE = 1024 * 1024;

/** What the thread holds: listeners and followed files, which bring sightings to the hub; the hub, which
 *  makes them durable; and the harvester, which tells the estate. */
export class IntakeThread {
  readonly addresses: IntakeAddresses;
  readonly #ports: ThreadPorts;
  readonly #kept: KeptTraffic;
  readonly #hub: Hub;
  readonly #harvester: Harvester;
  readonly #counts: IntakeCounts;
  readonly #checks: Checks;
  readonly #listeners: Listeners;
  readonly #spans: SpanOutlet;
  readonly #timer: NodeJS.Timeout;
  #applied: () => void = () => undefined;
  #told = '';
  #ticks = 0;

  private constructor(ports: ThreadPorts, parts: Parts, checks: Checks, listeners: Listeners) {
    this.#ports = ports;
    this.#checks = checks;
    this.#kept = parts.kept;
    this.#hub = parts.hub;
    this.#counts = parts.counts;
    this.#listeners = listeners;
    this.#spans = parts.spans;
    this.addresses = listeners.addresses;
    const { inventory, intake } = ports.data;
    this.#harvester = new Harvester(
      parts.kept.state,
      {
        stableAfterRequests: inventory.stableAfterRequests,
        settleMs: inventory.settleHours * HOUR_MS,
        changeMs: inventory.changeDays * 24 * HOUR_MS,
        refreshMs: intake.refreshSeconds * 1_000,
      },
      ports.clock,
      (harvested) => {
        const applied = new Promise<void>((resolve) => {
          this.#applied = resolve;
        });
        ports.tell({ type: 'harvested', harvested });
        return applied;
      },
    );
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
  }

  /** Resolves when everything listens.
   *  @throws {Fault} `server/port-unavailable`, `data/traffic-malformed` */
  static async start(ports: ThreadPorts): Promise<IntakeThread> {
    const parts = await assemble(ports);
    const checks = new Checks(ports.tell);
    const listeners = await Listeners.start({ ...ports, ...parts, checks });
    return new IntakeThread(ports, parts, checks, listeners);
  }

  hear(message: ToThread): void {
    if (message.type === 'knowledge') this.#harvester.setKnowledge(message.key, message.knowledge);
    else if (message.type === 'forget') this.#harvester.forget();
    else if (message.type === 'applied') this.#applied();
    else if (message.type === 'checked') this.#checks.take(message.id, message.answer);
    else if (message.type === 'spans') this.#connect(message.port);
    else if (message.type === 'ask') void this.#answer(message.id, message.question);
  }

  /** Stops to listen, and keeps what came until then. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#listeners.close();
    await this.#hub.drain();
    await this.#kept.close();
    this.#spans.disconnect();
  }

  #connect(port: MessagePort | undefined): void {
    if (port) this.#spans.connect(port);
    else this.#spans.disconnect();
  }

  async #answer(id: number, question: Question): Promise<void> {
    if (question.ask === 'settle') {
      await this.#hub.drain();
      await this.#harvester.settle();
      this.#tellStatus();
    }
    const seen =
      question.ask === 'preview'
        ? this.#harvester.preview(question.key, question.correction)
        : undefined;
    this.#ports.tell({ type: 'answer', id, seen });
  }

  #tick(): void {
    // calls that nobody answered come up with time, not with requests
    if (++this.#ticks % IDLE_TICKS === 0) {
      this.#hub.kept().catch((thrown: unknown) => {
        this.#ports.log.warn({ err: thrown }, 'calls that nobody answered could not be stored');
      });
    }
    this.#harvester.tick().catch((thrown: unknown) => {
      this.#ports.log.error({ err: thrown }, 'what traffic shows could not be summed up');
    });
    this.#tellStatus();
  }

  #tellStatus(): void {
    const { state } = this.#kept;
    const status = {
      counts: this.#counts.list(),
      services: state.size,
      nodes: state.nodeCount,
      waiting: this.#hub.waitingCount,
      journalBytes: this.#kept.journalBytes,
    };
    const text = JSON.stringify(status);
    if (text === this.#told) return;
    this.#told = text;
    this.#ports.tell({ type: 'status', status });
  }
}

/** What the listeners bring sightings to. */
export interface Parts {
  readonly kept: KeptTraffic;
  readonly decoder: OtlpDecoder;
  readonly hub: Hub;
  readonly counts: IntakeCounts;
  /** Where single requests are put; absent where nobody follows traces. */
  readonly sink: SpanSink | undefined;
  /** To who follows traces. */
  readonly spans: SpanOutlet;
  /** Absent where nobody may look at payloads. */
  readonly judge: JudgePayload | undefined;
}

async function assemble({ data, clock, log, tell }: ThreadPorts): Promise<Parts> {
  const { otlp, inventory, intake } = data;
  const counts = new IntakeCounts(clock);
  const pairWindowMs = otlp.pairWindowSeconds * 1_000;
  // the paths of all services together are bounded, whichever of them grows
  const learnerLimits = { ...TEMPLATE_LIMITS, pool: new NodePool(inventory.maxPathNodes) };
  const kept = await KeptTraffic.open({
    folder: data.dataFolder,
    limits: inventory,
    createLearner: () => createTemplateLearner(learnerLimits),
    learnerFormat: {
      restore: (snapshot, readTally) => fromSnapshot(snapshot, readTally, learnerLimits),
    },
    pairWindowMs,
    clock,
    onDrop: (of, drop, count) => counts.add(of, 'dropped', TRAFFIC_DROPS[drop], count),
    onFault: (thrown) => log.error({ err: thrown }, 'no snapshot of the traffic could be written'),
    maxJournalBytes: intake.maxJournalMegabytes * MEGABYTE,
  });
  const spans = new SpanOutlet({
    maxWaiting: data.maxWaitingSpans,
    clock,
    onWanted: () => tell({ type: 'spans-wanted' }),
    onCount: (reason, count) =>
      counts.add('tracing', reason === '' ? 'taken' : 'dropped', reason, count),
  });
  const judge = payloadJudge(inventory.payloadSamples, clock, counts);
  const sink =
    data.maxWaitingSpans > 0 ? new SpanSink({ onFull: (batch) => spans.send(batch) }) : undefined;
  const handOn = (isKept: boolean): void => {
    const batch = sink?.take();
    // whoever sent what could not be kept will send it again
    if (batch && isKept) spans.send(batch);
    for (const [loss, count] of sink?.takeLosses() ?? []) {
      counts.add('tracing', 'dropped', loss, count);
    }
  };
  const decoder = new OtlpDecoder(otlp, { judge, spans: sink });
  for (const halves of kept.restoredHalves) decoder.restore(halves, clock());
  const hub = new Hub(
    { batchMs: intake.batchMs, maxWaiting: intake.maxWaitingRequests },
    {
      flush: () => decoder.flush(clock()),
      keep: async (gathered) => {
        try {
          await kept.keep(gathered);
          handOn(true);
        } catch (cause) {
          decoder.forgetFlushedHalves();
          handOn(false);
          log.error({ err: cause }, 'traffic could not be written to the journal');
          throw new Fault('intake/unavailable', 'What came in could not be stored', { cause });
        }
      },
    },
  );
  return { kept, decoder, hub, counts, sink, spans, judge };
}
