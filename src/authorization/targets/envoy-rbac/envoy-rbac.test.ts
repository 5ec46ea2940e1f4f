import fc from 'fast-check';
import { load } from 'js-yaml';
import protobuf from 'protobufjs';
import { describe, expect, it } from 'vitest';
import { Engine } from '../../engine/index.ts';
import {
  arbitraryGuardrails,
  arbitraryPolicy,
  arbitraryQuestion,
  sampleJudge,
} from '../../engine/testing/index.ts';
import type { CalleeRules, OperationRule, Question } from '../../model/index.ts';
import { sampleRule, sampleService, sampleSource } from '../../testing/samples.ts';
import type { TargetContext } from '../compiled.ts';
import { compileEnvoyRbac } from './compile.ts';
import { rbacOf } from './policies.ts';
import type { RbacFilter } from './rbac.ts';
import { letsIn } from './testing/evaluate.ts';
import { toRbacMessage } from './wire.ts';

const RUNS = Number(process.env.REEVE_PROPERTY_RUNS ?? 300);
/** Something unreserved is percent-encoded. */
const NEEDLESS = /%(?:2[DdEe]|3[0-9]|4[1-9A-Fa-f]|5[0-9AaFf]|6[1-9A-Fa-f]|7[0-9AaEe])/;

const isOverHttp = ({ protocol, proof }: Question) => protocol === 'http' && proof === 'mtls';

const cases = arbitraryPolicy().chain((policy) =>
  fc.record({
    policy: fc.constant(policy),
    guardrails: arbitraryGuardrails(
      policy.services.map(({ id }) => id),
      policy.endpoints.map(({ template }) => template),
    ),
    questions: fc.array(arbitraryQuestion(policy).filter(isOverHttp), {
      minLength: 20,
      maxLength: 20,
    }),
  }),
);

describe('what Envoy lets in by itself', () => {
  it('is what the engine allows, but for what is spelt in another way or cannot be said', () => {
    const seen = { allowed: 0, denied: 0, asked: 0 };
    fc.assert(
      fc.property(cases, ({ policy, guardrails, questions }) => {
        const engine = new Engine(policy, sampleJudge(guardrails));
        const compiled = new Map(
          engine.rules().map((rules) => [rules.service.id, rbacOf(rules)] as const),
        );
        for (const question of questions) {
          const { caller, method, path, service } = question;
          const { rbac, unsayable } = compiled.get(service) ?? { rbac: undefined, unsayable: [] };
          const isIn = rbac !== undefined && letsIn(rbac, { principal: caller, method, path });
          const { allowed } = engine.decide(question);
          const mayAsk =
            NEEDLESS.test(path) ||
            unsayable.some(({ caller: one }) => one.identities.includes(caller ?? ''));
          if (isIn !== allowed && !(allowed && mayAsk)) {
            expect({ question, isIn }).toEqual({ question, isIn: allowed });
          }
          seen[isIn ? 'allowed' : allowed ? 'asked' : 'denied']++;
        }
      }),
      { numRuns: RUNS },
    );
    expect(seen.allowed).toBeGreaterThan(RUNS);
    expect(seen.denied).toBeGreaterThan(RUNS);
    expect(seen.asked).toBeLessThan(seen.allowed);
  });
});

const [WEB, ORDERS] = [
  sampleService('production/shop/web'),
  sampleService('production/shop/orders'),
];
const RULE = sampleRule('GET /orders/{id}', { because: [sampleSource('web/reeve.yaml', 7)] });

const rulesWith = (...allowed: readonly Partial<OperationRule>[]): CalleeRules => ({
  service: ORDERS,
  mode: 'enforce',
  callers: [
    {
      identities: WEB.identities,
      services: [WEB],
      allowed: allowed.map((change) => ({ ...RULE, ...change })),
    },
  ],
});

const CONTEXT: TargetContext = {
  placements: new Map(),
  trustDomain: 'example.org',
  policy: { services: [WEB, ORDERS], endpoints: [], grants: [], guardrails: [] },
  egress: false,
};

