import type { Alert } from '../../../src/tracing/model.ts';

/** A request that an alert shows. */
export interface ShownHop {
  readonly from: string;
  readonly to: string;
  readonly at: number;
  readonly traceId: string | null;
}

/** What an alert said at a time. */
export interface Telling {
  /** When it was told, and of the latest sign that it had then. */
  readonly at: number;
  readonly until: number;
  readonly score: number;
}

/** One alert, from when it was raised to when it was last told. */
export interface RaisedAlert {
  readonly id: string;
  readonly tellings: readonly Telling[];
  /** Requests with signs. */
  readonly hops: readonly ShownHop[];
  /** How many services it names. */
  readonly services: number;
  readonly kinds: readonly string[];
}

/** Alerts as they are told, one after another. */
export class Raised {
  readonly #alerts = new Map<string, { tellings: Telling[]; hops: ShownHop[]; latest: Alert }>();

  take(alert: Alert, now: number): void {
    const known = this.#alerts.get(alert.id) ?? { tellings: [], hops: [], latest: alert };
    this.#alerts.set(alert.id, known);
    const { score, lastTime, signs } = alert;
    known.tellings.push({ at: now, until: Date.parse(lastTime), score });
    known.latest = alert;
    // What it showed once it has shown, though it may name other requests later.
    for (const { from, to, time, traceId } of signs) {
      known.hops.push({ from, to, at: Date.parse(time), traceId });
    }
  }

  alerts(): RaisedAlert[] {
    return [...this.#alerts].map(([id, { tellings, hops, latest }]) => ({
      ...{ id, tellings, hops },
      services: latest.path.length,
      kinds: latest.signs.map(({ kind }) => kind),
    }));
  }
  get latest(): Alert[] {
    return [...this.#alerts.values()].map(({ latest }) => latest);
  }
}
