import { z } from 'zod';
import { TemplateCorrection } from '../../../estate/index.ts';
import type { Decisions } from '../../decisions.ts';
import { type Operation, operation } from '../operation.ts';
import { actorOf } from '../principal.ts';
import { Id, Reason } from './texts.ts';

const StoredCorrection = z.strictObject({
  id: z.string(),
  service: z.string(),
  correction: TemplateCorrection,
  by: z.string(),
  at: z.string(),
  reason: z.string(),
});
const Corrected = z.strictObject({
  correction: StoredCorrection,
  /** Of its entry in the audit log. */
  sequence: z.int(),
});
const Made = z.strictObject({
  ...Corrected.shape,
  /** Why it changes nothing of what was seen; null where it does. */
  note: z.string().nullable(),
});
const Previewed = z.array(
  z.strictObject({ method: z.string(), template: z.string(), requests: z.int() }),
);

const Preview = z.strictObject({
  before: Previewed,
  after: Previewed,
  /** At most 3 endpoints, with the template that they would be counted under. */
  examples: z.array(z.strictObject({ method: z.string(), before: z.string(), after: z.string() })),
  /** Why nothing would change; null where something would. */
  note: z.string().nullable(),
});

const PATH = '/api/v1/templates/corrections';

/** How people correct the templates that were learnt from traffic. */
export function templateOperations({ templates }: Decisions): Operation[] {
  return [
    operation({
      id: 'list-corrections',
      method: 'GET',
      path: PATH,
      tag: 'templates',
      summary: 'The corrections in force, oldest first: of one service, or all',
      access: 'estate.read',
      query: z.strictObject({ service: Id.optional() }),
      status: 200,
      response: z.strictObject({ items: z.array(StoredCorrection) }),
      handle: async ({ query }) => ({ items: await templates.list(query.service) }),
    }),
    operation({
      id: 'correct-templates',
      method: 'POST',
      path: PATH,
      tag: 'templates',
      summary: 'Merges, splits or renames templates of a service; what was counted is kept',
      access: 'estate.write',
      body: z.strictObject({ service: Id, correction: TemplateCorrection, reason: Reason }),
      status: 200,
      response: Made,
      handle: ({ body, principal }) =>
        templates.correct(body.service, body.correction, {
          actor: actorOf(principal),
          reason: body.reason,
        }),
    }),
    operation({
      id: 'preview-correction',
      method: 'POST',
      path: `${PATH}/preview`,
      tag: 'templates',
      summary: 'The endpoints that a correction would take away, and those that would come',
      access: 'estate.read',
      body: z.strictObject({ service: Id, correction: TemplateCorrection }),
      status: 200,
      response: Preview,
      handle: ({ body }) => templates.preview(body.service, body.correction),
    }),
    operation({
      id: 'undo-correction',
      method: 'DELETE',
      path: `${PATH}/{id}`,
      tag: 'templates',
      summary: 'Takes a correction back',
      access: 'estate.write',
      params: z.strictObject({ id: z.string().max(200) }),
      query: z.strictObject({ reason: Reason }),
      status: 200,
      response: Corrected,
      handle: ({ params, query, principal }) =>
        templates.undo(params.id, { actor: actorOf(principal), reason: query.reason }),
    }),
  ];
}
