import type { History } from './history.ts';
import type { Endpoint, Estate, Workload } from './model.ts';
import type { Random } from './random.ts';

/** The least number of requests a day that a workload serves for somebody to hide among them. */
const LEAST_SERVED = 15;

/** What there is to attack, to somebody who knows the estate. */
export class Choice {
  readonly random: Random;
  readonly #estate: Estate;
  readonly #history: History;
  readonly #days: number;

  constructor(random: Random, estate: Estate, history: History, days: number) {
    this.random = random;
    this.#estate = estate;
    this.#history = history;
    this.#days = days;
  }

  get workloads(): readonly Workload[] {
    return this.#estate.workloads;
  }

  /** Any workload that code runs in and that is busy enough; the inner ones only fall after others, or by what was
   *  built into them. */
  origin(fits: (workload: Workload) => boolean = () => true): Workload {
    const can = (one: Workload): boolean =>
      one.kind === 'workload' &&
      this.#history.served(one) >= LEAST_SERVED * this.#days &&
      fits(one);
    return this.random.pick(this.workloads.filter(can));
  }

  /** Somebody tells of requests to it. */
  isSeen({ reporter }: Workload): boolean {
    return reporter !== 'nobody';
  }

  isNewEdge(caller: Workload, callee: Workload): boolean {
    const leads = caller.endpoints.some(({ calls }) =>
      calls.some(({ target }) => target.workload === callee),
    );
    return caller !== callee && !leads && this.#history.edge(caller, callee) === 0;
  }

  requests(caller: Workload, callee: Workload): number {
    return this.#history.edge(caller, callee);
  }

  requestsFor(caller: Workload, endpoint: Endpoint): number {
    return this.#history.operation(caller, endpoint);
  }

  /** An endpoint that fits: one with sensitive data where there is any and `sensitive` says so. */
  endpoint(sensitive: number, fits: (endpoint: Endpoint) => boolean): Endpoint {
    const all = this.#estate.endpoints.filter(
      (one) => this.isSeen(one.workload) && one.workload.tier > 0 && fits(one),
    );
    const rich = all.filter(({ sensitivity }) => sensitivity.length > 0);
    return this.random.pick(rich.length > 0 && this.random.chance(sensitive) ? rich : all);
  }

  callers(callee: Workload): Workload[] {
    return this.workloads.filter((one) => this.requests(one, callee) > 0);
  }

  /** Who calls an endpoint by habit. */
  callersOf(endpoint: Endpoint, least: number): Workload[] {
    return this.workloads.filter((one) => this.requestsFor(one, endpoint) >= least);
  }
}
