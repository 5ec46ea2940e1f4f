import { Fault, quote } from '../../base/fault.ts';
import {
  anew,
  type DocumentChange,
  type DocumentStore,
  type NewAuditEntry,
  type StoredDocument,
} from '../../estate/index.ts';
import { Feedback, Incident } from './model.ts';

const KIND = 'incident';
const FEEDBACK = 'incident-feedback';

/** What a change makes of an incident. */
export interface Made {
  /** Undefined: it goes. */
  readonly incident: Incident | undefined;
  readonly entries: readonly NewAuditEntry[];
  /** What is learnt of it from now on; null: nothing; undefined: what was learnt stays. */
  readonly feedback?: Feedback | null | undefined;
}

/** Incidents, and what people say of them, as documents of the store.
 *  @throws {Fault} from every method: `estate/unavailable` */
export class IncidentDocuments {
  readonly #store: DocumentStore;

  constructor(store: DocumentStore) {
    this.#store = store;
  }

  /** Those that can be read: one that a newer Reeve has written holds up no other. */
  async all(): Promise<readonly Incident[]> {
    const stored = await this.#store.documents(KIND);
    return stored.flatMap(({ body }) => Incident.safeParse(body).data ?? []);
  }

  /** What people have said that still holds. */
  async feedback(): Promise<readonly Feedback[]> {
    const stored = await this.#store.documents(FEEDBACK);
    return stored.flatMap(({ body }) => Feedback.safeParse(body).data ?? []);
  }

  /** What people have said of one incident. */
  async feedbackOf(id: string): Promise<Feedback | undefined> {
    const stored = await this.#store.document(FEEDBACK, id);
    return stored && Feedback.parse(stored.body);
  }

  async find(id: string): Promise<Incident | undefined> {
    const stored = await this.#store.document(KIND, id);
    return stored && read(stored);
  }

  /** Undefined also for one that a newer Reeve has written. */
  async readable(id: string): Promise<Incident | undefined> {
    return Incident.safeParse((await this.#store.document(KIND, id))?.body).data;
  }

  /** Versions of those of these that are there. */
  versions(ids: readonly string[]): Promise<ReadonlyMap<string, number>> {
    return this.#store.documentVersions(KIND, ids);
  }

  /** @throws {Fault} `incidents/incident-not-found` */
  async get(id: string): Promise<Incident> {
    const incident = await this.find(id);
    if (incident) return incident;
    throw new Fault('incidents/incident-not-found', `There is no incident ${quote(id, 120)}`, {
      hint: 'the list of incidents has them all; old ones that were closed go after a while',
    });
  }

  /** Changes one, or makes it, with what the audit log says of it. Where another changes it meanwhile, from anew.
   *  @param work gives undefined where nothing is to change
   *  @returns as it is afterwards */
  change(
    id: string,
    work: (before: Incident | undefined) => Made | undefined,
  ): Promise<Incident | undefined> {
    return anew(async () => {
      const stored = await this.#store.document(KIND, id);
      const before = stored && read(stored);
      const made = work(before);
      if (made === undefined) return before;
      const { incident, entries, feedback } = made;
      const changes: DocumentChange[] = [];
      if (stored || incident) {
        changes.push({ kind: KIND, id, version: stored?.version ?? 0, body: incident });
      }
      if (feedback !== undefined) {
        const version = (await this.#store.document(FEEDBACK, id))?.version ?? 0;
        if (version > 0 || feedback) {
          changes.push({ kind: FEEDBACK, id, version, body: feedback ?? undefined });
        }
      }
      await this.#store.amend(changes, entries);
      return incident;
    });
  }
}

/** @throws {Fault} `incidents/incident-damaged`: it is not made anew, since it may be of a newer Reeve */
function read({ id, body }: StoredDocument): Incident {
  const { data } = Incident.safeParse(body);
  if (data) return data;
  throw new Fault('incidents/incident-damaged', `The incident ${quote(id, 120)} cannot be read`, {
    hint: 'see whether a newer Reeve shares the store',
  });
}
