import { type ChildProcess, fork } from 'node:child_process';
import type { Judgement, ReviewedChange } from '../authorization/admission/index.ts';
import { codeCache } from '../base/code-cache.ts';
import type { Diagnostic } from '../base/diagnostic.ts';
import { Fault, messageOf } from '../base/fault.ts';
import type { Fact } from '../estate/index.ts';
import type { ClusterConfig } from '../sources/kubernetes/live/config/index.ts';
import type { LiveState } from '../sources/kubernetes/live/index.ts';
import type { Beside } from './admission/known-state.ts';
import type {
  AdmissionTerms,
  ClusterQuestion,
  FromClusterProcess,
  Standing,
  ToClusterProcess,
} from './cluster-messages.ts';

export interface ClusterLinkPorts {
  readonly cluster: ClusterConfig;
  readonly environment: string;
  readonly quietMs?: number | undefined;
  /** Longest silence of the process once it was heard, and how often it tells of itself; shorter in tests. */
  readonly silenceMs?: number | undefined;
  readonly aliveMs?: number | undefined;
  /** How objects are judged before they are taken; undefined: they are not. */
  readonly admission?: AdmissionTerms | undefined;
  onState(state: LiveState, diagnostics: readonly Diagnostic[]): void;
  onFacts(facts: readonly Fact[], diagnostics: readonly Diagnostic[], seconds: number): void;
  /** What is there already was judged. */
  onStanding?(standing: Standing): void;
  /** The process has ended, and begins anew after so long. */
  onEnd(why: string, againMs: number): void;
}

interface Pending {
  resolve(value: unknown): void;
  reject(thrown: Fault): void;
}

const FIRST_AGAIN_MS = 1_000;
const MAX_AGAIN_MS = 60_000;
/** A process that has lived for so long has not ended because of how it began. */
const LONG_LIFE_MS = 120_000;
/** What objects need in memory, against their size as JSON. */
const HEAP_RATIO = 6;
const MIN_HEAP_MB = 512;
const SILENCE_MS = 180_000;
/** Silence of a process that starts: on a busy machine, all its code takes long to load. */
const START_MS = 180_000;

/** The process that reads one cluster, begun anew whenever it ends. */
export class ClusterLink {
  readonly #ports: ClusterLinkPorts;
  readonly #pending = new Map<number, Pending>();
  #child: ChildProcess | undefined;
  #facts: Fact[] = [];
  #timer: NodeJS.Timeout | undefined;
  #silence: NodeJS.Timeout | undefined;
  /** Why the process was ended, where it was. */
  #why: string | undefined;
  #againMs = FIRST_AGAIN_MS;
  #nextId = 0;
  #beside: Beside | undefined;
  #isClosed = false;

  constructor(ports: ClusterLinkPorts) {
    this.#ports = ports;
  }

