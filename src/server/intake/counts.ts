import { type Clock, toTimestamp } from '../../base/clock.ts';
import type { IntakeCount } from '../../estate/index.ts';

/** Counts what came in and what became of it. Sources and reasons come from closed tables, so there
 *  are few. */
export class IntakeCounts {
  readonly #clock: Clock;
  readonly #counts = new Map<string, { count: IntakeCount; at: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(source: string, outcome: IntakeCount['outcome'], reason: string, count = 1): void {
    if (count === 0) return;
    const key = `${source}\n${outcome}\n${reason}`;
    const known = this.#counts.get(key)?.count.count ?? 0;
    const sum = { source, outcome, reason, count: known + count, lastAt: '' };
    this.#counts.set(key, { count: sum, at: this.#clock() });
  }

  list(): IntakeCount[] {
    return [...this.#counts]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, { count, at }]) => ({ ...count, lastAt: toTimestamp(at) }));
  }
}
