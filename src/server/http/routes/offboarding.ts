import { z } from 'zod';
import { Offboarding, type Offboardings, Retired } from '../../../assurance/offboarding/index.ts';
import { type Operation, operation } from '../operation.ts';
import { actorOf } from '../principal.ts';
import { Id, Reason } from './texts.ts';

const PATH = '/api/v1/offboardings';
const LOOK = { tag: 'offboarding', access: 'estate.read' } as const;
const RETIRE = { tag: 'offboarding', access: 'estate.retire' } as const;

const Step = z.strictObject({
  /** `identity`, `secret` … */
  kind: z.string(),
  id: z.string(),
  /** What is done, in a few words. */
  what: z.string(),
  where: z.string().nullable(),
  /** Reeve cannot: people have to. */
  isByHand: z.boolean(),
  isUnderWay: z.boolean(),
  problem: z.string().nullable(),
});
const Plan = z.strictObject({
  retired: Retired,
  services: z.array(z.string()),
  steps: z.array(Step),
  /** To be given back by who has it carried out. */
  digest: z.string(),
});
const Seen = Offboarding.extend({
  /** What is left. */
  left: z.array(Step),
});

/** Services and teams that are retired, with all that they have. */
export function offboardingOperations(offboardings: Offboardings): Operation[] {
  return [
    operation({
      ...LOOK,
      id: 'plan-offboarding',
      method: 'POST',
      path: `${PATH}/plan`,
      summary: 'What retiring a service or a team takes; nothing is done',
      body: Retired,
      status: 200,
      response: Plan,
      handle: ({ body }) => offboardings.plan(body),
    }),
    operation({
      ...RETIRE,
      id: 'begin-offboarding',
      method: 'POST',
      path: PATH,
      summary: 'Does what a plan has shown: the digest says which',
      body: Retired.extend({ digest: z.string().max(100), reason: Reason.unwrap().min(1) }),
      status: 202,
      response: Seen,
      handle: ({ body: { digest, reason, ...retired }, principal }) =>
        offboardings.begin(retired, digest, { actor: actorOf(principal), reason }),
    }),
    operation({
      ...LOOK,
      id: 'list-offboardings',
      method: 'GET',
      path: PATH,
      summary: 'What is retired, the newest first, with what is left of it',
      status: 200,
      response: z.strictObject({ items: z.array(Seen) }),
      handle: async () => ({ items: await offboardings.list() }),
    }),
    operation({
      ...LOOK,
      id: 'get-offboarding',
      method: 'GET',
      path: `${PATH}/{id}`,
      summary: 'One of them, with what is left now',
      params: z.strictObject({ id: Id }),
      status: 200,
      response: Seen,
      handle: ({ params }) => offboardings.get(params.id),
    }),
    operation({
      ...RETIRE,
      id: 'cancel-offboarding',
      method: 'DELETE',
      path: `${PATH}/{id}`,
      summary: 'Takes it back: the services may have identities again; what was revoked stays so',
      params: z.strictObject({ id: Id }),
      query: z.strictObject({ reason: Reason }),
      status: 204,
      handle: ({ params, query, principal }) =>
        offboardings.cancel(params.id, { actor: actorOf(principal), reason: query.reason }),
    }),
  ];
}
