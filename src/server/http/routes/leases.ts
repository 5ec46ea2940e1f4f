import { z } from 'zod';
import { compareText } from '../../../base/diagnostic.ts';
import {
  type DynamicCredentials,
  LEASE_PROBLEMS,
  LEASE_STATES,
  Lease,
  type LeaseProblemId,
  Role,
  RoleSettings,
} from '../../../secrets/dynamic/index.ts';
import type { Principal } from '../../auth/authenticator.ts';
import { type Operation, operation } from '../operation.ts';
import { actorOf, checkOwner } from '../principal.ts';
import { Id, Reason } from './texts.ts';

/** What operations of leases need. */
export interface LeaseRoutesParts {
  readonly credentials: DynamicCredentials;
  /** The team that answers for a service. */
  readonly ownerOf: (service: string) => Promise<string | null>;
  /** The team that answers for a secret.
   *  @throws {Fault} `secrets/secret-not-found` */
  readonly ownerOfSecret: (id: string) => Promise<string | null>;
}

const SEE = { tag: 'leases', access: 'estate.read' } as const;
const CHANGE = { tag: 'leases', access: 'secrets.write', isByOwner: true } as const;
const ROLES = '/api/v1/lease-roles';
const LEASES = '/api/v1/leases';

const OneRole = z.strictObject({ id: z.string().min(1).max(600) });
const OneLease = z.strictObject({ id: z.string().min(1).max(64) });
const Because = z.strictObject({ reason: Reason });
const Usernames = z.array(z.string().min(1).max(63)).max(20_000);
const LeaseView = Lease.omit({ taken: true });
const toView = ({ taken: _, ...lease }: Lease) => lease;

const ProblemView = z.strictObject({
  problem: z.enum(Object.keys(LEASE_PROBLEMS) as [LeaseProblemId, ...LeaseProblemId[]]),
  lease: z.string().nullable(),
  role: z.string(),
  service: z.string(),
  username: z.string(),
  ageSeconds: z.int(),
  why: z.string().nullable(),
  hint: z.string().nullable(),
});

const Query = z.strictObject({
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
  after: z.string().max(64).exactOptional(),
  role: Id.exactOptional(),
  service: Id.exactOptional(),
  spiffeId: Id.exactOptional(),
  state: z.enum(LEASE_STATES).exactOptional(),
});

const askingOf = (principal: Principal | undefined, reason: string) => ({
  actor: actorOf(principal),
  reason,
});

/** Short-lived users, as people see and end them; who gets them is for workloads to ask. */
export function leaseOperations(parts: LeaseRoutesParts): Operation[] {
  return [...roleOperations(parts), ...orphanOperations(parts), ...listOperations(parts)].concat(
    (['end', 'retry', 'abandon'] as const).map((verb) => changeOperation(parts, verb)),
  );
}

function roleOperations({ credentials, ownerOf, ownerOfSecret }: LeaseRoutesParts): Operation[] {
  return [
    operation({
      ...SEE,
      id: 'list-lease-roles',
      method: 'GET',
      path: ROLES,
      summary: 'What short-lived users are made for: targets, rights, and for how long',
      status: 200,
      response: z.strictObject({ items: z.array(Role) }),
      handle: () => ({
        items: [...credentials.roles()].sort((a, b) => compareText(a.id, b.id)),
      }),
    }),
    operation({
      ...CHANGE,
      id: 'define-lease-role',
      method: 'POST',
      path: ROLES,
      summary: 'Makes a role of a service, or says anew what it is; its target stays what it is',
      body: z.strictObject({
        service: Id,
        name: z.string().min(1).max(200),
        ...RoleSettings.shape,
        reason: Reason,
      }),
      status: 200,
      response: Role,
      handle: async ({ body, principal }) => {
        const { service, name, reason, ...settings } = body;
        checkOwner(principal, await ownerOf(service));
        // who may use a role may use the secret by which its users are made
        checkOwner(principal, await ownerOfSecret(settings.admin));
        return credentials.defineRole({ service, name, settings }, askingOf(principal, reason));
      },
    }),
    operation({
      ...CHANGE,
      id: 'remove-lease-role',
      method: 'DELETE',
      path: `${ROLES}/{id}`,
      summary:
        'Closes a role, by its id (percent-encoded), and removes it where none of its leases is left',
      params: OneRole,
      query: Because,
      status: 204,
      handle: async ({ params: { id }, query, principal }) => {
        checkOwner(principal, await ownerOf((await credentials.role(id)).service));
        await credentials.removeRole(id, askingOf(principal, query.reason));
      },
    }),
  ];
}

