import { auditEntryOf } from '../../audit/index.ts';
import type { Clock } from '../../base/clock.ts';
import { Fault, quote } from '../../base/fault.ts';
import type { DocumentStore } from '../../estate/index.ts';
import type { Alert } from '../model.ts';
import type { IncidentState } from '../notice.ts';
import { Acting } from './acting.ts';
import { openSteps } from './actions.ts';
import type { IncidentsConfig } from './config.ts';
import { IncidentDocuments } from './documents.ts';
import { type ChangesOfStore, Following } from './following.ts';
import { IncidentIndex } from './incident-index.ts';
import { knownOf } from './known.ts';
import { Lessons } from './lessons.ts';
import type { Asking, Feedback, Incident } from './model.ts';
import { Opinions } from './opinions.ts';
import type { ActionPorts, FeedbackPort, IncidentEstate } from './ports.ts';
import { type AskedAction, proposeActions } from './propose.ts';
import { lookedAtAgain } from './reached.ts';
import { Recorder } from './recorder.ts';
import { expired, isOverfull } from './retention.ts';
import { isActive, type Move } from './states.ts';
import { type IncidentSummary, type IncidentView, viewOf } from './view.ts';

export interface IncidentsParts {
  readonly store: DocumentStore;
  readonly estate: IncidentEstate;
  readonly ports: ActionPorts;
  readonly feedback: FeedbackPort;
  /** Of a store that other servers change, too; absent: nobody else does. */
  readonly changes?: ChangesOfStore | undefined;
  readonly config: IncidentsConfig;
  readonly clock: Clock;
  /** Told of an incident that is new, that says more, or of which people have said something. */
  readonly onChange: (incident: Incident) => void;
  readonly warn: (message: string, thrown: unknown) => void;
}

/** What is listed: equalities. */
export interface IncidentFilter {
  readonly state?: IncidentState | undefined;
  readonly severity?: string | undefined;
  /** A service of the way. */
  readonly service?: string | undefined;
}

/** How often what is too old is looked for. */
const PRUNE_MS = 600_000;
const SELF: Asking = { actor: 'reeve', reason: 'it is older than incidents are kept' };
/** Alerts as people work with them.
 *  @throws {Fault} from every method that resolves: `estate/unavailable` */
export class Incidents {
  readonly #parts: IncidentsParts;
  readonly #documents: IncidentDocuments;
  readonly #index = new IncidentIndex();
  readonly #recorder: Recorder;
  readonly #acting: Acting;
  readonly #opinions: Opinions;
  readonly #lessons: Lessons;
  readonly #following: Following | undefined;
  #prunedAt = 0;
  /** The last look has failed. */
  #isBlind = false;

