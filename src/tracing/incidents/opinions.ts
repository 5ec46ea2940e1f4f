import { type AuditAction, auditEntryOf, withoutSecrets } from '../../audit/index.ts';
import { type Clock, toTimestamp } from '../../base/clock.ts';
import { Fault, quote } from '../../base/fault.ts';
import type { IncidentDocuments, Made } from './documents.ts';
import type { IncidentIndex } from './incident-index.ts';
import type { Lessons } from './lessons.ts';
import type { Asking, Incident } from './model.ts';
import { feedbackOf, type Move, moved } from './states.ts';

export interface OpinionsParts {
  readonly documents: IncidentDocuments;
  readonly index: IncidentIndex;
  readonly lessons: Lessons;
  readonly clock: Clock;
  /** Told of an incident of which people have said something else. */
  readonly onChange: (incident: Incident) => void;
}

const MAX_NOTES = 200;
const MAX_NOTE = 2_000;
const MOVE_ACTIONS: Readonly<Record<Move, AuditAction>> = {
  acknowledge: 'incident.acknowledge',
  expect: 'incident.expect',
  condemn: 'incident.condemn',
  resolve: 'incident.resolve',
  reopen: 'incident.reopen',
};

/** What people say of incidents.
 *  @throws {Fault} from every method: `estate/unavailable`, and but for `takeBack` `incidents/incident-not-found` */
export class Opinions {
  readonly #parts: OpinionsParts;

  constructor(parts: OpinionsParts) {
    this.#parts = parts;
  }

  /** A person says what is to become of an incident. What is expected or malicious is learnt, for good.
   *  @throws {Fault} `incidents/incident-not-found`, `incidents/incident-conflict`, `incidents/reason-invalid` */
  async move(id: string, move: Move, by: Asking): Promise<Incident> {
    const now = this.#parts.clock();
    const after = await this.#change(id, (incident) => {
      const next = moved(incident, move, by, now);
      const feedback = feedbackOf(next);
      const said = { learns: feedback?.patterns.length };
      const entry = auditEntryOf(MOVE_ACTIONS[move], next.id, said, { ...by, now });
      // only who reopens it says that what was said of it was wrong
      const learnt = move === 'reopen' ? null : feedback;
      return { incident: next, entries: [entry], feedback: learnt };
    });
    const learnt = move === 'reopen' ? null : feedbackOf(after);
    if (learnt !== undefined) this.#parts.lessons.set(id, learnt);
    this.#parts.onChange(after);
    return after;
  }

  /** @param assignee null: nobody
   *  @throws {Fault} `incidents/incident-not-found` */
  assign(id: string, assignee: string | null, by: Asking): Promise<Incident> {
    return this.#noted(id, 'incident.assign', { assignee: assignee ?? '' }, by, (before) => ({
      ...before,
      assignee,
    }));
  }

  /** @throws {Fault} `incidents/incident-not-found`, `incidents/note-invalid` */
  async note(id: string, text: string, by: Asking): Promise<Incident> {
    const clean = withoutSecrets(text.trim());
    if (clean === '' || text.length > MAX_NOTE) {
      throw new Fault('incidents/note-invalid', `A note has 1 to ${MAX_NOTE} characters`);
    }
    const at = toTimestamp(this.#parts.clock());
    return this.#noted(id, 'incident.note', {}, { ...by, reason: clean }, (before) => ({
      ...before,
      notes: [...before.notes.slice(1 - MAX_NOTES), { at, by: by.actor, text: clean }],
    }));
  }

  /** What was said of an incident no longer holds, though the incident may be gone; one that is still there is open again.
   *  @throws {Fault} `incidents/feedback-not-found` */
  async takeBack(id: string, by: Asking): Promise<void> {
    const feedback = await this.#parts.documents.feedbackOf(id);
    if (!feedback) {
      throw new Fault('incidents/feedback-not-found', `Nothing was learnt of ${quote(id, 120)}`);
    }
    const now = this.#parts.clock();
    const { verdict } = feedback;
    const after = await this.#parts.documents.change(id, (incident) => ({
      incident: incident?.state === verdict ? moved(incident, 'reopen', by, now) : incident,
      entries: [auditEntryOf('incident.forget', id, { verdict }, { ...by, now })],
      feedback: null,
    }));
    this.#parts.lessons.set(id, null);
    if (!after) return;
    this.#parts.index.put(after);
    this.#parts.onChange(after);
  }

  async #noted(
    id: string,
    action: AuditAction,
    said: Readonly<Record<string, unknown>>,
    by: Asking,
    work: (before: Incident) => Incident,
  ): Promise<Incident> {
    const now = this.#parts.clock();
    const after = await this.#change(id, (before) => ({
      incident: { ...work(before), updatedAt: toTimestamp(now) },
      entries: [auditEntryOf(action, id, said, { ...by, now })],
    }));
    return after;
  }

  async #change(id: string, work: (before: Incident) => Made): Promise<Incident> {
    const after = await this.#parts.documents.change(id, (before) => before && work(before));
    if (after) this.#parts.index.put(after);
    return after ?? this.#parts.documents.get(id);
  }
}
