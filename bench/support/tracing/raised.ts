import type { Alert, Sign } from '../../../src/tracing/model.ts';

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

/** One alert, from when it was raised to when it was last told, or raised anew, which is as if another was. */
export interface RaisedAlert {
  readonly id: string;
  readonly tellings: readonly Telling[];
  /** Requests with signs. */
  readonly hops: readonly ShownHop[];
  /** How many services it names. */
  readonly services: number;
  readonly kinds: readonly string[];
}

interface Raise {
  readonly id: string;
  readonly tellings: Telling[];
  readonly hops: ShownHop[];
  latest: Alert;
}

/** Alerts as they are told, one after another. */
export class Raised {
  readonly #raises = new Map<string, Raise>();
  /** Signs that were shown when an alert was raised anew, by its id. */
  readonly #before = new Map<string, Set<string>>();

  take(alert: Alert, now: number): void {
    const { score, lastTime, signs } = alert;
    const id = `${alert.id} ${alert.raised}`;
    const known = this.#raises.get(id) ?? this.#begin(id, alert);
    known.tellings.push({ at: now, until: Date.parse(lastTime), score });
    known.latest = alert;
    const before = this.#before.get(alert.id);
    // What it showed once it has shown, though it may name other requests later.
    for (const sign of signs) {
      if (before?.has(keyOf(sign))) continue;
      const { from, to, time, traceId } = sign;
      known.hops.push({ from, to, at: Date.parse(time), traceId });
    }
  }

  #begin(id: string, alert: Alert): Raise {
    const raise: Raise = { id, tellings: [], hops: [], latest: alert };
    const last = this.#raises.get(`${alert.id} ${alert.raised - 1}`);
    if (last) this.#before.set(alert.id, new Set(last.latest.signs.map(keyOf)));
    this.#raises.set(id, raise);
    return raise;
  }

  alerts(): RaisedAlert[] {
    return [...this.#raises.values()].map(({ id, tellings, hops, latest }) => ({
      ...{ id, tellings, hops },
      services: latest.path.length,
      kinds: latest.signs.map(({ kind }) => kind),
    }));
  }
  get latest(): (Alert & { readonly raise: string })[] {
    return [...this.#raises.values()].map(({ id, latest }) => ({ ...latest, raise: id }));
  }
}

function keyOf({ kind, from, to, time }: Sign): string {
  return `${kind} ${from} ${to} ${time}`;
}
