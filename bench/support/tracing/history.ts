import type { Endpoint, Workload } from './model.ts';

const MOST = 2 ** 20;

/** What there really was: how often who called whom, and for what. Attacks are planned with it, as somebody plans
 *  them who has looked around. */
export class History {
  readonly #edges = new Map<number, number>();
  readonly #operations = new Map<number, number>();
  readonly #served: number[] = [];

  count(caller: Workload, callee: Workload, endpoint: Endpoint): void {
    add(this.#edges, caller.number * MOST + callee.number);
    add(this.#operations, caller.number * MOST + endpoint.number);
  }
  countServed(workload: Workload): void {
    this.#served[workload.number] = this.served(workload) + 1;
  }

  edge(caller: Workload, callee: Workload): number {
    return this.#edges.get(caller.number * MOST + callee.number) ?? 0;
  }
  operation(caller: Workload, endpoint: Endpoint): number {
    return this.#operations.get(caller.number * MOST + endpoint.number) ?? 0;
  }
  /** Requests that a workload served. */
  served(workload: Workload): number {
    return this.#served[workload.number] ?? 0;
  }
  get edges(): number {
    return this.#edges.size;
  }
  get operations(): number {
    return this.#operations.size;
  }
}

function add(counts: Map<number, number>, key: number): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