describe('a rule', () => {
  const lets = (rules: CalleeRules, method: string, path: string) =>
    letsIn(rbacOf(rules).rbac, { principal: WEB.identities[0], method, path });

  it('lets in nobody but its callers', () => {
    const { rbac } = rbacOf(rulesWith({}));
    for (const principal of [undefined, '', 'spiffe://example.org/ns/shop/sa/web2']) {
      expect(letsIn(rbac, { principal, method: 'GET', path: '/orders/7' })).toBe(false);
    }
    expect(lets(rulesWith({}), 'GET', '/orders/7')).toBe(true);
  });

  it('for every method but some lets in methods as they may be sent', () => {
    const rules = rulesWith({ method: '*', exceptMethods: ['DELETE', 'PUT'] });
    const methods = ['GET', 'PROPFIND', 'M-SEARCH', 'DELETE', 'PUT', 'get', 'Get', '', 'GET '];
    const isIn = methods.filter((method) => lets(rules, method, '/orders/7'));
    expect(isIn).toEqual(['GET', 'PROPFIND', 'M-SEARCH']);
  });

  it('leaves out what is decided otherwise, however it is spelt', () => {
    const rules = rulesWith({ except: ['/orders/ké'] });
    const paths = ['/orders/k%C3%A9', '/orders/K%C3%89', '/orders/%E2%84%AA%c3%a9', '/orders/ke'];
    expect(paths.filter((path) => lets(rules, 'GET', path))).toEqual(['/orders/ke']);
  });

  it('that needs a second pattern lets in what matches both', () => {
    const rules = rulesWith({ path: '/{a}/x', also: ['/b/{c}'] });
    const paths = ['/b/x', '/B/x', '/b/X', '/c/x', '/b/y'];
    expect(paths.filter((path) => lets(rules, 'GET', path))).toEqual(['/b/x', '/B/x']);
  });

  it.each<[string, Partial<OperationRule>, RegExp]>([
    ['looks at the request', { conditions: ['working-hours'] }, /working-hours.*each request/],
    ['is about a query', { protocol: 'graphql', method: 'QUERY', path: 'order' }, /graphql/],
    ['has a path beyond a regular expression', { path: `/{id}/${'x'.repeat(200)}` }, /more than/],
    ['has an exception beyond it', { except: [`/${'x'.repeat(200)}`] }, /more than/],
  ])('that %s lets nobody in, and that is said', (_, change, message) => {
    const rules = rulesWith(change, { path: '/fine' });
    const { rbac } = rbacOf(rules);
    expect(Object.values(rbac.policies)[0]?.permissions).toHaveLength(1);
    const { notices } = compileEnvoyRbac([rules], CONTEXT);
    const [notice, ...others] = notices.filter(({ service: id }) => id !== undefined);
    expect(others).toEqual([]);
    expect(notice).toMatchObject({
      service: ORDERS.id,
      caller: WEB.id,
      effect: 'denied',
      message: expect.stringMatching(message),
      source: { file: 'web/reeve.yaml', line: 7 },
    });
  });
});

describe('files for Envoy', () => {
  const typed = (text: string) =>
    (load(text) as { readonly typed_config: Record<string, unknown> }).typed_config;

  it('are one for each service, which lets in nobody where nobody may call', () => {
    const { files } = compileEnvoyRbac([rulesWith({ path: '/orders', method: 'POST' })], CONTEXT);
    expect(files.map(({ path }) => path)).toEqual([
      'production/shop/orders.yaml',
      'production/shop/web.yaml',
    ]);
    expect(files[0]?.text).toMatchInlineSnapshot(`
      "# Who may call production/shop/orders: an item of \`http_filters\`, before the router, below mutual TLS.
      name: envoy.filters.http.rbac
      typed_config:
        '@type': type.googleapis.com/envoy.extensions.filters.http.rbac.v3.RBAC
        rules:
          action: ALLOW
          policies:
            spiffe://example.org/ns/shop/sa/web:
              permissions:
                - and_rules:
                    rules:
                      - header:
                          name: :method
                          string_match:
                            exact: POST
                      - or_rules:
                          rules:
                            - url_path:
                                path:
                                  exact: /orders
                            - url_path:
                                path:
                                  exact: /orders/
              principals:
                - authenticated:
                    principal_name:
                      exact: spiffe://example.org/ns/shop/sa/web
      "
    `);
    expect(typed(files[1]?.text ?? '').rules).toEqual({ action: 'ALLOW', policies: {} });
  });

  it('have shadow rules alone for a service that only logs', () => {
    const rules: CalleeRules = { ...rulesWith({}), mode: 'shadow' };
    const [file] = compileEnvoyRbac([rules], CONTEXT).files;
    const config = typed(file?.text ?? '');
    expect(Object.keys(config)).toEqual(['@type', 'shadow_rules']);
    expect(config.shadow_rules).toEqual(rbacOf(rules).rbac);
  });
});

const PROTO = `
syntax = "proto3";
package rbac;
message RegexMatcher { string regex = 2; }
message StringMatcher { oneof match_pattern { string exact = 1; RegexMatcher safe_regex = 5; } }
message PathMatcher { oneof rule { StringMatcher path = 1; } }
message HeaderMatcher { string name = 1; oneof specifier { StringMatcher string_match = 13; } }
message Set { repeated Permission rules = 1; }
message Permission {
  oneof rule { Set and_rules = 1; Set or_rules = 2; bool any = 3; HeaderMatcher header = 4; Permission not_rule = 8;
    PathMatcher url_path = 10; }
}
message Authenticated { StringMatcher principal_name = 2; }
message Principal { oneof identifier { bool any = 3; Authenticated authenticated = 4; } }
message Policy { repeated Permission permissions = 1; repeated Principal principals = 2; }
message Rules { int32 action = 1; map<string, Policy> policies = 2; }
message Filter { Rules rules = 1; Rules shadow_rules = 2; string shadow_rules_stat_prefix = 3; }
`;

describe('the message', () => {
  it('says the same as the text', () => {
    const type = protobuf.parse(PROTO, { keepCase: true }).root.lookupType('rbac.Filter');
    const { rbac } = rbacOf(
      rulesWith({}, { method: '*', exceptMethods: ['PUT'], path: '/a/b', except: ['/a/B'] }),
    );
    const anything = { permissions: [{ any: true }], principals: [{ any: true }] } as const;
    const filter: RbacFilter = {
      rules: rbac,
      shadow_rules: { action: 'ALLOW', policies: { anything } },
      shadow_rules_stat_prefix: 'reeve_',
    };
    const decoded = type.toObject(type.decode(toRbacMessage(filter)));
    const withoutAction = (rules: RbacFilter['rules']) => ({ policies: rules?.policies });
    expect(decoded).toEqual({
      rules: withoutAction(filter.rules),
      shadow_rules: withoutAction(filter.shadow_rules),
      shadow_rules_stat_prefix: 'reeve_',
    });
  });
});
