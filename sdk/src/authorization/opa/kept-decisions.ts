import type { Decision } from '../decision.ts';

interface Kept {
  readonly decision: Decision;
  readonly until: number;
}

/** Decisions for a while, as many as fit: the oldest go first. */
export class KeptDecisions {
  readonly #kept = new Map<string, Kept>();
  readonly #maxEntries: number;

  constructor(maxEntries: number) {
    this.#maxEntries = maxEntries;
  }

  find(key: string, now: number): Decision | undefined {
    const kept = this.#kept.get(key);
    if (kept === undefined) return undefined;
    if (now < kept.until) return kept.decision;
    this.#kept.delete(key);
    return undefined;
  }

  keep(key: string, decision: Decision, until: number): void {
    this.#kept.delete(key);
    this.#kept.set(key, { decision, until });
    const oldest = this.#kept.keys().next();
    if (this.#kept.size > this.#maxEntries && !oldest.done) this.#kept.delete(oldest.value);
  }
}
