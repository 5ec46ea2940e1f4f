import { describe, expect, it } from 'vitest';
import { Engine } from '../../engine/index.ts';
import { CedarJudge, readGuardrails } from '../../guardrails/index.ts';
import type { Policy } from '../../model/index.ts';
import { sampleEndpoint, sampleGrant } from '../../testing/samples.ts';
import { SHOP, SHOP_CONTEXT, SHOP_RULES } from '../testing/shop.ts';
import { compileOpa, serviceNames } from './index.ts';

const GUARDRAILS = `
@id("alive") @reason("it goes")
forbid (principal, action, resource) when { resource.deprecated };

@id("certificates")
forbid (principal, action, resource) when { context.proof == "token" && !resource.deprecated };
`;

/** What the data of a bundle say of one service under guardrails. */
function serviceOf(id: string, plain: Policy, text: string) {
  const { guardrails } = readGuardrails([{ path: 'guardrails/shop.cedar', text }]);
  const policy = { ...plain, guardrails };
  const rules = new Engine(policy, new CedarJudge(guardrails)).rules();
  const { files } = compileOpa(rules, { ...SHOP_CONTEXT, policy });
  return JSON.parse(files.find(({ path }) => path === 'data.json')?.text ?? '').reeve.policy
    .services[id];
}

const compiled = compileOpa(SHOP_RULES, SHOP_CONTEXT);
const fileOf = (path: string, { files } = compiled): string =>
  files.find((file) => file.path === path)?.text ?? '';

describe('a bundle of OPA', () => {
  it('holds our policy in Rego, its data, and which it is', () => {
    expect(compiled.files.map(({ path }) => path)).toEqual([
      '.manifest',
      'data.json',
      'reeve/authz.rego',
      'reeve/declared.rego',
      'reeve/engine.rego',
      'reeve/known.rego',
      'reeve/message.rego',
      'reeve/operation.rego',
      'reeve/paths.rego',
      'reeve/question.rego',
      'reeve/rules.rego',
      'reeve/text.rego',
    ]);
    expect(JSON.parse(fileOf('.manifest'))).toEqual({
      revision: expect.stringMatching(/^policy-[0-9a-f]{16}$/),
      roots: ['reeve'],
      rego_version: 1,
    });
  });

  it('has its rules by callee, caller, protocol and method', () => {
    const services = JSON.parse(fileOf('data.json')).reeve.policy.services;
    const callee = services['default/shop/payments'];
    expect(callee.mode).toBe('enforce');
    expect(callee.callers).toEqual({
      'spiffe://example.org/ns/shop/sa/orders': 0,
      'spiffe://example.org/ns/shop/sa/payments': 1,
    });
    expect(callee.rules[0].allowed.http.POST).toEqual([
      {
        path: { least: 2, most: 2, texts: { 0: 'v1', 1: 'charges' } },
      },
    ]);
    expect(services['default/shop/reviews'].mode).toBe('shadow');
  });

  it('has the places of declarations by what they cover, and guardrails by what they deny', () => {
    const [from, to] = ['default/shop/orders', 'default/shop/payments'] as const;
    const grants = [
      sampleGrant(from, to, 'GET /v1/**', 10),
      sampleGrant(from, to, 'GET /v1/{id}', 9),
      sampleGrant(from, to, 'QUERY paid', 11),
    ];
    const endpoints = [
      sampleEndpoint(to, 'GET /v1/export', { deprecated: true }),
      sampleEndpoint(to, 'DELETE /v1/{id}'),
    ];
    const { rules, known } = serviceOf(to, { ...SHOP, endpoints, grants }, GUARDRAILS);
    expect(known.operations.http.GET.map(({ text }: { text: string }) => text)).toEqual([
      '/v1/export',
      '/v1/{id}',
    ]);
    expect(rules[0].declared).toEqual({
      known: {
        http: {
          GET: [
            { at: 'orders/reeve.yaml:10', covers: [0, 1] },
            { at: 'orders/reeve.yaml:9', covers: [1] },
          ],
        },
        graphql: { QUERY: [{ at: 'orders/reeve.yaml:11', covers: [0] }] },
      },
      beyond: [
        {
          at: 'orders/reeve.yaml:10',
          path: { least: 1, most: 256, texts: { 0: 'v1' } },
          method: 'GET',
        },
      ],
    });
    expect(rules[0].guarded).toEqual({
      http: { GET: { 0: ['forbids', 'alive', from, 'it goes'], 1: ['asked'], unknown: ['asked'] } },
      graphql: { QUERY: { 0: ['asked'] } },
    });
    expect(rules[0].allowed).toEqual({});
  });

  it('takes methods as they are called, whatever they are called', () => {
    const [from, to] = ['default/shop/orders', 'default/shop/payments'] as const;
    const grants = [sampleGrant(from, to, 'QUERY paid', 9)];
    const named = { protocol: 'graphql', method: 'constructor', template: '__proto__' } as const;
    const endpoints = [sampleEndpoint(to, 'GET /v1', named)];
    const { known, rules } = serviceOf(to, { ...SHOP, endpoints, grants }, GUARDRAILS);
    expect(known.operations.graphql).toEqual({
      QUERY: [{ text: 'paid', name: 'paid' }],
      constructor: [{ text: '__proto__', name: '__proto__' }],
    });
    expect(rules[0].guarded).toEqual({ graphql: { QUERY: { 0: ['asked'] } } });
  });

  it('does not depend on any order', () => {
    const turned = {
      ...SHOP_CONTEXT,
      policy: {
        ...SHOP,
        services: SHOP.services.toReversed(),
        endpoints: SHOP.endpoints.toReversed(),
        grants: SHOP.grants.toReversed(),
      },
    };
    expect(compileOpa(SHOP_RULES.toReversed(), turned).files).toEqual(compiled.files);
  });

  it('has another revision with another policy', () => {
    const policy = { ...SHOP, grants: SHOP.grants.slice(1) };
    const other = compileOpa(SHOP_RULES, { ...SHOP_CONTEXT, policy });
    expect(fileOf('.manifest', other)).not.toBe(fileOf('.manifest'));
  });

  it('says that it denies what guardrails must be asked about each time', () => {
    const rules = SHOP_RULES.map((callee) => ({
      ...callee,
      callers: callee.callers.map((caller) => ({
        ...caller,
        allowed: caller.allowed.map((rule) => ({ ...rule, conditions: ['tokens-only'] })),
      })),
    }));
    const { notices, files } = compileOpa(rules, SHOP_CONTEXT);
    expect(notices[0]).toMatchObject({
      service: 'default/shop/mail',
      caller: 'default/shop/orders',
      operation: 'POST /send',
      effect: 'denied',
      message: 'OPA cannot ask the guardrails that look at the request: tokens-only.',
      source: { file: 'orders/reeve.yaml', line: 13 },
    });
    const { services } = JSON.parse(fileOf('data.json', { files, notices })).reeve.policy;
    expect(services['default/shop/mail'].rules[0].allowed).toEqual({});
  });
});

