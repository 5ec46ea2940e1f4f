import type { Clock } from '../../base/clock.ts';
import { Fault } from '../../base/fault.ts';
import { stableId } from '../../base/ids.ts';
import type { Alert } from '../model.ts';
import { afterAlert, isTold } from './after-alert.ts';
import type { IncidentsConfig } from './config.ts';
import type { IncidentDocuments } from './documents.ts';
import { belongsTo } from './grouping.ts';
import { isNews, MAX_ALERTS, withAlert } from './grow.ts';
import type { IncidentIndex } from './incident-index.ts';
import type { Incident } from './model.ts';
import type { IncidentEstate } from './ports.ts';
import { reachedEndpoints, reachedOf, reachedServices } from './reached.ts';
import { isActive } from './states.ts';

export interface RecorderParts {
  readonly documents: IncidentDocuments;
  readonly index: IncidentIndex;
  readonly estate: IncidentEstate;
  readonly config: IncidentsConfig;
  readonly clock: Clock;
  /** Told of an incident that is new, or says more. */
  readonly onChange: (incident: Incident) => void;
  readonly warn: (message: string, thrown: unknown) => void;
}

/** Alerts that wait to be written; the oldest of what is more is forgotten, and counted. */
const MAX_WAITING = 10_000;

interface Written {
  readonly alert: Alert;
  readonly at: number;
}

/** Makes incidents of alerts. Each alert may come again and again, as it grows; nobody who brings one waits. */
export class Recorder {
  readonly #parts: RecorderParts;
  /** The latest of each alert that is not written. */
  readonly #waiting = new Map<string, Alert>();
  readonly #written = new Map<string, Written>();
  #running: Promise<void> | undefined;
  /** Something came since the last round began. */
  #isAsked = false;
  #lost = 0;

  constructor(parts: RecorderParts) {
    this.#parts = parts;
  }

  /** Alerts that were given up: the store was away for long, or has something else in their place. */
  get lost(): number {
    return this.#lost;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  take(alert: Alert): void {
    this.#waiting.delete(alert.id);
    const [oldest] = this.#waiting.keys();
    if (oldest !== undefined && this.#waiting.size >= MAX_WAITING) {
      this.#waiting.delete(oldest);
      this.#lost++;
    }
    this.#waiting.set(alert.id, alert);
    const before = this.#written.get(alert.id);
    if (!before || isNews(before.alert, alert)) void this.write();
  }

  /** Writes what is new, and what else has waited for long enough.
   *  @param isAll all that waits */
  write(isAll = false): Promise<void> {
    this.#isAsked = true;
    this.#running ??= this.#writeRounds(isAll);
    return this.#running;
  }

  async close(): Promise<void> {
    await this.#running;
    await this.write(true);
  }

  async #writeRounds(isAll: boolean): Promise<void> {
    while (this.#isAsked) {
      this.#isAsked = false;
      await this.#writeDue(isAll);
    }
    this.#running = undefined;
  }

  async #writeDue(isAll: boolean): Promise<void> {
    for (const alert of [...this.#waiting.values()]) {
      if (!isAll && !this.#isDue(alert)) continue;
      try {
        await this.#record(alert);
      } catch (thrown) {
        const isAway = thrown instanceof Fault && thrown.code.startsWith('estate/');
        const then = isAway ? 'trying again' : 'giving it up';
        this.#parts.warn(`An alert could not be kept as an incident; ${then}`, thrown);
        if (isAway) return;
        this.#lost++;
      }
      // what came meanwhile waits for its own turn
      if (this.#waiting.get(alert.id) === alert) this.#waiting.delete(alert.id);
      this.#remember(alert);
    }
  }

  #isDue(alert: Alert): boolean {
    const { config, clock } = this.#parts;
    const before = this.#written.get(alert.id);
    if (!before || isNews(before.alert, alert)) return true;
    return clock() - before.at >= config.writeSeconds * 1_000;
  }

  #remember(alert: Alert): void {
    this.#written.delete(alert.id);
    const [oldest] = this.#written.keys();
    if (oldest !== undefined && this.#written.size >= MAX_WAITING) this.#written.delete(oldest);
    this.#written.set(alert.id, { alert, at: this.#parts.clock() });
  }

  async #record(alert: Alert): Promise<void> {
    const { documents, index, onChange } = this.#parts;
    const id = index.incidentOf(alert.id) ?? this.#groupOf(alert) ?? stableId('incident', alert.id);
    const seen = await this.#seen(await this.#alertsWith(id, alert));
    let before: Incident | undefined;
    const after = await documents.change(id, (stored) => {
      before = stored;
      return afterAlert(id, stored, alert, seen, this.#parts.clock());
    });
    if (!after) return;
    index.put(after);
    if (isTold(before, after, alert)) onChange(after);
  }

  /** The incident that an alert of the same way is in. */
  #groupOf(alert: Alert): string | undefined {
    const windowMs = this.#parts.config.groupMinutes * 60_000;
    return this.#parts.index
      .all()
      .find(
        (one) => isActive(one) && one.alerts.length < MAX_ALERTS && belongsTo(alert, one, windowMs),
      )?.id;
  }

  async #alertsWith(id: string, alert: Alert): Promise<readonly Alert[]> {
    if (!this.#parts.index.has(id)) return [alert];
    return withAlert((await this.#parts.documents.find(id))?.alerts ?? [], alert);
  }

  /** What the estate knows of what was reached. */
  async #seen(alerts: readonly Alert[]): Promise<Pick<Incident, 'reached' | 'blastRadius'>> {
    const { estate } = this.#parts;
    const services = reachedServices(alerts);
    const [credentials, blastRadius] = await Promise.all([
      this.#orElse(estate.credentialsOf(services), []),
      this.#orElse(estate.blastRadius(services), { services: [], serviceCount: 0, data: [] }),
    ]);
    const endpoints = reachedEndpoints(alerts, estate.view);
    return { reached: reachedOf(services, endpoints, credentials), blastRadius };
  }

  /** An incident is kept whatever else is not known. */
  async #orElse<Answer>(answer: Promise<Answer>, otherwise: Answer): Promise<Answer> {
    try {
      return await answer;
    } catch (thrown) {
      this.#parts.warn('What an incident has reached is not known wholly', thrown);
      return otherwise;
    }
  }
}
