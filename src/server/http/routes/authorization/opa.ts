import { randomUUID } from 'node:crypto';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { answerData, type DataRequest } from '../../../../authorization/enforcement/opa/index.ts';
import { serviceNames } from '../../../../authorization/targets/opa/index.ts';
import { oncePer } from '../../../../base/once.ts';
import { type Authorization, notYet } from '../../../authorization/authorization.ts';
import { type Operation, operation } from '../../operation.ts';

const OPA = { tag: 'opa', access: 'loopback', status: 200 } as const;
const MAX_PATH = 1_024;

/** @see https://www.openpolicyagent.org/docs/rest-api#data-api */
const DataAnswer = z.strictObject({
  decision_id: z.string(),
  /** What stands at the path; absent: nothing does. */
  result: z.unknown().optional(),
  warning: z.strictObject({ code: z.string(), message: z.string() }).optional(),
});

/** What OPAs, and those who ask OPAs, know: its data API, and bundles. */
export function opaOperations(authorization: Authorization): Operation[] {
  const { bundles, bundleKey } = authorization;
  const answer = dataAnswers(authorization);
  return [
    operation({
      ...OPA,
      id: 'ask-policy',
      method: 'POST',
      path: '/v1/data/{path...}',
      summary:
        'Decides as an OPA does that has the bundle: `reeve/authz/allow`, `reeve/authz/decision`',
      params: z.strictObject({ path: z.string().max(MAX_PATH) }),
      body: z.unknown(),
      response: DataAnswer,
      handle: ({ params: { path }, body, reply }) =>
        answer({ path, asked: { by: 'POST', body } }, reply),
    }),
    operation({
      ...OPA,
      id: 'get-policy-decision',
      method: 'GET',
      path: '/v1/data/{path...}',
      summary: 'As with POST, with `input` as JSON in the query',
      params: z.strictObject({ path: z.string().max(MAX_PATH) }),
      query: z.object({ input: z.string().optional() }),
      response: DataAnswer,
      handle: ({ params: { path }, query: { input }, reply }) =>
        answer({ path, asked: { by: 'GET', input } }, reply),
    }),
    operation({
      ...OPA,
      id: 'get-policy-bundle',
      method: 'GET',
      path: '/v1/bundles/reeve',
      summary: 'The policy in force as a signed bundle; with `Prefer: wait=N`, the next one',
      mediaType: 'application/vnd.openpolicyagent.bundles',
      handle: async ({ reply }) => {
        const { headers } = reply.request;
        const {
          status,
          headers: told,
          body,
        } = await bundles.answer(
          { ifNoneMatch: headers['if-none-match'], prefer: headers.prefer?.toString() },
          (callBack) => reply.raw.once('close', callBack),
        );
        return reply.code(status).headers(told).send(body);
      },
    }),
    operation({
      ...OPA,
      id: 'get-policy-bundle-key',
      method: 'GET',
      path: '/v1/bundles/reeve.pem',
      summary: 'The public key that verifies bundles, for `keys` in the configuration of an OPA',
      mediaType: 'application/x-pem-file',
      handle: ({ reply }) => {
        reply.header('content-type', 'application/x-pem-file');
        return bundleKey.publicKey;
      },
    }),
  ];
}

function dataAnswers({ policies, decide }: Authorization) {
  const namesOf = oncePer(serviceNames);
  return (request: DataRequest, reply: FastifyReply) => {
    const { current } = policies;
    if (current === undefined) throw notYet();
    const { status, body } = answerData(request, {
      decide: (question) => decide(question, 'opa'),
      names: namesOf(current.policy.services),
      newId: randomUUID,
    });
    return reply.code(status).send(body);
  };
}
