import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Engine } from '../../src/authorization/engine/index.ts';
import { CedarJudge, readGuardrails } from '../../src/authorization/guardrails/index.ts';
import type { Policy, PolicyEndpoint, Question } from '../../src/authorization/model/index.ts';
import {
  sampleEndpoint,
  sampleGrant,
  sampleIdentity,
  sampleService,
} from '../../src/authorization/testing/samples.ts';
import { opa } from './support/opa.ts';
import { type PolicyAgent, startPolicyAgent } from './support/opa-policy.ts';
import { isMissing } from './support/tools.ts';

/** More where `REEVE_PROPERTY_RUNS` asks for ten times as many. */
const RUNS = Math.ceil(Number(process.env.REEVE_PROPERTY_RUNS ?? 200) / 10);
const QUESTIONS = 60;

const [FROM, TO] = ['default/shop/orders', 'default/shop/payments'] as const;
const ORDERS = `\`${FROM}\``;
const PAYMENTS = `\`${TO}\``;

type Declared = readonly [operation: string, line: number];

/** A shop in which orders declares calls of payments. */
const declaring = (
  grants: readonly Declared[],
  ...endpoints: readonly PolicyEndpoint[]
): Policy => ({
  services: [FROM, TO].map((id) => sampleService(id)),
  endpoints,
  grants: grants.map(([operation, line]) => sampleGrant(FROM, TO, operation, line)),
  guardrails: [],
});
const known = (operation: string, change?: Partial<PolicyEndpoint>) =>
  sampleEndpoint(TO, operation, change);
const guarded = (policy: Policy, text: string): Policy => ({
  ...policy,
  guardrails: readGuardrails([{ path: 'guardrails/shop.cedar', text }]).guardrails,
});

const ASKED: Question = {
  caller: sampleIdentity(FROM),
  proof: 'mtls',
  service: TO,
  protocol: 'http',
  method: 'GET',
  path: '/a',
};

const SAID: readonly (readonly [string, Policy, Partial<Question>, string])[] = [
  [
    'the first of all declarations that cover what is nearest',
    declaring([
      ['GET /a', 40],
      ['GET /**', 37],
      ['POST /a', 11],
    ]),
    {},
    `${ORDERS} may call \`GET /a\` of ${PAYMENTS}, as declared in \`orders/reeve.yaml:37\`.`,
  ],
  [
    'the first declaration of everything, of what nobody knows',
    declaring([
      ['*', 40],
      ['*', 37],
    ]),
    { protocol: 'event', method: 'PUBLISH', path: 'paid' },
    `${ORDERS} may call \`PUBLISH paid\` of ${PAYMENTS}, as declared in \`orders/reeve.yaml:37\`.`,
  ],
  [
    'that a part of a segment is spelt otherwise',
    declaring([['GET /{x}.json', 9]]),
    { path: '/a.JSON' },
    `${ORDERS} declares calls of ${PAYMENTS}, but only \`GET /{x}.json\`, as it is spelt there.`,
  ],
  [
    'nothing of the spelling where another operation is as near',
    declaring([['GET /a/{x}', 9]], known('GET /{x}/b')),
    { path: '/A/B' },
    `${ORDERS} declares calls of ${PAYMENTS}, but not \`GET /a/{x}\`.`,
  ],
  [
    'nothing of the spelling of `HEAD` where only `GET` is declared',
    declaring([['GET /a', 9]], known('HEAD /a')),
    { method: 'HEAD', path: '/A' },
    `${ORDERS} declares calls of ${PAYMENTS}, but not \`HEAD /a\`.`,
  ],
  [
    'what is declared of a method of which nothing else is known',
    declaring([['DELETE /v1/**', 9]], known('ANY /v1/{x}')),
    { method: 'DELETE', path: '/v1/17' },
    `${ORDERS} may call \`DELETE /v1/{x}\` of ${PAYMENTS}, as declared in \`orders/reeve.yaml:9\`.`,
  ],
  [
    'gRPC, of what is known as gRPC and as a path',
    declaring([
      ['POST /shop.v1.Cards/Charge', 9],
      ['shop.v1.Cards/Charge', 10],
    ]),
    { method: 'POST', path: '/shop.v1.Cards/Charge' },
    `${ORDERS} may call \`shop.v1.Cards/Charge\` of ${PAYMENTS}, as declared in \`orders/reeve.yaml:10\`.`,
  ],
  [
    'that there is no operation in a declaration that names none',
    declaring([['GET nothing', 9]]),
    {},
    `${ORDERS} declares calls of ${PAYMENTS}, but not \`GET /a\`.`,
  ],
  [
    'the first guardrail that forbids any of what is nearest',
    guarded(
      declaring(
        [
          ['GET /{x}/b', 9],
          ['GET /a/{x}', 9],
        ],
        known('GET /{x}/b'),
        known('GET /a/{x}', { deprecated: true }),
      ),
      `@id("closed") forbid (principal, action, resource) when { resource.deprecated };
       @id("shut") forbid (principal, action, resource);`,
    ),
    { path: '/a/b' },
    `Guardrail \`closed\` forbids that ${ORDERS} calls \`GET /a/{x}\` of ${PAYMENTS}`,
  ],
  [
    'why a guardrail forbids it, in ASCII',
    guarded(
      declaring([['GET /**', 9]]),
      '@id("shut") @reason("the caf\u00e9 \u{1f600} is shut") forbid (principal, action, resource);',
    ),
    {},
    `Guardrail \`shut\` forbids that ${ORDERS} calls \`GET /a\` of ${PAYMENTS}: the caf\\u00e9 \\ud83d\\ude00 is shut`,
  ],
  [
    'what guardrails say of a `HEAD` that goes by `GET`',
    guarded(
      declaring([['GET /a', 9]]),
      '@id("no-head") forbid (principal, action, resource) when { context.method == "HEAD" };',
    ),
    { method: 'HEAD' },
    `Guardrail \`no-head\` forbids that ${ORDERS} calls \`GET /a\` of ${PAYMENTS}`,
  ],
  [
    'and nothing of it where a `GET` is sent',
    guarded(
      declaring([['GET /a', 9]]),
      '@id("no-head") forbid (principal, action, resource) when { context.method == "HEAD" };',
    ),
    {},
    `${ORDERS} may call \`GET /a\` of ${PAYMENTS}, as declared in \`orders/reeve.yaml:9\`.`,
  ],
  [
    'how long a path is, in units of UTF-16',
    declaring([['GET /a', 9]]),
    { path: `/${'\u{1f600}'.repeat(4096)}` },
    `The path \`/${'\\ud83d\\ude00'.repeat(2)}\\ud83d\\u...83d\\ude00${'\\ud83d\\ude00'.repeat(2)}\` has more than 8192 characters.`,
  ],
];

