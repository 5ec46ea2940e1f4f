import { auditEntryOf, withoutSecrets } from '../../audit/index.ts';
import { type Clock, toTimestamp } from '../../base/clock.ts';
import { Fault, quote } from '../../base/fault.ts';
import { asked, openSteps, stepped } from './actions.ts';
import type { IncidentDocuments, Made } from './documents.ts';
import type { ActionKind, ActionStep, Asking, Incident, TakenAction } from './model.ts';
import type { ActionPorts } from './ports.ts';
import type { AskedAction } from './propose.ts';

export interface ActingParts {
  readonly documents: IncidentDocuments;
  readonly ports: ActionPorts;
  readonly clock: Clock;
  readonly warn: (message: string, thrown: unknown) => void;
}

/** Carries actions out, step by step. What is to be done is in the store before it is done, and what was done right after:
 *  whoever is killed in between leaves steps that wait, and that can be done again. */
export class Acting {
  readonly #parts: ActingParts;
  readonly #running = new Map<string, Promise<Incident>>();

  constructor(parts: ActingParts) {
    this.#parts = parts;
  }

  /** Kinds that can be done here. */
  get kinds(): ReadonlySet<ActionKind> {
    return new Set(Object.keys(this.#parts.ports) as ActionKind[]);
  }

  isRunning(incident: string, action: string): boolean {
    return this.#running.has(`${incident} ${action}`);
  }

  /** Does what was proposed, or goes on with it. Whoever asks while it is done waits for the same. A step that is refused
   *  keeps none of the others.
   *  @throws {Fault} `estate/unavailable` */
  async act(incident: string, proposed: AskedAction, by: Asking): Promise<Incident> {
    const key = `${incident} ${proposed.id}`;
    const running = this.#running.get(key);
    if (running) return running;
    const work = this.#act(incident, proposed, by).finally(() => this.#running.delete(key));
    this.#running.set(key, work);
    return work;
  }

  /** Resolves when nothing is done any more. */
  async close(): Promise<void> {
    await Promise.allSettled(this.#running.values());
  }

  async #act(id: string, proposed: AskedAction, by: Asking): Promise<Incident> {
    const { documents, clock } = this.#parts;
    const { kind, target } = proposed;
    let incident = await this.#change(id, (before) => {
      const now = clock();
      const after = asked(before, proposed, by, now);
      const subjects = openSteps(actionIn(after, proposed.id)).map(({ subject }) => subject);
      const said = { action: kind, target, subjects };
      return { incident: after, entries: [auditEntryOf('incident.act', id, said, { ...by, now })] };
    });
    for (const { subject } of openSteps(actionIn(incident, proposed.id))) {
      const step = await this.#do(kind, subject, { ...by, reason: reasonOf(id, by) });
      incident = await this.#change(id, (before) => {
        const now = clock();
        const [action, said] =
          step.state === 'done'
            ? (['incident.acted', { outcome: step.outcome }] as const)
            : (['incident.act-failed', { problem: step.outcome }] as const);
        const entry = auditEntryOf(action, id, { action: kind, subject, ...said }, { ...by, now });
        return { incident: stepped(before, proposed.id, step), entries: [entry] };
      });
    }
    return (await documents.find(id)) ?? incident;
  }

  async #change(id: string, work: (before: Incident) => Made): Promise<Incident> {
    const after = await this.#parts.documents.change(id, (before) => {
      if (before) return work(before);
      throw new Fault('incidents/incident-not-found', `The incident ${quote(id, 120)} is gone`);
    });
    if (after) return after;
    throw new Fault('incidents/incident-not-found', `The incident ${quote(id, 120)} is gone`);
  }

  async #do(kind: ActionKind, subject: string, by: Asking): Promise<ActionStep> {
    const { ports, clock, warn } = this.#parts;
    const ended = (state: ActionStep['state'], outcome: string): ActionStep => ({
      ...{ subject, state, at: toTimestamp(clock()), outcome: withoutSecrets(outcome) },
    });
    try {
      const port = ports[kind];
      if (!port) return ended('failed', 'This server cannot do that.');
      return ended('done', await port(subject, by));
    } catch (thrown) {
      if (thrown instanceof Fault) {
        const hint = thrown.hint === undefined ? '' : `; ${thrown.hint}`;
        return ended('failed', `${thrown.message}${hint}`);
      }
      warn(`The action ${kind} of an incident failed`, thrown);
      return ended('failed', 'It failed for a reason that the log of the server has.');
    }
  }
}

/** Of a reason, as all domains take it. */
const MAX_REASON = 500;

/** What the audit log of the other domain says why. */
const reasonOf = (id: string, { reason }: Asking): string =>
  `${id}: ${reason}`.slice(0, MAX_REASON);

function actionIn({ actions }: Incident, id: string): TakenAction {
  const action = actions.find((one) => one.id === id);
  if (action) return action;
  throw new Fault('incidents/action-not-found', 'The incident has no such action');
}
