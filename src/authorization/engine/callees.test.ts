import { describe, expect, it } from 'vitest';
import type { Policy, Question } from '../model/index.ts';
import { NO_GUARDRAILS, sampleEndpoint, sampleGrant, sampleService } from '../testing/samples.ts';
import { Engine } from './engine.ts';
import { decideByReference } from './testing/index.ts';

const CALLEES = 60;
const idOf = (number: number): string => `dev/shop/callee-${number}`;
const CALLER = 'dev/shop/caller';

/** Each callee has resources of its own, of which the caller may read one, and all below `/public`. */
function policyOf(endpointsOf: (number: number) => number): Policy {
  const numbers = Array.from({ length: CALLEES }, (_, number) => number);
  return {
    services: [CALLER, ...numbers.map(idOf)].map((id) => sampleService(id)),
    endpoints: numbers.flatMap((number) =>
      Array.from({ length: endpointsOf(number) }, (_, at) => [
        sampleEndpoint(idOf(number), `GET /r${number}/things-${at}/{id}`),
        sampleEndpoint(idOf(number), `GET /r${number}/things-${at}/export`),
      ]).flat(),
    ),
    grants: numbers.flatMap((number) => [
      sampleGrant(CALLER, idOf(number), `GET /r${number}/things-0/{id}`, 3),
      sampleGrant(CALLER, idOf(number), 'GET /public/**', 4),
      sampleGrant(CALLER, idOf(number), 'QUERY order', 5),
    ]),
    guardrails: [],
  };
}

const caller = sampleService(CALLER).identities[0] ?? '';
const ask = (number: number, path: string): Question => ({
  ...{ caller, proof: 'mtls', service: idOf(number), protocol: 'http', method: 'GET', path },
});
const questionsTo = (number: number): Question[] => [
  ...['/things-0/7', '/things-0/export', '/things-1/7', '/things-0'].map((path) =>
    ask(number, `/r${number}${path}`),
  ),
  ask(number, `/r${(number + 1) % CALLEES}/things-0/7`),
  ask(number, '/public/a/b'),
  { ...ask(number, 'order'), protocol: 'graphql', method: 'QUERY' },
];

const ORDERS: Readonly<Record<string, (numbers: number[]) => number[]>> = {
  'as they come': (numbers) => numbers,
  'from the last': (numbers) => numbers.toReversed(),
  'twice, every seventh first': (numbers) =>
    [...numbers, ...numbers].sort((a, b) => ((a * 7) % CALLEES) - ((b * 7) % CALLEES)),
};

describe('what is known of callees', () => {
  it.each(Object.keys(ORDERS))('is the same whoever is asked about, %s', (order) => {
    const policy = policyOf(() => 12);
    const engine = new Engine(policy, NO_GUARDRAILS);
    const numbers = ORDERS[order]?.(Array.from({ length: CALLEES }, (_, number) => number)) ?? [];
    for (const question of numbers.flatMap(questionsTo)) {
      const wanted = decideByReference(policy, NO_GUARDRAILS, question);
      expect(engine.reasonFor(question)).toBe(wanted.reason);
      expect(engine.decide(question)).toMatchObject(wanted);
    }
  });

  it('is the same of callees with very many endpoints, which are known from the beginning', () => {
    const policy = policyOf((number) => (number % 20 === 0 ? 600 : 2));
    const engine = new Engine(policy, NO_GUARDRAILS);
    for (const question of [0, 1, 20, 41].flatMap(questionsTo)) {
      const { reason } = decideByReference(policy, NO_GUARDRAILS, question);
      expect(engine.reasonFor(question)).toBe(reason);
    }
  });

  it('is the same by the rules of a callee, asked before its questions or after them', () => {
    const policy = policyOf(() => 3);
    const [before, after] = [
      new Engine(policy, NO_GUARDRAILS),
      new Engine(policy, NO_GUARDRAILS),
    ] as const;
    const rules = before.rules();
    for (const question of [5, 3, 59].flatMap(questionsTo)) {
      expect(after.reasonFor(question)).toBe(before.reasonFor(question));
    }
    for (const number of [59, 3, 11]) {
      const of = rules.find(({ service }) => service.id === idOf(number));
      expect(after.rulesOf(idOf(number))).toEqual(of);
    }
  });
});
