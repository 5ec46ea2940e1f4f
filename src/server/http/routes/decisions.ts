import { z } from 'zod';
import { Endpoint, EndpointDecision, REVIEW_REASONS } from '../../../estate/index.ts';
import type { Decisions } from '../../decisions.ts';
import type { Summaries } from '../../summaries.ts';
import { type Operation, operation } from '../operation.ts';
import { actorOf } from '../principal.ts';
import { specificationOperations } from './specification.ts';
import { Id, Reason } from './texts.ts';

const MAX_ENDPOINTS = 500;
/** As many ids, of the lengths that are met. */
const MAX_BODY_BYTES = 512 * 1024;
const Ids = z.array(Id).min(1).max(MAX_ENDPOINTS);
const Action = z.enum(EndpointDecision.options.map(({ shape }) => shape.action.value));

const DecidedAll = z.strictObject({
  /** False: the decisions hold, and the estate is still being judged with them. */
  judged: z.boolean(),
  results: z.array(
    z.strictObject({
      endpoint: z.string(),
      /** Of its entry in the audit log; null where it was refused. */
      sequence: z.int().nullable(),
      problem: z
        .strictObject({ code: z.string(), message: z.string(), hint: z.string().nullable() })
        .nullable(),
      state: Endpoint.nullable(),
    }),
  ),
});

const whoAndWhy = { endpoint: z.string(), by: z.string(), at: z.string(), reason: z.string() };
const StoredDecision = z.union(EndpointDecision.options.map((said) => said.extend(whoAndWhy)));

/** Operations that decide about many endpoints at once. */
const DECIDING = {
  method: 'POST',
  tag: 'endpoints',
  access: 'estate.write',
  maxBodyBytes: MAX_BODY_BYTES,
  status: 200,
  response: DecidedAll,
} as const;

/** What people decide about endpoints, and what waits for them. */
export function decisionOperations(decisions: Decisions): Operation[] {
  const { store } = decisions;
  return [
    ...specificationOperations(store),
    operation({
      id: 'decide-endpoints',
      ...DECIDING,
      path: '/api/v1/endpoints/decisions',
      summary:
        'Adopts, assigns, deprecates, blocks, accepts or tags endpoints; each is taken or refused by itself',
      body: z.strictObject({ endpoints: Ids, decision: EndpointDecision, reason: Reason }),
      handle: ({ body, principal }) =>
        decisions.decide(body.endpoints, body.decision, {
          actor: actorOf(principal),
          reason: body.reason,
        }),
    }),
    operation({
      id: 'undo-decisions',
      ...DECIDING,
      path: '/api/v1/endpoints/decisions/undo',
      summary: 'Takes decisions of one action back',
      body: z.strictObject({ endpoints: Ids, action: Action, reason: Reason }),
      handle: ({ body, principal }) =>
        decisions.undo(body.endpoints, body.action, {
          actor: actorOf(principal),
          reason: body.reason,
        }),
    }),
    operation({
      id: 'list-decisions',
      method: 'GET',
      path: '/api/v1/endpoints/decisions',
      tag: 'endpoints',
      summary: 'The decisions in force about one endpoint, oldest first',
      access: 'estate.read',
      query: z.strictObject({ endpoint: Id }),
      status: 200,
      response: z.strictObject({ items: z.array(StoredDecision) }),
      handle: async ({ query }) => ({ items: await store.decisions(query.endpoint) }),
    }),
    operation({
      id: 'list-queues',
      method: 'GET',
      path: '/api/v1/endpoints/queues',
      tag: 'endpoints',
      summary: 'How many endpoints wait for a person, by owner and reason; what is nobody’s first',
      access: 'estate.read',
      status: 200,
      response: z.strictObject({
        items: z.array(
          z.strictObject({
            owner: z.string().nullable(),
            total: z.int(),
            counts: z.partialRecord(z.enum(REVIEW_REASONS), z.int()),
          }),
        ),
        /** When it was counted; null until the estate is judged. */
        at: z.iso.datetime().nullable(),
      }),
      handle: async () => {
        const queues = (await store.summary('queues')) as Summaries['queues'] | undefined;
        return { items: queues ?? [], at: (await store.answers())?.at ?? null };
      },
    }),
  ];
}
