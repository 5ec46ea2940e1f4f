import { z } from 'zod';
import type { SecretEvent } from '../../../../secrets/rotation/index.ts';
import type { ServerSecrets } from '../../../secrets/secrets.ts';
import { type Operation, operation } from '../../operation.ts';
import { Reason } from '../texts.ts';
import {
  type About,
  Because,
  CHANGE,
  changeOne,
  OneSecret,
  SECRETS,
  VersionNumber,
} from './common.ts';
import { PlanInput, toPlan } from './plan-input.ts';
import { checkPlanner } from './planner.ts';
import { SecretView } from './views.ts';

const Versions = z.array(VersionNumber).min(1).max(100);

/** How secrets are renewed and revoked, as people ask for it. */
export function rotationOperations(secrets: ServerSecrets): Operation[] {
  const change = (asked: About, reason: string, event: Asked): Promise<SecretView> =>
    changeOne(secrets, asked, reason, (id, by) =>
      secrets.keeping.change(id, { ...event, by } as SecretEvent),
    );
  const one = {
    ...CHANGE,
    method: 'POST',
    params: OneSecret,
    status: 200,
    response: SecretView,
  } as const;
  return [
    operation({
      ...one,
      id: 'plan-secret',
      path: `${SECRETS}/{id}/plan`,
      summary: 'Says anew how a secret is renewed; null: it is not',
      body: z.strictObject({ plan: PlanInput.nullable(), reason: Reason }),
      handle: ({ body: { plan: said, reason }, ...asked }) =>
        changeOne(secrets, asked, reason, async (id, by) => {
          const plan = said && toPlan(said);
          const { service } = await secrets.find(id);
          await checkPlanner(asked.principal, service, plan, secrets);
          await secrets.plan(id, plan, by);
        }),
    }),
    ...SIMPLE.map(({ event, path, summary }) =>
      operation({
        ...one,
        id: `${event}-secret`,
        path: `${SECRETS}/{id}/${path}`,
        summary,
        body: Because,
        handle: ({ body, ...asked }) => change(asked, body.reason, { event }),
      }),
    ),
    operation({
      ...one,
      id: 'revoke-secret',
      path: `${SECRETS}/{id}/revoke`,
      summary:
        'Has versions taken away from their target, or all but the pending one; it is tried until the target refuses them',
      body: z.strictObject({ versions: z.union([z.literal('all'), Versions]), reason: Reason }),
      handle: ({ body: { versions, reason }, ...asked }) =>
        change(asked, reason, { event: 'revoke', versions }),
    }),
    operation({
      ...one,
      id: 'abandon-secret-version',
      path: `${SECRETS}/{id}/abandon`,
      summary:
        'Has nobody try any longer to revoke a version; it stays among what could not be revoked',
      body: z.strictObject({ version: VersionNumber, reason: Reason }),
      handle: ({ body: { version, reason }, ...asked }) =>
        change(asked, reason, { event: 'abandon', version }),
    }),
    operation({
      ...one,
      id: 'settle-secret-version',
      path: `${SECRETS}/{id}/settle`,
      summary: 'Says that a version is refused by its target, where Reeve could not see to it',
      body: z.strictObject({ version: VersionNumber, reason: Reason.unwrap().min(1) }),
      handle: ({ body: { version, reason }, ...asked }) =>
        change(asked, reason, { event: 'settle', version }),
    }),
    operation({
      ...one,
      id: 'destroy-secret-versions',
      path: `${SECRETS}/{id}/destroy`,
      summary: 'Destroys values that nobody needs any longer',
      body: z.strictObject({ versions: Versions, reason: Reason }),
      handle: ({ body: { versions, reason }, ...asked }) =>
        change(asked, reason, { event: 'destroy', versions }),
    }),
  ];
}

const SIMPLE = [
  { event: 'rotate', path: 'rotate', summary: 'Begins to rotate a secret at once' },
  {
    event: 'cancel',
    path: 'cancel',
    summary: 'Gives up the rotation that is under way: its value is taken away again',
  },
  {
    event: 'retry',
    path: 'retry',
    summary: 'Has what failed, or waits for a person, tried again at once',
  },
] as const;

type Without<Event, Key extends string> = Event extends unknown ? Omit<Event, Key> : never;
type Asked = Without<Extract<SecretEvent, { by: unknown }>, 'by'>;
