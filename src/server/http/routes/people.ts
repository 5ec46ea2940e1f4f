import { z } from 'zod';
import type { Principal } from '../../auth/authenticator.ts';
import { type By, type People, Person } from '../../auth/people.ts';
import { PERMISSIONS, ROLES } from '../../auth/roles.ts';
import { type Operation, operation } from '../operation.ts';
import { actorOf } from '../principal.ts';
import { Id, Reason } from './texts.ts';

const PATH = '/api/v1/people';
const PEOPLE = { tag: 'people', access: 'people.write' } as const;
const Days = z.int().min(1).max(400).default(90).describe('Until the token ends');
const Issued = z.strictObject({
  /** Told here and never again. */
  token: z.string(),
  person: Person,
});

/** Who is let in beside the holder of the administrator's token, and what each may do. */
export function peopleOperations(people: People): Operation[] {
  return [
    operation({
      ...PEOPLE,
      id: 'list-people',
      method: 'GET',
      path: PATH,
      summary: 'Who has a token, by name, without its value',
      status: 200,
      response: z.strictObject({
        items: z.array(Person),
        /** What each role may do. */
        roles: z.record(z.string(), z.array(z.string())),
        permissions: z.record(z.string(), z.string()),
      }),
      handle: async () => ({
        items: await people.list(),
        roles: ROLES,
        permissions: PERMISSIONS,
      }),
    }),
    operation({
      ...PEOPLE,
      id: 'add-person',
      method: 'POST',
      path: PATH,
      summary: 'Gives somebody, or a script, a token; its value is told here and never again',
      body: Person.pick({ name: true, roles: true, teams: true }).extend({
        teams: Person.shape.teams.default(null),
        days: Days,
        reason: Reason,
      }),
      status: 201,
      response: Issued,
      handle: ({ body: { days, reason, ...person }, principal }) =>
        people.add(person, days, byOf(principal, reason)),
    }),
    operation({
      ...PEOPLE,
      id: 'renew-person',
      method: 'POST',
      path: `${PATH}/{name}/token`,
      summary: 'Gives another token; the one before ends at once, with the sessions that it opened',
      params: z.strictObject({ name: Id }),
      body: z.strictObject({ days: Days, reason: Reason }),
      status: 200,
      response: Issued,
      handle: ({ params, body, principal }) =>
        people.renew(params.name, body.days, byOf(principal, body.reason)),
    }),
    operation({
      ...PEOPLE,
      id: 'remove-person',
      method: 'DELETE',
      path: `${PATH}/{name}`,
      summary: 'Ends a token, and the sessions that were opened with it',
      params: z.strictObject({ name: Id }),
      query: z.strictObject({ reason: Reason }),
      status: 204,
      handle: ({ params, query, principal }) =>
        people.remove(params.name, byOf(principal, query.reason)),
    }),
  ];
}

const byOf = (principal: Principal | undefined, reason: string): By => ({
  actor: actorOf(principal),
  reason,
});
