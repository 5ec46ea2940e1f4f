import type { Incident } from './model.ts';
import { type IncidentSummary, summaryOf } from './view.ts';

/** What is kept in memory of all incidents: a line of each. */
export class IncidentIndex {
  readonly #summaries = new Map<string, IncidentSummary>();
  readonly #ofAlert = new Map<string, string>();

  /** All anew. */
  load(incidents: readonly Incident[]): void {
    this.#summaries.clear();
    this.#ofAlert.clear();
    for (const incident of incidents) this.put(incident);
  }

  put(incident: Incident): void {
    this.drop(incident.id);
    const summary = summaryOf(incident);
    this.#summaries.set(incident.id, summary);
    for (const alert of summary.alerts) this.#ofAlert.set(alert, incident.id);
  }

  drop(id: string): void {
    for (const alert of this.#summaries.get(id)?.alerts ?? []) this.#ofAlert.delete(alert);
    this.#summaries.delete(id);
  }

  get size(): number {
    return this.#summaries.size;
  }

  has(id: string): boolean {
    return this.#summaries.has(id);
  }

  /** The incident that an alert is in. */
  incidentOf(alert: string): string | undefined {
    return this.#ofAlert.get(alert);
  }

  /** The newest first. */
  all(): readonly IncidentSummary[] {
    return [...this.#summaries.values()].sort((a, b) =>
      a.openedAt < b.openedAt || (a.openedAt === b.openedAt && a.id < b.id) ? 1 : -1,
    );
  }
}
