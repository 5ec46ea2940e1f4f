import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { bundleFingerprints } from '../../../../identity/agent/index.ts';
import { makeJoinToken } from '../../../../identity/attestation/index.ts';
import { AGENTS_PATH } from '../../../../identity/registration/index.ts';
import { type Operation, operation } from '../../operation.ts';
import { actorOf } from '../../principal.ts';
import { Id } from '../texts.ts';
import { askingOf, READ, ReasonQuery, WRITE } from './common.ts';
import type { IdentityRoutesPorts } from './ports.ts';
import { AgentView, JoinTokenView, toAgentView } from './views.ts';

const PATH = '/api/v1/identity/join-tokens';

/** Agents, and the tokens by which they prove themselves once. */
export function agentOperations(ports: IdentityRoutesPorts): Operation[] {
  const { joinTokens, joinTokenLimits, keeper, clock } = ports;
  return [
    operation({
      ...WRITE,
      id: 'create-join-token',
      method: 'POST',
      path: PATH,
      summary:
        'Makes a token by which an agent joins, once; its value is told here and never again',
      body: z.strictObject({
        agent: Id.describe('A name, such as `edge-1`, or the SPIFFE ID of an agent'),
        ttlSeconds: z
          .int()
          .min(1)
          .max(joinTokenLimits.maxTtlSeconds)
          .default(joinTokenLimits.ttlSeconds),
      }),
      status: 201,
      response: z.strictObject({
        token: z.string(),
        record: JoinTokenView,
        /** What else the agent has to be told. */
        join: z.strictObject({
          /** Where agents connect to; null where none are served. */
          server: z.string().nullable(),
          trustDomain: z.string(),
          /** Of the public keys of authorities by which it knows the server, in hexadecimal. */
          trustBundleSha256: z.array(z.string()),
        }),
      }),
      handle: async ({ body, principal }) => {
        const { trustDomain } = keeper.state;
        const { agent: name, ttlSeconds } = body;
        const agent = name.startsWith('spiffe://')
          ? name
          : `spiffe://${trustDomain}${AGENTS_PATH}/${name}`;
        const { maxTtlSeconds } = joinTokenLimits;
        const maker = { trustDomain, by: actorOf(principal), now: clock(), maxTtlSeconds };
        const made = makeJoinToken({ agent, ttlSeconds }, { ...maker, randomBytes });
        await joinTokens.add(made.record);
        const server = ports.agentServer?.address ?? null;
        const trustBundleSha256 = bundleFingerprints(keeper.bundle);
        return { ...made, join: { server, trustDomain, trustBundleSha256 } };
      },
    }),
    operation({
      ...READ,
      id: 'list-join-tokens',
      method: 'GET',
      path: PATH,
      summary: 'The join tokens, without their values, the newest first',
      status: 200,
      response: z.strictObject({ items: z.array(JoinTokenView) }),
      handle: async () => ({ items: await joinTokens.list() }),
    }),
    operation({
      ...WRITE,
      id: 'delete-join-token',
      method: 'DELETE',
      path: `${PATH}/{id}`,
      summary: 'Takes a join token back: whoever presents it is refused',
      params: z.strictObject({ id: Id }),
      query: ReasonQuery,
      status: 200,
      response: JoinTokenView,
      handle: ({ params, query, principal }) =>
        joinTokens.remove(params.id, { ...askingOf(principal, query.reason), now: clock() }),
    }),
    operation({
      ...READ,
      id: 'list-identity-agents',
      method: 'GET',
      path: '/api/v1/identity/agents',
      summary: 'The agents that are connected',
      status: 200,
      response: z.strictObject({ items: z.array(AgentView) }),
      handle: () => ({ items: (ports.agentServer?.agents() ?? []).map(toAgentView) }),
    }),
  ];
}
