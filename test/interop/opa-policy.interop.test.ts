import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askOpa, type Caller, type Question as SdkQuestion } from '../../sdk/src/index.ts';
import {
  answerData,
  decisionDocument,
  questionOf,
} from '../../src/authorization/enforcement/opa/index.ts';
import { Engine } from '../../src/authorization/engine/index.ts';
import {
  arbitraryPolicy,
  arbitraryQuestion,
} from '../../src/authorization/engine/testing/index.ts';
import { CedarJudge, readGuardrails } from '../../src/authorization/guardrails/index.ts';
import type { Policy, Question } from '../../src/authorization/model/index.ts';
import { serviceNames } from '../../src/authorization/targets/opa/index.ts';
import { sampleGrant, sampleService } from '../../src/authorization/testing/samples.ts';
import { opa } from './support/opa.ts';
import { inputOf, type PolicyAgent, startPolicyAgent } from './support/opa-policy.ts';
import { isMissing } from './support/tools.ts';

/** More where `REEVE_PROPERTY_RUNS` asks for that many policies. */
const POLICIES = Number(process.env.REEVE_PROPERTY_RUNS ?? 200);
const QUESTIONS = 60;

const arbitraryCase = arbitraryPolicy().chain((policy) =>
  fc.record({
    policy: fc.constant(policy),
    questions: fc.array(arbitraryQuestion(policy), { minLength: QUESTIONS, maxLength: QUESTIONS }),
  }),
);

const GUARDRAILS = `
@id("mail-reads-no-pii") @reason("mail goes out of the house")
forbid (principal, action, resource)
when { principal.name == "payments" && resource.sensitivity.contains("pii") };

@id("deprecated-is-left-alone")
forbid (principal, action, resource) when { resource.deprecated };

@id("payments-want-certificates")
forbid (principal, action, resource)
when { resource.service.name == "orders" && context.proof == "token" };
`;
/** What is said of a call about which guardrails had to be asked. */
const UNASKED =
  /^A guardrail that looks at the request cannot be asked here, which denies that `.+` calls `.+` of `.+`$/;

const serviceNamed = (name: string) =>
  sampleService(`default/shop/${name}`, { owner: `team-${name}` });
const grantOf = (from: string, to: string, operation: string) =>
  sampleGrant(`default/shop/${from}`, `default/shop/${to}`, operation, 9);
const SHOP: Policy = {
  services: ['orders', 'payments', 'reviews'].map(serviceNamed),
  endpoints: [],
  grants: [
    grantOf('orders', 'payments', 'POST /v1/charges'),
    grantOf('orders', 'payments', 'GET /v1/charges/{id}'),
    grantOf('payments', 'payments', 'GET /v1/charges/export'),
  ],
  guardrails: [],
};

const callerWith = (name: string): Caller => ({
  spiffeId: `spiffe://example.org/ns/shop/sa/${name}`,
  trustDomain: 'example.org',
  path: `/ns/shop/sa/${name}`,
  proof: 'mtls',
  expiresAt: new Date(0),
});
const ASKED_BY_ORDERS: SdkQuestion = {
  caller: callerWith('orders'),
  method: 'POST',
  path: '/v1/charges',
  template: '/v1/charges',
  service: 'payments',
};
/** What else is asked, and the reason of its denial. */
const ASKED: readonly (readonly [Partial<SdkQuestion>, string | undefined])[] = [
  [{}, undefined],
  [{ method: 'GET', path: '/v1/charges/17' }, undefined],
  [{ method: 'HEAD', path: '/v1/charges/17/' }, undefined],
  [{ method: 'GET', path: '/v1/charges/export' }, 'operation-undeclared'],
  [{ method: 'GET', path: '/v1/charges/EXPORT' }, 'operation-undeclared'],
  [{ method: 'GET', path: '/v1/charges/%65xport' }, 'operation-undeclared'],
  [{ path: '/v1/x/../charges' }, 'operation-malformed'],
  [{ caller: callerWith('reviews') }, 'call-undeclared'],
  [{ caller: callerWith('stranger') }, 'caller-unknown'],
  [{ caller: undefined }, 'caller-unproved'],
  [{ service: 'default/shop/payments' }, undefined],
  [{ service: 'cellar' }, 'service-unknown'],
  [{ service: undefined }, 'service-unknown'],
];