/** Any characters, those of two units among them, and more than a sentence quotes. */
const arbitraryText = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1, maxLength: 30 }),
  fc.string({ unit: 'binary', minLength: 100, maxLength: 300 }),
  fc.string({ minLength: 60, maxLength: 200 }),
);
const arbitraryForeign = fc.array(
  fc.oneof(
    arbitraryText.map((caller) => ({ ...ASKED, caller })),
    arbitraryText.map((service) => ({ ...ASKED, service })),
    arbitraryText.map((method) => ({ ...ASKED, method })),
    arbitraryText.map((path) => ({ ...ASKED, path })),
    arbitraryText.map((path) => ({ ...ASKED, path: `/${path}` })),
    arbitraryText.map((path) => ({ ...ASKED, protocol: 'event' as const, path })),
  ),
  { minLength: QUESTIONS, maxLength: QUESTIONS },
);

describe.skipIf(isMissing('OPA', opa))('the Open Policy Agent says as the engine', () => {
  let agent: PolicyAgent;
  beforeAll(async () => {
    agent = await startPolicyAgent();
  });
  afterAll(() => agent?.stop());

  it.each(SAID)('%s', async (_, policy, change, message) => {
    const engine = new Engine(policy, new CedarJudge(policy.guardrails));
    const question = { ...ASKED, ...change };
    expect(engine.decide(question).message).toBe(message);
    const [answer] = await agent.answersTo(policy, engine, [question]);
    expect(answer?.decision.message).toBe(message);
  });

  it('what is foreign', async () => {
    const policy = declaring([
      ['GET /a', 9],
      ['GET /v1/**', 10],
    ]);
    const engine = new Engine(policy, new CedarJudge([]));
    await fc.assert(
      fc.asyncProperty(arbitraryForeign, async (questions) => {
        const answers = await agent.answersTo(policy, engine, questions);
        const said = answers.map(({ decision }) => decision.message);
        expect(said).toEqual(questions.map((question) => engine.decide(question).message));
      }),
      { numRuns: RUNS, endOnFailure: true },
    );
  });
});