describe('what enforcement points call services', () => {
  const service = (namespace: string, name: string, identities: readonly string[] = []) => ({
    id: `prod/${namespace}/${name}`,
    namespace,
    name,
    identities,
  });
  it.each<readonly [string, ReturnType<typeof service>[], Record<string, string>]>([
    [
      'the id, with and without an environment, the name, and identities',
      [service('shop', 'web', ['spiffe://example.org/web'])],
      {
        'prod/shop/web': 'prod/shop/web',
        'shop/web': 'prod/shop/web',
        web: 'prod/shop/web',
        'spiffe://example.org/web': 'prod/shop/web',
      },
    ],
    [
      'but what several have is nobody’s name',
      [service('shop', 'web', ['spiffe://a/x']), service('mail', 'web', ['spiffe://a/x'])],
      {
        'prod/shop/web': 'prod/shop/web',
        'prod/mail/web': 'prod/mail/web',
        'shop/web': 'prod/shop/web',
        'mail/web': 'prod/mail/web',
      },
    ],
    [
      'and an id comes before a name',
      [service('a', 'b'), { ...service('c', 'd'), name: 'prod/a/b' }],
      {
        'prod/a/b': 'prod/a/b',
        'a/b': 'prod/a/b',
        b: 'prod/a/b',
        'prod/c/d': 'prod/c/d',
        'c/prod/a/b': 'prod/c/d',
      },
    ],
  ])('%s', (_, services, names) => {
    expect(Object.fromEntries(serviceNames(services))).toEqual(names);
  });
});