  constructor(parts: IncidentsParts) {
    this.#parts = parts;
    this.#documents = new IncidentDocuments(parts.store);
    this.#lessons = new Lessons(parts.feedback);
    const shared = { documents: this.#documents, index: this.#index, lessons: this.#lessons };
    this.#recorder = new Recorder({ ...parts, ...shared });
    this.#acting = new Acting({ ...parts, ...shared });
    this.#opinions = new Opinions({ ...parts, ...shared });
    this.#following =
      parts.changes &&
      new Following({ ...shared, changes: parts.changes, readAll: () => this.#readAll() });
  }

  /** Reads what is kept, tells the detector what people have said, and tells of all that people have not dealt with. */
  async start(): Promise<void> {
    const all = await this.#readAll();
    for (const incident of all.filter(isActive)) this.#parts.onChange(incident);
  }

  /** Takes an alert, which may be one that has grown. Never waits, and never fails. */
  record(alert: Alert): void {
    this.#recorder.take(alert);
  }

  /** Writes what is due. Call it every few seconds. */
  async tick(): Promise<void> {
    await this.look();
    await this.#recorder.write();
    const now = this.#parts.clock();
    if (now - this.#prunedAt < PRUNE_MS && !isOverfull(this.#index.size, this.#parts.config))
      return;
    this.#prunedAt = now;
    await this.#prune(now);
  }

  /** Resolves when all that was recorded is written, and no action is under way. */
  async close(): Promise<void> {
    await this.#recorder.close();
    await this.#acting.close();
  }

  /** Alerts that wait to be written, and that were lost since there was no room for them. */
  get backlog(): { readonly waiting: number; readonly lost: number } {
    return { waiting: this.#recorder.waiting, lost: this.#recorder.lost };
  }

  /** Sees what other servers that share the store have done until now; where the store is away, that waits. */
  async look(): Promise<void> {
    try {
      await this.#following?.look();
      this.#isBlind = false;
    } catch (thrown) {
      if (!this.#isBlind)
        this.#parts.warn('What other servers do to incidents is not seen', thrown);
      this.#isBlind = true;
    }
  }

  /** The newest first, from memory: as of the last `look`. */
  list(filter: IncidentFilter = {}): readonly IncidentSummary[] {
    return this.#index
      .all()
      .filter(
        (one) =>
          (filter.state === undefined || one.state === filter.state) &&
          (filter.severity === undefined || one.severity === filter.severity) &&
          (filter.service === undefined || one.path.includes(filter.service)),
      );
  }

  /** All about one, by its id or that of one of its alerts.
   *  @throws {Fault} `incidents/incident-not-found` */
  async get(id: string): Promise<IncidentView> {
    return this.#view(await this.#documents.get(await this.#idOf(id)));
  }

  /** A person says what is to become of an incident. What is expected or malicious is learnt, for good.
   *  @throws {Fault} `incidents/incident-not-found`, `incidents/incident-conflict`, `incidents/reason-invalid` */
  async move(id: string, move: Move, by: Asking): Promise<IncidentView> {
    return this.#view(await this.#opinions.move(await this.#idOf(id), move, by));
  }

  /** @param assignee null: nobody
   *  @throws {Fault} `incidents/incident-not-found` */
  async assign(id: string, assignee: string | null, by: Asking): Promise<IncidentView> {
    return this.#view(await this.#opinions.assign(await this.#idOf(id), assignee, by));
  }

  /** @throws {Fault} `incidents/incident-not-found`, `incidents/note-invalid` */
  async note(id: string, text: string, by: Asking): Promise<IncidentView> {
    return this.#view(await this.#opinions.note(await this.#idOf(id), text, by));
  }

  /** Does what was proposed, by the id of the proposal, or goes on with what was begun. Resolves when it is done, as far
   *  as it can be.
   *  @throws {Fault} `incidents/incident-not-found`, `incidents/action-not-found`, `incidents/reason-invalid` */
  async act(id: string, action: string, by: Asking): Promise<IncidentView> {
    if (by.reason.trim() === '') {
      throw new Fault('incidents/reason-invalid', 'An action needs a reason', {
        hint: 'say in a few words why: it goes to the audit log',
      });
    }
    const incident = this.#asKnownNow(await this.#documents.get(await this.#idOf(id)));
    const known = await knownOf(incident, this.#parts.estate);
    const proposed =
      proposeActions(incident, known, this.#acting.kinds).find((one) => one.id === action) ??
      begun(incident, action);
    if (proposed === undefined) {
      throw new Fault('incidents/action-not-found', `Nothing here is called ${quote(action)}`, {
        hint: 'look at the incident again: what can be done has changed',
      });
    }
    const after = await this.#acting.act(incident.id, proposed, by);
    this.#index.put(after);
    return this.#view(after);
  }

  /** Goes on with all actions that somebody was killed in the middle of, as after a restart. */
  async resume(): Promise<void> {
    for (const incident of await this.#documents.all()) {
      for (const { id, by, reason, steps } of incident.actions) {
        if (!steps.some(({ state }) => state === 'waits')) continue;
        const proposed = begun(incident, id);
        if (proposed) await this.#acting.act(incident.id, proposed, { actor: by, reason });
      }
    }
  }

  /** What people have said that holds. */
  feedback(): Promise<readonly Feedback[]> {
    return this.#documents.feedback();
  }

  /** What was said of an incident no longer holds, though the incident may be gone; one that is still there is open again.
   *  @throws {Fault} `incidents/feedback-not-found` */
  async takeBack(id: string, by: Asking): Promise<void> {
    await this.#opinions.takeBack(await this.#idOf(id), by);
  }

  async #readAll(): Promise<readonly Incident[]> {
    const [all, feedback] = await Promise.all([this.#documents.all(), this.#documents.feedback()]);
    this.#index.load(all);
    this.#lessons.load(feedback);
    return all;
  }

  /** Of one that is not known, another server may have told. */
  async #idOf(id: string): Promise<string> {
    if (!this.#index.has(id) && this.#index.incidentOf(id) === undefined) await this.look();
    return this.#index.incidentOf(id) ?? id;
  }

  async #view(stored: Incident): Promise<IncidentView> {
    const incident = this.#asKnownNow(stored);
    const known = await knownOf(incident, this.#parts.estate);
    return viewOf(incident, known, this.#index.all(), this.#acting.kinds, (action) =>
      this.#acting.isRunning(incident.id, action),
    );
  }

  #asKnownNow(incident: Incident): Incident {
    const { view } = this.#parts.estate;
    return { ...incident, reached: lookedAtAgain(incident.reached, incident.alerts, view) };
  }

  async #prune(now: number): Promise<void> {
    for (const { id, state } of expired(this.#index.all(), this.#parts.config, now)) {
      const entry = auditEntryOf('incident.remove', id, { state }, { ...SELF, now });
      // where another server has removed it, there is nothing to tell
      await this.#documents.change(
        id,
        (before) => before && { incident: undefined, entries: [entry] },
      );
      this.#index.drop(id);
    }
  }
}

/** An action that was asked for and is not done, as it was proposed. */
function begun({ actions }: Incident, id: string): AskedAction | undefined {
  const action = actions.find((one) => one.id === id);
  if (!action || openSteps(action).length === 0) return undefined;
  const { kind, target, what, breaks } = action;
  const subjects = action.steps.map(({ subject }) => subject);
  return { id, kind, target, what, breaks, subjects };
}
