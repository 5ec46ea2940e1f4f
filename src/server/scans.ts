import { setTimeout as sleep } from 'node:timers/promises';
import { type Clock, toTimestamp } from '../base/clock.ts';
import type { Diagnostic } from '../base/diagnostic.ts';
import { Fault, messageOf, quote, statusOf } from '../base/fault.ts';
import type { Log } from '../base/log.ts';
import type { EstateStore, Fact, PolicySources } from '../estate/index.ts';
import { type JobOptions, type ScanJob, type ScanResult, scanApart } from './jobs.ts';
import type { Metrics } from './metrics.ts';

/** A folder that the configuration lets the server read. */
export interface ScanFolder {
  readonly name: string;
  readonly path: string;
  readonly environment: string;
}

export interface ScanState {
  readonly name: string;
  readonly environment: string;
  readonly state: 'waiting' | 'running' | 'done' | 'failed';
  readonly progress: { readonly done: number; readonly total: number };
  readonly endedAt: string | null;
  readonly fileCount: number;
  readonly diagnosticCount: number;
  readonly failure: string | null;
}

export interface ScansPorts {
  readonly folders: readonly ScanFolder[];
  readonly fingerprintKey: Uint8Array;
  readonly store: EstateStore;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Keeps what a folder says of guardrails and groups. */
  readonly keepPolicy: (folder: string, sources: PolicySources) => Promise<void>;
  /** Told what the facts of a folder are, once the store has them. */
  readonly onRead?: (folder: string, facts: readonly Fact[]) => void;
  /** Called after the facts of a folder have changed. */
  readonly onFolded: () => void;
  /** Replaced in tests. */
  readonly scan?: (job: ScanJob, options: JobOptions) => Promise<ScanResult>;
  readonly retryMs?: number;
}

const RETRY_MS = 5_000;

const NOT_YET = {
  progress: { done: 0, total: 0 },
  endedAt: null,
  fileCount: 0,
  diagnosticCount: 0,
  failure: null,
} as const;

/** Reads the configured folders, one at a time. */
export class Scans {
  readonly #ports: ScansPorts;
  readonly #states = new Map<string, ScanState>();
  readonly #diagnostics = new Map<string, readonly Diagnostic[]>();
  readonly #stop = new AbortController();
  #queue: Promise<void> = Promise.resolve();

  constructor(ports: ScansPorts) {
    this.#ports = ports;
    for (const { name, environment } of ports.folders) {
      this.#states.set(name, { name, environment, state: 'done', ...NOT_YET });
    }
  }

  list(): readonly ScanState[] {
    return [...this.#states.values()];
  }

  /** @throws {Fault} `scan/folder-not-found` */
  diagnostics(name: string): readonly Diagnostic[] {
    this.#folder(name);
    return this.#diagnostics.get(name) ?? [];
  }

  /** Puts folders (all, unless named) in line; one that waits already is not put there twice.
   *  @throws {Fault} `scan/folder-not-found` */
  start(names: readonly string[] = this.#ports.folders.map(({ name }) => name)): void {
    const folders = names.map((name) => this.#folder(name));
    for (const folder of folders) {
      if (this.#states.get(folder.name)?.state === 'waiting') continue;
      this.#change(folder.name, { state: 'waiting' });
      this.#queue = this.#queue.then(() => this.#scan(folder));
    }
  }

  /** Resolves when no folder is in line. */
  async idle(): Promise<void> {
    await this.#queue;
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#queue;
  }

  #folder(name: string): ScanFolder {
    const folder = this.#ports.folders.find((candidate) => candidate.name === name);
    if (folder) return folder;
    throw new Fault('scan/folder-not-found', `No folder ${quote(name)} is configured`, {
      hint: 'GET /api/v1/scans lists those that are',
    });
  }

  #change(name: string, change: Partial<ScanState>): void {
    const state = this.#states.get(name);
    if (state) this.#states.set(name, { ...state, ...change });
  }

  async #scan(folder: ScanFolder): Promise<void> {
    if (this.#stop.signal.aborted) return;
    const { clock, log, metrics, onFolded } = this.#ports;
    const startedAt = clock();
    this.#change(folder.name, { ...NOT_YET, state: 'running' });
    try {
      const { diagnosticCount, fileCount } = await this.#readAndFold(folder);
      const seconds = (clock() - startedAt) / 1_000;
      metrics.scanSeconds.observe({ folder: folder.name }, seconds);
      const endedAt = toTimestamp(clock());
      this.#change(folder.name, { state: 'done', endedAt, fileCount, diagnosticCount });
      log.info({ folder: folder.name, fileCount, diagnosticCount, seconds }, 'folder scanned');
      onFolded();
    } catch (thrown) {
      const failure = messageOf(thrown);
      this.#change(folder.name, { state: 'failed', endedAt: toTimestamp(clock()), failure });
      if (!this.#stop.signal.aborted) {
        log.error({ folder: folder.name, err: thrown }, 'folder not scanned');
      }
    }
  }

  async #readAndFold(folder: ScanFolder): Promise<ScanResult> {
    const { fingerprintKey, store, clock, keepPolicy, onRead, scan = scanApart } = this.#ports;
    const result = await scan(
      { kind: 'scan', folder: folder.path, environment: folder.environment, fingerprintKey },
      {
        signal: this.#stop.signal,
        onProgress: (done, total) => this.#change(folder.name, { progress: { done, total } }),
      },
    );
    this.#diagnostics.set(folder.name, result.diagnostics);
    await this.#keep(() =>
      store.replace(`scan:${folder.name}`, result.facts, toTimestamp(clock())),
    );
    await this.#keep(() => keepPolicy(folder.name, result.policy));
    onRead?.(folder.name, result.facts);
    return result;
  }

  /** What was read with effort waits for a store that is away. */
  async #keep(work: () => Promise<void>): Promise<void> {
    const { signal } = this.#stop;
    for (;;) {
      try {
        return await work();
      } catch (thrown) {
        if (!(thrown instanceof Fault) || statusOf(thrown.code).http !== 503) throw thrown;
        this.#ports.log.warn({ err: thrown }, 'the store is away; trying again');
        await sleep(this.#ports.retryMs ?? RETRY_MS, undefined, { signal });
      }
    }
  }
}
