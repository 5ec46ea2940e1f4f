import type { DeclaredReach } from './model.ts';

/** Who calls whom, directly: callees by caller. */
export class CallGraph {
  readonly #callees = new Map<string, string[]>();
  readonly #callers = new Map<string, string[]>();

  constructor(reach: DeclaredReach) {
    for (const { caller, callee } of reach.values()) {
      push(this.#callees, caller.id, callee.id);
      push(this.#callers, callee.id, caller.id);
    }
  }

  callees(service: string): readonly string[] {
    return this.#callees.get(service) ?? [];
  }

  /** The services that one reaches, itself and through others; without itself. */
  reachedFrom(service: string): Set<string> {
    return closure(service, this.#callees);
  }

  /** The services that reach one, themselves and through others; without itself. */
  reaching(service: string): Set<string> {
    return closure(service, this.#callers);
  }

  /** One of the shortest paths, both ends included; undefined where there is none. */
  path(from: string, to: string): string[] | undefined {
    const cameFrom = new Map<string, string>();
    const queue = [from];
    for (const one of queue) {
      if (one === to) return walkBack(cameFrom, from, to);
      for (const next of this.callees(one)) {
        if (next === from || cameFrom.has(next)) continue;
        cameFrom.set(next, one);
        queue.push(next);
      }
    }
    return undefined;
  }
}

function walkBack(cameFrom: ReadonlyMap<string, string>, from: string, to: string): string[] {
  const path = [to];
  for (let at = to; at !== from; ) {
    at = cameFrom.get(at) ?? from;
    path.push(at);
  }
  return path.reverse();
}

function closure(start: string, next: ReadonlyMap<string, readonly string[]>): Set<string> {
  const found = new Set<string>();
  const queue = [start];
  for (const one of queue) {
    for (const other of next.get(one) ?? []) {
      if (other === start || found.has(other)) continue;
      found.add(other);
      queue.push(other);
    }
  }
  return found;
}

function push(lists: Map<string, string[]>, key: string, value: string): void {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}