function orphanOperations({ credentials, ownerOf }: LeaseRoutesParts): Operation[] {
  const path = `${ROLES}/{id}/orphans`;
  const checkRole = async (principal: Principal | undefined, id: string) =>
    checkOwner(principal, await ownerOf((await credentials.role(id)).service));
  return [
    operation({
      ...CHANGE,
      id: 'list-lease-orphans',
      method: 'GET',
      path,
      summary: 'Looks at the target of a role for users that Reeve has made and no lease names',
      params: OneRole,
      status: 200,
      response: z.strictObject({ usernames: Usernames }),
      handle: async ({ params: { id }, principal }) => {
        await checkRole(principal, id);
        return { usernames: [...(await credentials.orphans(id))] };
      },
    }),
    operation({
      ...CHANGE,
      id: 'remove-lease-orphans',
      method: 'POST',
      path,
      summary: 'Takes such users away, unless a lease names them by now; tells who is gone',
      params: OneRole,
      body: z.strictObject({ usernames: Usernames.min(1), reason: Reason }),
      maxBodyBytes: 2 * 1_024 * 1_024,
      status: 200,
      response: z.strictObject({ usernames: Usernames }),
      handle: async ({ params: { id }, body, principal }) => {
        await checkRole(principal, id);
        const by = askingOf(principal, body.reason);
        return { usernames: [...(await credentials.removeOrphans(id, body.usernames, by))] };
      },
    }),
  ];
}

function listOperations({ credentials }: LeaseRoutesParts): Operation[] {
  return [
    operation({
      ...SEE,
      id: 'list-leases',
      method: 'GET',
      path: LEASES,
      summary:
        'Short-lived users, page by page, filtered by role, service, spiffeId and state; no passwords',
      query: Query,
      status: 200,
      response: z.strictObject({
        items: z.array(LeaseView),
        /** For `after`; null on the last page. */
        next: z.string().nullable(),
        total: z.int(),
      }),
      handle: ({ query: { limit, after, ...wanted } }) => {
        const filters = Object.entries(wanted) as [keyof typeof wanted, string][];
        const found = credentials
          .list()
          .filter((lease) => filters.every(([name, text]) => lease[name] === text))
          .sort((a, b) => compareText(a.id, b.id));
        const rest = found.filter(({ id }) => after === undefined || compareText(id, after) > 0);
        const page = rest.slice(0, limit);
        const next = page.length < rest.length ? (page.at(-1)?.id ?? null) : null;
        return { items: page.map(toView), next, total: found.length };
      },
    }),
    operation({
      ...SEE,
      id: 'get-lease',
      method: 'GET',
      path: `${LEASES}/{id}`,
      summary: 'One lease',
      params: OneLease,
      status: 200,
      response: LeaseView,
      handle: async ({ params }) => toView(await credentials.get(params.id)),
    }),
    operation({
      ...SEE,
      id: 'list-lease-problems',
      method: 'GET',
      path: '/api/v1/lease-problems',
      summary: 'Users that could not be taken away, or that no lease names; and why',
      status: 200,
      response: z.strictObject({
        /** Whether nothing is ended, since the store may be older than what targets hold. */
        isPaused: z.boolean(),
        items: z.array(ProblemView),
      }),
      handle: () => ({ isPaused: credentials.isPaused, items: [...credentials.problems()] }),
    }),
  ];
}

const SUMMARIES = {
  end: 'Takes a lease away; it has ended when its target was seen to have no such user',
  retry: 'Has the end of a lease tried again, at once',
  abandon: 'Gives up to end a lease; its user stays on the list of problems',
} as const;

function changeOperation(
  { credentials, ownerOf }: LeaseRoutesParts,
  verb: keyof typeof SUMMARIES,
): Operation {
  return operation({
    ...CHANGE,
    id: `${verb}-lease`,
    method: 'POST',
    path: `${LEASES}/{id}/${verb}`,
    summary: SUMMARIES[verb],
    params: OneLease,
    body: Because,
    status: 202,
    response: LeaseView,
    handle: async ({ params: { id }, body, principal }) => {
      const { role } = await credentials.get(id);
      // of the target's team: whoever asked for the lease is told by its end
      const { service } = await credentials.role(role);
      checkOwner(principal, await ownerOf(service));
      return toView(await credentials[verb](id, askingOf(principal, body.reason)));
    },
  });
}
