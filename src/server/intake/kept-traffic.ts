import type { TemplateLearner } from '../../inventory/templates/index.ts';
import type { TrafficDrop } from '../../inventory/traffic/index.ts';
import { type TrafficLimits, TrafficState } from '../../inventory/traffic/index.ts';
import type { LogPosition } from '../../sources/access-log/tail/index.ts';
import { type Batch, decodeBatch, encodeBatch } from './frames.ts';
import type { Gathered } from './hub.ts';
import {
  type Frame,
  Journal,
  journalNumbers,
  journalPath,
  readFrames,
  removeJournal,
} from './journal.ts';
import { type LearnerFormat, readSnapshot, writeSnapshot } from './snapshot.ts';

export interface KeptTrafficPorts {
  /** The data folder. */
  readonly folder: string;
  readonly limits: TrafficLimits;
  readonly createLearner: () => TemplateLearner;
  readonly learnerFormat: LearnerFormat;
  /** How long one side of a call waits for the other. */
  readonly pairWindowMs: number;
  readonly clock: () => number;
  /** Hears of what could not be counted, when it comes: not again when a journal is read. */
  readonly onDrop: (of: 'requests' | 'calls', drop: TrafficDrop, count: number) => void;
  readonly onFault: (thrown: unknown) => void;
  /** Bytes of journal after which a snapshot takes its place. */
  readonly maxJournalBytes: number;
}

/** All traffic that was counted, durable: a snapshot, and the journal of what came since. */
export class KeptTraffic {
  readonly state: TrafficState;
  /** Sides of calls that may still wait for the other, as of the last end of the process. */
  readonly restoredHalves: readonly Buffer[];
  readonly #ports: KeptTrafficPorts;
  readonly #positions = new Map<string, LogPosition>();
  /** Journals that still hold sides of calls that may wait, with the time of their end. */
  readonly #closed: { readonly number: number; readonly closedAt: number }[] = [];
  #journal: Journal;
  #number: number;
  /** Bytes of journal at which a snapshot is tried, or tried again. */
  #checkpointBytes: number;

  private constructor(ports: KeptTrafficPorts, restored: Restored, journal: Journal) {
    this.#ports = ports;
    this.state = restored.state;
    this.restoredHalves = restored.halves;
    for (const position of restored.positions) this.#positions.set(position.file, position);
    this.#journal = journal;
    this.#number = restored.nextJournal;
    this.#checkpointBytes = ports.maxJournalBytes;
    const closedAt = ports.clock();
    for (const number of restored.journals) this.#closed.push({ number, closedAt });
  }

  /** @throws {Fault} `data/traffic-malformed`, and what reading and writing the folder throws */
  static async open(ports: KeptTrafficPorts): Promise<KeptTraffic> {
    const restored = await restore(ports);
    const journal = await Journal.create(journalPath(ports.folder, restored.nextJournal));
    return new KeptTraffic(ports, restored, journal);
  }

  get journalBytes(): number {
    return this.#journal.sizeBytes;
  }

  /** Where a tailed file is to be read on from. */
  positionOf(file: string): LogPosition | undefined {
    return this.#positions.get(file);
  }

  /** Resolves when all of it is durable and counted. Where it fails, none of it is. */
  async keep(gathered: Gathered): Promise<void> {
    const frames = framesOf(gathered);
    if (frames.length > 0) await this.#journal.append(frames);
    count(this.state, gathered, this.#ports.onDrop);
    for (const position of gathered.positions) this.#positions.set(position.file, position);
    if (this.#journal.sizeBytes <= this.#checkpointBytes) return;
    try {
      await this.checkpoint();
    } catch (thrown) {
      // what was brought is kept, with or without a snapshot
      this.#checkpointBytes = this.#journal.sizeBytes + this.#ports.maxJournalBytes;
      this.#ports.onFault(thrown);
    }
  }

  /** Puts a snapshot in the place of the journals. */
  async checkpoint(): Promise<void> {
    if (this.#journal.sizeBytes === 0) return;
    const { folder, clock, pairWindowMs, maxJournalBytes } = this.#ports;
    const last = this.#journal;
    const next = await Journal.create(journalPath(folder, this.#number + 1));
    try {
      writeSnapshot(folder, {
        journal: this.#number + 1,
        positions: [...this.#positions.values()],
        services: [...this.state.services()],
      });
    } catch (thrown) {
      await next.close();
      throw thrown;
    }
    this.#closed.push({ number: this.#number, closedAt: clock() });
    this.#journal = next;
    this.#number++;
    this.#checkpointBytes = maxJournalBytes;
    await last.close();
    while (this.#closed[0] !== undefined && this.#closed[0].closedAt < clock() - pairWindowMs) {
      await removeJournal(folder, this.#closed[0].number);
      this.#closed.shift();
    }
  }

  /** What was brought is kept, with or without a last snapshot. */
  async close(): Promise<void> {
    await this.checkpoint().catch(this.#ports.onFault);
    await this.#journal.close();
  }
}

interface Restored {
  readonly state: TrafficState;
  readonly halves: readonly Buffer[];
  readonly positions: readonly LogPosition[];
  readonly journals: readonly number[];
  readonly nextJournal: number;
}

async function restore(ports: KeptTrafficPorts): Promise<Restored> {
  const { folder, limits, createLearner, learnerFormat } = ports;
  const snapshot = await readSnapshot(folder, limits.maxNamedOperations, learnerFormat);
  const state = new TrafficState(createLearner, limits);
  for (const service of snapshot.services) state.restore(service);
  const positions = new Map(snapshot.positions.map((position) => [position.file, position]));
  const journals = await journalNumbers(folder);
  const halves: Buffer[] = [];
  for (const number of journals) {
    for (const { kind, payload } of await readFrames(journalPath(folder, number))) {
      if (kind === 'halves') halves.push(payload);
      else if (number < snapshot.journal) continue;
      else {
        const batch = decodeBatch(payload);
        count(state, batch, () => undefined);
        for (const position of batch.positions) positions.set(position.file, position);
      }
    }
  }
  return {
    state,
    halves,
    positions: [...positions.values()],
    journals,
    nextJournal: Math.max(snapshot.journal, (journals.at(-1) ?? -1) + 1),
  };
}

function count(
  state: TrafficState,
  { sightings, calls }: Pick<Batch, 'sightings' | 'calls'>,
  onDrop: KeptTrafficPorts['onDrop'],
): void {
  for (const sighting of sightings) {
    const drop = state.add(sighting);
    if (drop !== undefined) onDrop('requests', drop, sighting.count);
  }
  for (const call of calls) {
    const drop = state.addCall(call);
    if (drop !== undefined) onDrop('calls', drop, call.count);
  }
}

function framesOf({ halves, ...batch }: Gathered): Frame[] {
  const frames: Frame[] = [];
  const { sightings, calls, positions } = batch;
  if (sightings.length + calls.length + positions.length > 0) {
    frames.push({ kind: 'batch', payload: encodeBatch(batch) });
  }
  if (halves.length > 0) frames.push({ kind: 'halves', payload: halves });
  return frames;
}
