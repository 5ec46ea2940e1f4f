import { z } from 'zod';
import type { ServerSecrets } from '../../../secrets/secrets.ts';
import { type Operation, operation } from '../../operation.ts';
import { checkOwner } from '../../principal.ts';
import { Id, Reason } from '../texts.ts';
import {
  askingOf,
  Because,
  CHANGE,
  changeOne,
  OneSecret,
  SECRETS,
  SecretId,
  VersionNumber,
  view,
} from './common.ts';
import { PlanInput, toPlan } from './plan-input.ts';
import { checkPlanner } from './planner.ts';
import { SecretView } from './views.ts';

/** A value of the greatest size in JSON, where each character of it may take six. */
const MAX_BODY_BYTES = 512 * 1_024;
const Team = z.string().min(1).max(200);
const Consumers = z.array(Id).max(1_000);
const Value = z
  .record(z.string().min(1).max(200), z.string())
  .refine((value) => Object.keys(value).length > 0, 'must have a member')
  .describe('Texts by name: `{ "username": …, "password": … }`, or `{ "value": … }`');
const ExpiresAt = z.iso.datetime().describe('When the value ends by itself');

/** Secrets and their values, as people make, give and read them. */
export function secretValueOperations(secrets: ServerSecrets): Operation[] {
  return [
    operation({
      ...CHANGE,
      id: 'create-secret',
      method: 'POST',
      path: SECRETS,
      summary:
        'Makes a secret of a service, with a value that is given, or a plan by which one is made',
      maxBodyBytes: MAX_BODY_BYTES,
      body: z.strictObject({
        service: Id,
        /** The service is not in the estate yet. */
        isNewService: z.boolean().default(false),
        name: z.string().min(1).max(200),
        kind: z.string().min(1).max(100),
        /** Absent: who owns the service. */
        owner: Team.exactOptional(),
        consumers: Consumers.exactOptional(),
        value: Value.exactOptional(),
        expiresAt: ExpiresAt.exactOptional(),
        plan: PlanInput.exactOptional(),
        reason: Reason,
      }),
      status: 201,
      response: SecretView,
      handle: async ({ body, principal }) => {
        const { isNewService, plan: said, reason, ...given } = body;
        const plan = said && toPlan(said);
        // whose service it is counts: who is named in the request may be anybody
        const { service, owner = null } = given;
        checkOwner(principal, (await secrets.ownerOf({ service, owner: null })) ?? owner);
        await checkPlanner(principal, service, plan ?? null, secrets);
        return view(
          secrets,
          await secrets.create(given, { isNewService, plan }, askingOf(principal, reason)),
        );
      },
    }),
    operation({
      ...CHANGE,
      id: 'put-secret-value',
      method: 'POST',
      path: `${SECRETS}/{id}/versions`,
      summary: 'Gives another value, which its target takes already: it is current at once',
      maxBodyBytes: MAX_BODY_BYTES,
      params: OneSecret,
      body: z.strictObject({
        value: Value,
        expiresAt: ExpiresAt.nullable().default(null),
        reason: Reason,
      }),
      status: 201,
      response: SecretView,
      handle: ({ body: { value, expiresAt, reason }, ...asked }) =>
        changeOne(secrets, asked, reason, (id, by) => secrets.put(id, value, by, expiresAt)),
    }),
    operation({
      tag: 'secrets',
      access: 'secrets.read',
      isByOwner: true,
      id: 'read-secret-value',
      method: 'POST',
      path: `${SECRETS}/{id}/value`,
      summary: 'Reads a value; that it was read, by whom and why, stands in the audit log first',
      params: OneSecret,
      body: z.strictObject({
        version: z
          .union([z.enum(['current', 'pending', 'previous']), VersionNumber])
          .default('current'),
        reason: Reason.unwrap().min(1),
      }),
      status: 200,
      response: z.strictObject({
        id: SecretId,
        version: VersionNumber,
        expiresAt: z.string().nullable(),
        value: z.record(z.string(), z.string()),
      }),
      handle: async ({ params: { id }, body: { version, reason }, principal }) => {
        const by = askingOf(principal, reason);
        const secret = await secrets.find(id);
        try {
          checkOwner(principal, await secrets.ownerOf(secret));
        } catch (thrown) {
          await secrets.keeping.deny(id, version, 'it belongs to another team', by);
          throw thrown;
        }
        return { id, ...(await secrets.read(id, version, by)) };
      },
    }),
    operation({
      ...CHANGE,
      id: 'update-secret',
      method: 'POST',
      path: `${SECRETS}/{id}`,
      summary: 'Says anew which team answers for a secret, and which services may read it',
      params: OneSecret,
      body: z.strictObject({
        /** Null: who owns the service. */
        owner: Team.nullable().exactOptional(),
        consumers: Consumers.exactOptional(),
        reason: Reason,
      }),
      status: 200,
      response: SecretView,
      handle: ({ body: { reason, ...said }, ...asked }) =>
        changeOne(secrets, asked, reason, (id, by) => secrets.keeping.edit(id, said, by)),
    }),
    operation({
      ...CHANGE,
      id: 'remove-secret',
      method: 'DELETE',
      path: `${SECRETS}/{id}`,
      summary:
        'Removes a secret that nothing is under way for, with all its values; revoke them first',
      params: OneSecret,
      query: Because,
      status: 204,
      handle: async ({ params: { id }, query, principal }) => {
        checkOwner(principal, await secrets.ownerOf(await secrets.find(id)));
        await secrets.keeping.remove(id, askingOf(principal, query.reason));
      },
    }),
  ];
}
