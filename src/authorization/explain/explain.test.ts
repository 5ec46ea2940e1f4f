import { describe, expect, it } from 'vitest';
import { Engine } from '../engine/index.ts';
import type { Policy, Question } from '../model/index.ts';
import { sampleEndpoint, sampleGrant, sampleService } from '../testing/samples.ts';
import { explain } from './index.ts';

const service = (id: string) => sampleService(id, { owner: 'team-a' });
const endpoint = (operation: string, blocked = false) =>
  sampleEndpoint('p/shop/orders', operation, { blocked, sensitivity: ['pii'] });
const grant = (operation: string, line: number) =>
  sampleGrant('p/shop/web', 'p/shop/orders', operation, line, 3);
const policy: Policy = {
  services: [service('p/shop/web'), service('p/shop/orders'), service('p/tools/mail')],
  endpoints: [
    endpoint('GET /orders/{id}'),
    endpoint('DELETE /orders/{id}'),
    endpoint('GET /old', true),
  ],
  grants: [grant('GET /orders/{id}', 8), grant('GET /old', 9), grant('POST /orders', 10)],
  guardrails: [
    {
      ...{ id: 'no-post', reason: 'read only', file: 'a.cedar', line: 3, json: {} },
      text: 'forbid …;',
    },
  ],
};
const engine = new Engine(policy, {
  standing: ({ endpoint: asked }) =>
    asked?.method === 'POST' || asked === undefined
      ? { kind: 'forbids', id: 'no-post', reason: 'read only' }
      : { kind: 'clear' },
  judge: () => ({ kind: 'clear' }),
});
const ask = (said: Partial<Question> = {}) =>
  explain(
    engine.trace({
      ...{ caller: 'spiffe://example.org/ns/shop/sa/web', proof: 'mtls', protocol: 'http' },
      ...{ service: 'p/shop/orders', method: 'GET', path: '/orders/42?token=x' },
      ...said,
    }),
    policy,
  );

describe('an explanation', () => {
  it('says what a call was taken for', () => {
    const { facts, remedies, decision } = ask();
    expect(decision.allowed).toBe(true);
    expect(remedies).toEqual([]);
    expect(facts).toContainEqual({
      name: 'caller',
      value: 'spiffe://example.org/ns/shop/sa/web, by mTLS',
    });
    expect(facts).toContainEqual({ name: 'request', value: 'GET /orders/42' });
    expect(facts).toContainEqual({ name: 'endpoint', value: 'GET /orders/{id} (pii)' });
    expect(facts).toContainEqual({
      ...{ name: 'declared', value: 'GET /orders/{id}', place: 'web/reeve.yaml:8:3' },
    });
  });

  it('says what to write, and where, where a call is not declared', () => {
    expect(ask({ method: 'DELETE' }).remedies).toEqual([
      {
        step: 'Declare the call in web/reeve.yaml, if web needs it:',
        snippet: '  calls:\n    - service: orders\n      operations: ["DELETE /orders/{id}"]',
      },
    ]);
    const [unknown] = ask({ service: 'p/tools/mail', path: '/send?to=x' }).remedies;
    expect(unknown?.step).toContain('known of mail: write `{name}` where a value stands');
    expect(unknown?.snippet).toBe(
      '  calls:\n    - service: mail\n      namespace: tools\n      operations: ["GET /send"]',
    );
  });

  it.each<[string, Partial<Question>, string]>([
    ['nobody', { caller: undefined, proof: undefined }, 'prove who it is'],
    ['a stranger', { caller: 'spiffe://example.org/x' }, '`reeve identity entries`'],
    ['no service', { service: 'p/shop/nothing' }, '`reeve services`'],
    ['a path that evades', { path: '/a/../b' }, 'has a segment of one or two dots'],
    ['a blocked endpoint', { path: '/old' }, 'undo the block'],
    ['what is forbidden', { method: 'POST', path: '/orders' }, 'guardrail no-post, at a.cedar:3'],
  ])('says what would help with %s', (_, said, words) => {
    expect(ask(said).remedies[0]?.step).toContain(words);
  });
});
