import { createHash } from 'node:crypto';
import { Fault, messageOf } from '../base/fault.ts';
import { factId } from '../estate/index.ts';
import { attribute } from '../sources/attribution/index.ts';
import { CLUSTER_READERS } from '../sources/cluster-readers/index.ts';
import { accessOf, ClusterApi, LiveCluster, readLive } from '../sources/kubernetes/live/index.ts';
import {
  type ClusterQuestion,
  type FromClusterProcess,
  MAX_DIAGNOSTICS,
  type ToClusterProcess,
} from './cluster-messages.ts';
import { slices } from './jobs.ts';

type Admission = import('./admission/cluster-admission.ts').ClusterAdmission;

/** Reads one cluster in a process of its own: what an API server sends cannot stop the server or take its
 *  memory, and the client library is loaded only here. */

type Start = Extract<ToClusterProcess, { type: 'start' }>;

/** After a change, until nothing else changes, but no longer than this. */
const QUIET_MS = 500;
const MAX_WAIT_MS = 5_000;
/** Of the time that reading takes, between two readings. */
const REST_RATIO = 4;
const STATE_EVERY_MS = 100;
const REOPEN_MS = 10_000;
/** The server ends a process that it does not hear of for long. */
const ALIVE_MS = 10_000;

function give(message: FromClusterProcess): void {
  process.send?.(message);
}

const NOT_YET = { code: 'cluster/unavailable', message: 'The cluster is not read yet' };

class ClusterProcess {
  readonly #start: Start;
  readonly #asked = new Map<number, AbortController>();
  #api: ClusterApi | undefined;
  #cluster: LiveCluster | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isStateWaiting = false;
  #changedAt: number | undefined;
  #readAt = 0;
  #lastMs = 0;
  #digest = '';
  #admission: Promise<Admission> | undefined;

  constructor(start: Start) {
    this.#start = start;
  }

  /** Tries again where the cluster cannot be reached as configured: a kubeconfig may be written later. */
  async open(): Promise<void> {
    const { cluster } = this.#start;
    try {
      this.#api = new ClusterApi(await accessOf(cluster));
    } catch (thrown) {
      const failure = messageOf(thrown);
      const nothing = { staleSince: null, objects: 0, kinds: 0, unread: [] };
      give({ type: 'state', state: { state: 'starting', ...nothing, failure }, diagnostics: [] });
      setTimeout(() => void this.open(), REOPEN_MS);
      return;
    }
    const { name, namespaces, maxObjects, maxMegabytes } = cluster;
    this.#cluster = new LiveCluster({
      name,
      namespaces,
      api: this.#api,
      limits: { maxObjects, maxBytes: maxMegabytes * 1_048_576 },
      onChange: () => this.#changed(),
      onState: () => this.#stateChanged(),
    });
    this.#admission = this.#openAdmission(this.#cluster);
    this.#cluster.start();
    setInterval(() => this.#tellState(), this.#start.aliveMs ?? ALIVE_MS);
  }

  async ask(id: number, { method, path, body, patch }: ClusterQuestion): Promise<void> {
    const cancel = new AbortController();
    this.#asked.set(id, cancel);
    try {
      if (!this.#api) throw new Fault('cluster/unavailable', 'The cluster cannot be reached yet');
      const value = await this.#api.json({ method, path, body, patch, signal: cancel.signal });
      give({ type: 'answer', id, value });
    } catch (thrown) {
      const code = thrown instanceof Fault ? thrown.code : 'cluster/unavailable';
      give({ type: 'refusal', id, code, message: messageOf(thrown) });
    } finally {
      this.#asked.delete(id);
    }
  }

  cancel(id: number): void {
    this.#asked.get(id)?.abort();
    void this.#admission?.then((admission) => admission.cancel(id));
  }

  async take(
    message: Extract<ToClusterProcess, { readonly type: 'review' | 'beside' }>,
  ): Promise<void> {
    const admission = await this.#admission;
    if (message.type === 'beside') admission?.know(message.beside);
    else if (admission) admission.review(message.id, message.change);
    else give({ type: 'refusal', id: message.id, ...NOT_YET });
  }

  /** What judges is loaded only where something is judged. */
  #openAdmission(cluster: LiveCluster): Promise<Admission> | undefined {
    const { admission: terms, environment } = this.#start;
    if (!terms) return undefined;
    const { name } = this.#start.cluster;
    return import('./admission/cluster-admission.ts').then(
      ({ ClusterAdmission }) =>
        new ClusterAdmission({ cluster, terms: { ...terms, name, environment }, give }),
    );
  }

  #changed(): void {
    void this.#admission?.then((admission) => admission.changed());
    const now = performance.now();
    this.#changedAt ??= now;
    const { quietMs = QUIET_MS } = this.#start;
    const latest = this.#changedAt + Math.max(MAX_WAIT_MS, quietMs);
    const earliest = Math.max(
      Math.min(now + quietMs, latest),
      this.#readAt + this.#lastMs * REST_RATIO,
    );
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#read(), earliest - now);
  }

  #stateChanged(): void {
    if (this.#isStateWaiting) return;
    this.#isStateWaiting = true;
    setTimeout(() => {
      this.#isStateWaiting = false;
      this.#tellState();
    }, STATE_EVERY_MS);
  }

  #tellState(): void {
    if (!this.#cluster) return;
    const { state } = this.#cluster;
    const diagnostics = this.#cluster.diagnostics().slice(0, MAX_DIAGNOSTICS);
    give({ type: 'state', state, diagnostics });
  }

  #read(): void {
    if (!this.#cluster) return;
    const { cluster, environment } = this.#start;
    const begunAt = performance.now();
    this.#changedAt = undefined;
    const reading = readLive(cluster.name, this.#cluster.values(), CLUSTER_READERS);
    const { facts, diagnostics } = attribute(reading.observations, { environment });
    this.#readAt = performance.now();
    this.#lastMs = this.#readAt - begunAt;
    void this.#admission?.then((admission) => admission.audit());
    const digest = createHash('sha256').update(facts.map(factId).sort().join()).digest('hex');
    if (digest === this.#digest) return;
    this.#digest = digest;
    this.#tellState();
    for (const items of slices(facts)) give({ type: 'facts', items });
    give({
      type: 'read',
      diagnostics: [...reading.diagnostics, ...diagnostics].slice(0, MAX_DIAGNOSTICS),
      seconds: this.#lastMs / 1_000,
    });
  }
}

let running: ClusterProcess | undefined;
process.on('message', (message: ToClusterProcess) => {
  if (message.type === 'start') {
    running = new ClusterProcess(message);
    void running.open();
  } else if (message.type === 'ask') void running?.ask(message.id, message.question);
  else if (message.type === 'cancel') running?.cancel(message.id);
  else void running?.take(message);
});
// Without the server there is nobody to read for.
process.on('disconnect', () => process.exit());