describe.skipIf(isMissing('OPA', opa))('the Open Policy Agent with our policy', () => {
  let agent: PolicyAgent;
  beforeAll(async () => {
    agent = await startPolicyAgent();
  });
  afterAll(() => agent?.stop());

  it('decides as the engine does, with the same reasons and sentences', async () => {
    const seen = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(arbitraryCase, async ({ policy, questions }) => {
        const engine = new Engine(policy, new CedarJudge(policy.guardrails));
        const names = serviceNames(policy.services);
        const got = await agent.answersTo(policy, engine, questions);
        const want = questions.map((question) => {
          const decision = decisionDocument(engine.decide(questionOf(inputOf(question), names)));
          seen.set(decision.reason, (seen.get(decision.reason) ?? 0) + 1);
          return { allow: decision.allow, decision };
        });
        for (const [at, answer] of got.entries()) {
          expect({ question: questions[at], answer }).toEqual({
            question: questions[at],
            answer: want[at],
          });
        }
        expect(got).toHaveLength(want.length);
      }),
      { numRuns: POLICIES, endOnFailure: true },
    );
    for (const reason of ['declared', 'operation-undeclared', 'endpoint-blocked']) {
      expect(seen.get(reason)).toBeGreaterThan(0);
    }
  });

  it('denies what guardrails deny, and what it cannot ask them', async () => {
    const { guardrails } = readGuardrails([{ path: 'guardrails/shop.cedar', text: GUARDRAILS }]);
    expect(guardrails.map(({ problem }) => problem)).toEqual([undefined, undefined, undefined]);
    const seen = new Set<string>();
    const judge = new CedarJudge(guardrails);
    await fc.assert(
      fc.asyncProperty(arbitraryCase, async ({ policy: plain, questions }) => {
        const policy = { ...plain, guardrails };
        const engine = new Engine(policy, judge);
        const got = await agent.answersTo(policy, engine, questions);
        for (const [at, question] of questions.entries()) {
          const { decision, verdicts } = engine.trace(question);
          const answer = got[at];
          seen.add(`${decision.reason} / ${answer?.decision.reason}`);
          const { allow, ...document } = decisionDocument(decision);
          const isUnasked =
            verdicts.some(({ call }) => judge.standing(call).kind === 'depends') &&
            UNASKED.test(answer?.decision.message ?? '');
          const unasked = {
            allowed: false,
            reason: 'guardrail-failed',
            message: expect.any(String),
          };
          const denied = { ...document, ...unasked, allow: document.mode === 'shadow' };
          const want = isUnasked ? denied : { allow, ...document };
          expect({ question, answer }).toEqual({
            question,
            answer: { allow: want.allow, decision: want },
          });
        }
        expect(got).toHaveLength(questions.length);
      }),
      { numRuns: POLICIES, endOnFailure: true },
    );
    expect(seen).toContain('guardrail-forbids / guardrail-forbids');
    expect(seen).toContain('declared / guardrail-failed');
  });

  it('answers the SDK as the data API of Reeve does', async () => {
    const engine = new Engine(SHOP, new CedarJudge([]));
    await agent.answersTo(SHOP, engine, []);
    const names = serviceNames(SHOP.services);
    const reeve = http.createServer(async (request, response) => {
      const path = (request.url ?? '').replace('/v1/data/', '');
      const asked = { by: 'POST', body: await json(request) } as const;
      const decide = (question: Question) => engine.decide(question);
      const { status, body } = answerData({ path, asked }, { decide, names, newId: () => 'id' });
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
    await new Promise<void>((resolve) => reeve.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(reeve.address() as AddressInfo).port}`;
    try {
      for (const rule of ['reeve/authz/allow', 'reeve/authz/decision']) {
        const [ofOpa, ofReeve] = [askOpa({ url: agent.url, rule }), askOpa({ url, rule })];
        for (const [change, reason] of ASKED) {
          const question = { ...ASKED_BY_ORDERS, ...change };
          const decision = await ofOpa(question);
          expect(decision).toEqual(await ofReeve(question));
          const told = rule.endsWith('decision') ? reason : 'the policy does not allow it';
          expect(decision).toEqual(
            reason === undefined ? { allowed: true } : { allowed: false, reason: told },
          );
        }
      }
    } finally {
      reeve.close();
      reeve.closeAllConnections();
    }
  });
});
