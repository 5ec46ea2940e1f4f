import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  createMemoryTraces,
  type KeptTrace,
  openTraceFile,
  type TracePage,
  type TraceQuery,
  type TraceStore,
  type TraceStoreLimits,
} from '../../tracing/traces/index.ts';
import type { TracingLog } from './messages.ts';
import { Recurring } from './recurring.ts';

export interface KeptTracesParts {
  readonly folder: string;
  readonly limits: TraceStoreLimits;
  readonly maxSpans: number;
  readonly log: TracingLog;
}

/** Traces that wait to be written together. */
const MAX_TOGETHER = 200;
const FILE = 'traces.db';
/** What SQLite keeps beside its file. */
const BESIDE = ['-wal', '-shm'];

/** Kept traces, on the disk as far as it can be used: what cannot be read is put aside, where nothing can be written they
 *  are in memory, and what a write loses is counted. Tracing goes on in any case. */
export class KeptTraces {
  readonly #store: TraceStore;
  readonly #writing: Recurring;
  readonly #pruning: Recurring;
  #waiting: KeptTrace[] = [];
  #kept = 0;
  #lost = 0;

  constructor(parts: KeptTracesParts) {
    this.#store = open(parts);
    this.#writing = new Recurring(parts.log, 'kept traces cannot be written: they are lost');
    this.#pruning = new Recurring(parts.log, 'old traces cannot be dropped');
  }

  /** Since the beginning: those that are kept, and those that could not be written. */
  get kept(): number {
    return this.#kept;
  }
  get lost(): number {
    return this.#lost;
  }

  keep(trace: KeptTrace): void {
    this.#waiting.push(trace);
    if (this.#waiting.length >= MAX_TOGETHER) this.write();
  }

  write(): void {
    const traces = this.#waiting;
    if (traces.length === 0) return;
    this.#waiting = [];
    try {
      this.#store.put(traces);
      this.#kept += traces.length;
      this.#writing.succeeded();
    } catch (thrown) {
      this.#lost += traces.length;
      this.#writing.failed(thrown);
    }
  }

  get(id: string): KeptTrace | undefined {
    return this.#store.get(id);
  }

  /** @throws {Fault} `tracing/cursor-malformed` */
  list(query: TraceQuery): TracePage {
    return this.#store.list(query);
  }

  /** @param held see `TraceStore.prune` */
  prune(now: number, held: ReadonlySet<string>): void {
    try {
      this.#store.prune(now, held);
      this.#pruning.succeeded();
    } catch (thrown) {
      this.#pruning.failed(thrown);
    }
  }

  close(): void {
    this.write();
    this.#store.close();
  }
}

function open({ folder, limits, maxSpans, log }: KeptTracesParts): TraceStore {
  try {
    return openTraceFile(folder, limits, maxSpans);
  } catch (thrown) {
    log('warn', thrown, `kept traces cannot be read: they are put aside as ${FILE}.broken`);
  }
  try {
    putAside(join(folder, FILE));
    return openTraceFile(folder, limits, maxSpans);
  } catch (thrown) {
    log('error', thrown, 'traces are kept in memory until the server starts again');
    return createMemoryTraces(limits, maxSpans);
  }
}

/** What is beside the file belongs to it alone. */
function putAside(file: string): void {
  for (const end of BESIDE) rmSync(`${file}${end}`, { force: true });
  renameSync(file, `${file}.broken`);
}
