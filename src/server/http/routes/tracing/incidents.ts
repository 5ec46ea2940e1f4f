import { z } from 'zod';
import { Fault } from '../../../../base/fault.ts';
import { Severity } from '../../../../estate/index.ts';
import {
  type ActionKind,
  Feedback,
  Incident,
  IncidentState,
  type MOVES,
  type Move,
  TakenAction,
} from '../../../../tracing/incidents/index.ts';
import { AlertHop, Sign } from '../../../../tracing/schemas/index.ts';
import type { Principal } from '../../../auth/authenticator.ts';
import { PERMISSIONS, type Permission } from '../../../auth/roles.ts';
import type { TracingDomain } from '../../../tracing/domain.ts';
import { type Operation, operation } from '../../operation.ts';
import { actorOf } from '../../principal.ts';
import { Id, Reason } from '../texts.ts';
import { askingOf, MAX_PAGE, READ, WORK } from './common.ts';

const PATH = '/api/v1/incidents';
const OneIncident = z.strictObject({ id: z.string().min(1).max(200) });
const BECAUSE = z.strictObject({ reason: Reason });

const IncidentSummary = z.strictObject({
  id: z.string(),
  state: IncidentState,
  severity: Severity,
  kind: z.string(),
  reason: z.string(),
  from: z.string(),
  to: z.string(),
  path: z.array(z.string()),
  time: z.string(),
  lastTime: z.string(),
  openedAt: z.string(),
  updatedAt: z.string(),
  assignee: z.string().nullable(),
  alerts: z.array(z.string()),
  traceIds: z.array(z.string()),
});

const Action = TakenAction.pick({ id: true, kind: true, target: true, what: true, breaks: true });

const IncidentView = z.looseObject({
  ...Incident.omit({ actions: true }).shape,
  summary: IncidentSummary,
  hops: z.array(AlertHop),
  firstSign: Sign.nullable(),
  actions: z.array(
    TakenAction.extend({ standing: z.enum(['done', 'under-way', 'half-done', 'failed']) }),
  ),
  proposed: z.array(
    Action.extend({
      subjects: z.array(z.string()),
      /** It keeps nobody from anything that he is known to need. */
      isHarmless: z.boolean(),
    }),
  ),
  /** What closes the way for good: people make it, where the file is. */
  fixes: z.array(
    z.strictObject({
      id: z.string(),
      kind: z.enum(['endpoint', 'call', 'policy', 'credential']),
      subject: z.string(),
      what: z.string(),
      because: z.string(),
      file: z.string().nullable(),
      line: z.int().nullable(),
      change: z.string().nullable(),
      hop: z.int().nullable(),
    }),
  ),
  /** Others that have something in common with it. */
  related: z.array(
    IncidentSummary.pick({
      ...{ id: true, state: true, severity: true, reason: true, time: true, lastTime: true },
    }).extend({ because: z.string() }),
  ),
});

/** What each kind of action takes beside working with incidents: what it does is done in another domain. */
const PERMISSION_OF: Readonly<Record<ActionKind, Permission>> = {
  'revoke-identity': 'identity.write',
  'block-edge': 'estate.write',
  'block-endpoint': 'estate.write',
  'rotate-credentials': 'secrets.write',
  'end-leases': 'secrets.write',
};

/** Where an incident stands in lists: by that a page is gone on from, though the incident may be gone by then. */
const placeOf = ({ openedAt, id }: Pick<Incident, 'openedAt' | 'id'>): string =>
  `${openedAt} ${id}`;

