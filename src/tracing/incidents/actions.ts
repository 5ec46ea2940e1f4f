import { withoutSecrets } from '../../audit/index.ts';
import { toTimestamp } from '../../base/clock.ts';
import type { ActionStep, Asking, Incident, TakenAction } from './model.ts';
import type { AskedAction } from './propose.ts';

/** How an action stands.
 *  - `under-way`: this server is at it.
 *  - `half-done`: not all was done, and nobody is at it: it can be gone on with.
 *  - `failed`: what is not done was refused. */
export type ActionState = 'done' | 'under-way' | 'half-done' | 'failed';

export function stateOf({ steps }: TakenAction, isRunning: boolean): ActionState {
  if (isRunning) return 'under-way';
  if (steps.every(({ state }) => state === 'done')) return 'done';
  return steps.some(({ state }) => state === 'waits') ? 'half-done' : 'failed';
}

/** Steps that are not done. */
export const openSteps = ({ steps }: TakenAction): readonly ActionStep[] =>
  steps.filter(({ state }) => state !== 'done');

/** An incident of which somebody has asked for an action, or again for one. What was done stays done. Pure. */
export function asked(
  incident: Incident,
  proposed: AskedAction,
  by: Asking,
  now: number,
): Incident {
  const { subjects, id, kind, target, what, breaks } = proposed;
  const before = incident.actions.find(({ id }) => id === proposed.id);
  const known = new Set(before?.steps.map(({ subject }) => subject));
  const steps = [
    ...(before?.steps ?? []).map((step) => (step.state === 'failed' ? again(step.subject) : step)),
    ...subjects.filter((subject) => !known.has(subject)).map(again),
  ];
  const action: TakenAction = {
    ...{
      id,
      kind,
      target,
      what,
      breaks,
      steps,
      by: by.actor,
      reason: withoutSecrets(by.reason),
      at: toTimestamp(now),
    },
    attempts: (before?.attempts ?? 0) + 1,
  };
  const others = incident.actions.filter(({ id }) => id !== proposed.id);
  return { ...incident, updatedAt: action.at, actions: [...others, action] };
}

const again = (subject: string): ActionStep => ({
  ...{ subject, state: 'waits', at: null, outcome: null },
});

/** An incident after a step of one of its actions. Pure. */
export function stepped(incident: Incident, actionId: string, step: ActionStep): Incident {
  const actions = incident.actions.map((action) => {
    if (action.id !== actionId) return action;
    const steps = action.steps.map((one) => (one.subject === step.subject ? step : one));
    return { ...action, steps };
  });
  return { ...incident, updatedAt: step.at ?? incident.updatedAt, actions };
}