  start(): void {
    const { cluster, environment, quietMs, aliveMs, admission } = this.#ports;
    const { silenceMs = SILENCE_MS } = this.#ports;
    const heapMb = Math.max(MIN_HEAP_MB, cluster.maxMegabytes * HEAP_RATIO);
    const child = fork(new URL('./cluster-process.ts', import.meta.url), {
      serialization: 'advanced',
      execArgv: [`--max-old-space-size=${heapMb}`, '--disable-warning=ExperimentalWarning'],
      // A kubeconfig may name programs that find credentials in their own variables.
      env: { ...process.env, ...codeCache() },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    const startedAt = performance.now();
    this.#child = child;
    this.#why = undefined;
    this.#facts = [];
    this.#endIfSilent(child, START_MS);
    child.on('message', (message: FromClusterProcess) => {
      if (this.#isClosed) return;
      this.#endIfSilent(child, silenceMs);
      this.#take(message);
    });
    const end = (why: string): void => {
      clearTimeout(this.#silence);
      if (performance.now() - startedAt > LONG_LIFE_MS) this.#againMs = FIRST_AGAIN_MS;
      this.#ended(this.#why ?? why);
    };
    child.on('error', (thrown) => {
      // One that was never there does not exit either; any other does, whatever went wrong.
      if (child.pid !== undefined) return;
      end(`The process that reads the cluster cannot be started: ${messageOf(thrown)}`);
    });
    child.on('exit', (status, signal) => {
      end(`The process that reads the cluster ended (${signal ?? status})`);
    });
    this.#send({ type: 'start', cluster, environment, quietMs, aliveMs, admission });
    if (this.#beside) this.#send({ type: 'beside', beside: this.#beside });
  }

  /** Of the process, while it runs. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** What the API server of the cluster answers.
   *  @throws {Fault} `cluster/…` */
  ask(question: ClusterQuestion, signal?: AbortSignal): Promise<unknown> {
    return this.#request((id) => ({ type: 'ask', id, question }), signal);
  }

  /** What an object would newly allow, beside what the cluster has.
   *  @throws {Fault} `cluster/…` */
  review(change: ReviewedChange, signal?: AbortSignal): Promise<Judgement> {
    const asked = this.#request((id) => ({ type: 'review', id, change }), signal);
    return asked as Promise<Judgement>;
  }

  /** What is known beside the objects of the cluster. */
  know(beside: Beside): void {
    this.#beside = beside;
    this.#send({ type: 'beside', beside });
  }

  #request(toMessage: (id: number) => ToClusterProcess, signal?: AbortSignal): Promise<unknown> {
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      const cancel = (): void => {
        this.#send({ type: 'cancel', id });
        this.#settle(id)?.reject(new Fault('cluster/unavailable', 'The question was given up'));
      };
      const done = (): void => signal?.removeEventListener('abort', cancel);
      this.#pending.set(id, {
        resolve: (value) => {
          done();
          resolve(value);
        },
        reject: (thrown) => {
          done();
          reject(thrown);
        },
      });
      signal?.addEventListener('abort', cancel, { once: true });
      if (signal?.aborted) cancel();
      else if (this.#child?.connected) this.#send(toMessage(id));
      else
        this.#settle(id)?.reject(new Fault('cluster/unavailable', 'The cluster is not read now'));
    });
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#silence);
    this.#child?.removeAllListeners('exit');
    this.#child?.kill('SIGKILL');
    this.#refuseAll('Reeve ends');
  }

  #send(message: ToClusterProcess): void {
    if (this.#child?.connected) this.#child.send(message, () => {});
  }

  #endIfSilent(child: ChildProcess, forMs: number): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => {
      this.#why = 'The process that reads the cluster told nothing for long, so it was ended';
      child.kill('SIGKILL');
    }, forMs);
  }

  #settle(id: number): Pending | undefined {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    return pending;
  }

  #take(message: FromClusterProcess): void {
    const { onState, onFacts } = this.#ports;
    switch (message.type) {
      case 'state':
        onState(message.state, message.diagnostics);
        break;
      case 'facts':
        for (const fact of message.items) this.#facts.push(fact);
        break;
      case 'read': {
        const facts = this.#facts;
        this.#facts = [];
        onFacts(facts, message.diagnostics, message.seconds);
        break;
      }
      case 'standing':
        this.#ports.onStanding?.(message.standing);
        break;
      case 'answer':
        this.#settle(message.id)?.resolve(message.value);
        break;
      case 'refusal':
        this.#settle(message.id)?.reject(new Fault(message.code, message.message));
        break;
    }
  }

  #ended(why: string): void {
    this.#refuseAll(why);
    if (this.#isClosed) return;
    const againMs = this.#againMs;
    this.#againMs = Math.min(againMs * 2, MAX_AGAIN_MS);
    this.#timer = setTimeout(() => this.start(), againMs);
    this.#ports.onEnd(why, againMs);
  }

  #refuseAll(why: string): void {
    for (const id of [...this.#pending.keys()]) {
      this.#settle(id)?.reject(new Fault('cluster/unavailable', why));
    }
  }
}