/** What people see of incidents, and do about them. */
export function incidentOperations({
  incidents,
  edges,
}: Pick<TracingDomain, 'incidents' | 'edges'>): Operation[] {
  const moves: readonly (readonly [path: string, move: Move, summary: string])[] = [
    ['acknowledge', 'acknowledge', 'Says that somebody looks after an incident'],
    ['resolve', 'resolve', 'Says that an incident is over'],
    [
      'reopen',
      'reopen',
      'Says that an incident is not over, and that what was said of it was wrong',
    ],
  ];
  return [
    operation({
      ...READ,
      tag: 'incidents',
      id: 'list-incidents',
      method: 'GET',
      path: PATH,
      summary: 'The incidents, the newest first, filtered by state, severity and service',
      query: z.strictObject({
        state: IncidentState.exactOptional(),
        severity: Severity.exactOptional(),
        service: Id.exactOptional(),
        limit: z.coerce.number().int().min(1).max(MAX_PAGE).default(100),
        after: z.string().max(200).exactOptional().describe('`next` of the page before'),
      }),
      response: z.strictObject({
        items: z.array(IncidentSummary),
        next: z.string().nullable(),
        total: z.int(),
      }),
      handle: async ({ query: { limit, after, ...filter } }) => {
        await incidents.look();
        const all = incidents.list(filter);
        const rest = all.filter((one) => after === undefined || placeOf(one) < after);
        const items = rest.slice(0, limit);
        const last = items.at(-1);
        const next = last === undefined || items.length === rest.length ? null : placeOf(last);
        return { items, next, total: all.length };
      },
    }),
    operation({
      ...READ,
      tag: 'incidents',
      id: 'get-incident',
      method: 'GET',
      path: `${PATH}/{id}`,
      summary: 'All about an incident: its way hop by hop, what was reached, and what can be done',
      params: OneIncident,
      response: IncidentView,
      handle: ({ params }) => incidents.get(params.id),
    }),
    ...moves.map(([path, move, summary]) =>
      operation({
        ...WORK,
        id: `${path}-incident`,
        method: 'POST',
        path: `${PATH}/{id}/${path}`,
        summary,
        params: OneIncident,
        body: BECAUSE,
        response: IncidentView,
        handle: ({ params, body, principal }) =>
          incidents.move(params.id, move, askingOf(principal, body.reason)),
      }),
    ),
    operation({
      ...WORK,
      id: 'judge-incident',
      method: 'POST',
      path: `${PATH}/{id}/feedback`,
      summary: 'Says what an incident was, expected or malicious; it is learnt from that',
      params: OneIncident,
      body: z.strictObject({ verdict: z.enum(['expected', 'malicious']), reason: Reason }),
      response: IncidentView,
      handle: ({ params, body: { verdict, reason }, principal }) =>
        incidents.move(params.id, VERDICTS[verdict], askingOf(principal, reason)),
    }),
    operation({
      ...WORK,
      id: 'act-on-incident',
      method: 'POST',
      path: `${PATH}/{id}/actions`,
      summary:
        'Does what is proposed about an incident, or goes on with what was begun; takes the permission of what it does, too',
      params: OneIncident,
      body: z.strictObject({ action: z.string().min(1).max(200), reason: Reason }),
      response: IncidentView,
      handle: async ({ params, body: { action, reason }, principal }) => {
        const { proposed, actions } = await incidents.get(params.id);
        const kind = [...proposed, ...actions].find(({ id }) => id === action)?.kind;
        if (kind !== undefined) checkPermission(principal, PERMISSION_OF[kind]);
        return incidents.act(params.id, action, askingOf(principal, reason));
      },
    }),
    operation({
      ...WORK,
      id: 'note-incident',
      method: 'POST',
      path: `${PATH}/{id}/notes`,
      summary: 'Writes a note on an incident',
      params: OneIncident,
      body: z.strictObject({ text: z.string().max(4_096) }),
      response: IncidentView,
      handle: ({ params, body, principal }) =>
        incidents.note(params.id, body.text, askingOf(principal, '')),
    }),
    operation({
      ...WORK,
      id: 'assign-incident',
      method: 'POST',
      path: `${PATH}/{id}/assignee`,
      summary: 'Says who looks after an incident; null: nobody',
      params: OneIncident,
      body: z.strictObject({ assignee: z.string().min(1).max(200).nullable(), reason: Reason }),
      response: IncidentView,
      handle: ({ params, body, principal }) =>
        incidents.assign(params.id, body.assignee, askingOf(principal, body.reason)),
    }),
    operation({
      ...READ,
      tag: 'incidents',
      id: 'list-incident-feedback',
      method: 'GET',
      path: '/api/v1/incident-feedback',
      summary: 'What people have said of incidents that is learnt from',
      response: z.strictObject({ items: z.array(Feedback) }),
      handle: async () => ({ items: await incidents.feedback() }),
    }),
    operation({
      ...WORK,
      id: 'take-back-incident-feedback',
      method: 'POST',
      path: '/api/v1/incident-feedback/{id}/take-back',
      summary: 'Takes back what was said of an incident, by its id',
      status: 204,
      params: OneIncident,
      body: BECAUSE,
      handle: ({ params, body, principal }) =>
        incidents.takeBack(params.id, askingOf(principal, body.reason)),
    }),
    operation({
      ...READ,
      tag: 'incidents',
      id: 'list-blocked-edges',
      method: 'GET',
      path: '/api/v1/blocked-edges',
      summary: 'Edges that are blocked because of incidents',
      response: z.strictObject({
        items: z.array(
          z.strictObject({ id: z.string(), from: z.string(), to: z.string(), reason: z.string() }),
        ),
      }),
      handle: async () => ({ items: await edges.list() }),
    }),
    operation({
      tag: 'incidents',
      access: 'estate.write',
      id: 'open-blocked-edge',
      method: 'POST',
      path: '/api/v1/blocked-edges/{id}/open',
      summary: 'Opens an edge again: policy alone decides about it',
      status: 204,
      params: OneIncident,
      body: BECAUSE,
      handle: ({ params, body, principal }) =>
        edges.open(params.id, askingOf(principal, body.reason)),
    }),
  ];
}

const VERDICTS = { expected: 'expect', malicious: 'condemn' } as const satisfies Record<
  string,
  keyof typeof MOVES
>;

function checkPermission(principal: Principal | undefined, needed: Permission): void {
  if (principal?.permissions.has(needed)) return;
  throw new Fault('http/permission-forbidden', `${actorOf(principal)} may not have this done`, {
    hint: `it takes a role with ${needed}, too: to ${PERMISSIONS[needed]}`,
  });
}
