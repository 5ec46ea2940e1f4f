import { z } from 'zod';
import { Answers, type EstateStore } from '../../../estate/index.ts';
import { type Operation, operation } from '../operation.ts';

const AnswersAt = z.strictObject({ answers: Answers, at: z.iso.datetime() });
const OwnerSummary = z.strictObject({
  owner: z.string(),
  services: z.int(),
  endpoints: z.int(),
  credentials: z.int(),
  findings: z.int(),
});

/** The three answers, and what sums up the estate. */
export function estateOperations(store: EstateStore): Operation[] {
  return [
    operation({
      id: 'get-answers',
      method: 'GET',
      path: '/api/v1/answers',
      tag: 'answers',
      summary: 'The three answers as they were last judged; null until the estate is judged',
      access: 'estate.read',
      status: 200,
      response: z.strictObject({ answers: Answers.nullable(), at: z.iso.datetime().nullable() }),
      handle: async () => (await store.answers()) ?? { answers: null, at: null },
    }),
    operation({
      id: 'get-answers-history',
      method: 'GET',
      path: '/api/v1/answers/history',
      tag: 'answers',
      summary: 'The answers over time, oldest first',
      access: 'estate.read',
      query: z.strictObject({ limit: z.coerce.number().int().min(1).max(10_000).default(500) }),
      status: 200,
      response: z.strictObject({ items: z.array(AnswersAt) }),
      handle: async ({ query }) => ({ items: await store.answersHistory(query.limit) }),
    }),
    operation({
      id: 'list-owners',
      method: 'GET',
      path: '/api/v1/owners',
      tag: 'owners',
      summary: 'Who answers for what, in numbers',
      access: 'estate.read',
      status: 200,
      response: z.strictObject({ items: z.array(OwnerSummary) }),
      handle: async () => ({ items: await store.owners() }),
    }),
    operation({
      id: 'list-environments',
      method: 'GET',
      path: '/api/v1/environments',
      tag: 'environments',
      summary: 'The names of the environments',
      access: 'estate.read',
      status: 200,
      response: z.strictObject({ items: z.array(z.string()) }),
      handle: async () => ({ items: await store.environments() }),
    }),
  ];
}
