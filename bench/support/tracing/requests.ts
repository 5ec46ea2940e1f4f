import type { History } from './history.ts';
import type { Call, Endpoint, Pod, Workload } from './model.ts';
import type { Random } from './random.ts';
import { type Asked, type Reports, tellsCalls, tellsItself } from './reports.ts';
import { NOISE } from './settings.ts';

/** A request as the workload that serves it has it: what it asks of others goes on from here. */
export interface Served {
  readonly workload: Workload;
  readonly pod: Pod;
  readonly at: number;
  /** The trace that goes on, and the span that others will name as their parent. */
  readonly trace: Uint32Array;
  readonly span: Uint32Array;
  readonly isSampled: boolean;
  readonly depth: number;
}

/** How a request differs from what its workload would do by itself. */
export interface Disguise {
  /** The name that it gives itself: a number of `Rows`. */
  readonly claimed?: number;
  /** The identity that it shows; null: none. */
  readonly principal?: string | null;
  readonly address?: string;
  /** `continued` by default; `none`: no context is sent; `invented`: one that nobody else has. */
  readonly context?: 'continued' | 'none' | 'invented';
  /** No instrumentation tells of the side that calls. */
  readonly isBare?: boolean;
  /** Asked for this, which may not exist, rather than for an endpoint. */
  readonly operation?: Pick<Endpoint, 'protocol' | 'method' | 'template'>;
  readonly status?: number;
}

/** Ends requests between two workloads otherwise than usual, for a while. */
export interface Trouble {
  readonly status: number;
  readonly share: number;
  readonly until: number;
}

const DEEPEST = 12;
const NO_SPAN = new Uint32Array(2);

/** Plays requests through the estate, and has them told of. */
export class Requests {
  readonly #random: Random;
  readonly #reports: Reports;
  readonly #history: History;
  /** By the numbers of who calls and who is called. */
  readonly troubles = new Map<string, Trouble>();
  /** Told of every request that is being served. */
  onServed: (served: Served) => void = () => {};

  constructor(random: Random, reports: Reports, history: History) {
    this.#random = random;
    this.#reports = reports;
    this.#history = history;
  }

  /** A request that comes in by the front door. */
  enter(endpoint: Endpoint, at: number): void {
    const pod = this.#random.pick(endpoint.workload.pods);
    const isSampled = !this.#random.chance(NOISE.unsampled);
    const trace = this.#words(4);
    this.#serve(
      {
        caller: null,
        callerPod: null,
        callee: endpoint.workload,
        calleePod: pod,
        endpoint,
        operation: endpoint,
        at,
        callerTrace: trace,
        callerParent: NO_SPAN,
        callerSpan: NO_SPAN,
        trace,
        parent: this.#random.chance(0.2) ? this.#words(2) : NO_SPAN,
        calleeSpan: this.#words(2),
        isSampled,
        status: this.#status(''),
        isMessage: false,
      },
      0,
    );
  }

  /** What a workload starts by itself: nothing has been asked of it. */
  begin(workload: Workload, at: number): Served {
    const span = this.#random.chance(0.5) ? this.#words(2) : NO_SPAN;
    return {
      workload,
      pod: this.#random.pick(workload.pods),
      at,
      trace: this.#words(4),
      span,
      isSampled: !this.#random.chance(NOISE.unsampled),
      depth: 0,
    };
  }

  /** One workload asks another, which serves it with all that this leads to. Milliseconds that it took. */
  ask(from: Served, { target, isMessage }: Pick<Call, 'target' | 'isMessage'>, at: number): number {
    this.#history.count(from.workload, target.workload, target);
    return this.#serve(this.#asked(from, target, isMessage, at, {}), from.depth + 1);
  }

  /** The same, disguised; what was told of it, as the side that was called has it. */
  askDisguised(from: Served, target: Endpoint, at: number, disguise: Disguise): Asked {
    const asked = this.#asked({ ...from, isSampled: true }, target, false, at, disguise);
    this.#serve(asked, from.depth + 1);
    return asked;
  }

  #serve(asked: Asked, depth: number): number {
    const { callee, calleePod, endpoint, at } = asked;
    this.#history.countServed(callee);
    const delay = asked.isMessage ? this.#random.exponential(20_000) : 1;
    const isOwn = tellsItself(callee);
    const served: Served = {
      workload: callee,
      pod: calleePod,
      at: at + delay,
      trace: asked.trace,
      span: isOwn ? asked.calleeSpan : asked.parent,
      isSampled: asked.isSampled,
      depth,
    };
    let took = 1 + this.#random.exponential(8);
    if (endpoint && depth < DEEPEST && asked.status < 400) {
      for (const call of endpoint.calls) {
        if (!this.#random.chance(call.probability)) continue;
        took += this.ask(served, call, at + delay + took);
      }
    }
    this.onServed(served);
    this.#reports.tell(asked, took, delay);
    return asked.isMessage ? 1 : took + 1;
  }

  #asked(
    from: Served,
    target: Endpoint,
    isMessage: boolean,
    at: number,
    disguise: Disguise,
  ): Asked {
    const { workload, pod, trace, span } = from;
    const context = disguise.context ?? this.#contextOf(workload);
    const isOwn = tellsCalls(workload, disguise);
    const callerSpan = isOwn ? this.#words(2) : span;
    const startsAnew = context === 'invented';
    const callerTrace = startsAnew ? this.#words(4) : trace;
    const key = `${workload.number} ${target.workload.number}`;
    return {
      caller: workload,
      callerPod: pod,
      callee: target.workload,
      calleePod: this.#random.pick(target.workload.pods),
      endpoint: disguise.operation ? null : target,
      operation: disguise.operation ?? target,
      at,
      callerTrace,
      callerParent: startsAnew ? NO_SPAN : span,
      callerSpan,
      trace: context === 'none' ? this.#words(4) : callerTrace,
      parent: context === 'none' ? NO_SPAN : startsAnew && !isOwn ? this.#words(2) : callerSpan,
      calleeSpan: this.#words(2),
      isSampled: from.isSampled,
      status: disguise.status ?? this.#status(key, at),
      isMessage,
      disguise,
    };
  }

  #contextOf(workload: Workload): 'continued' | 'none' | 'invented' {
    const { lost, startsAnew } = workload.context;
    if (!this.#random.chance(lost)) return 'continued';
    return startsAnew && tellsItself(workload) ? 'invented' : 'none';
  }

  #status(key: string, at = 0): number {
    const share = this.#random.share();
    const trouble = this.troubles.size > 0 ? this.troubles.get(key) : undefined;
    if (trouble && trouble.until > at && share < trouble.share) return trouble.status;
    if (share < NOISE.failures) return 500;
    return share < NOISE.failures + NOISE.notFound ? 404 : 200;
  }

  #words(count: number): Uint32Array {
    return Uint32Array.from({ length: count }, () => this.#random.word());
  }
}
