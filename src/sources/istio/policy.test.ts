import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { permissionsOf, posturesOf, readCluster, weaknessesOf } from '../mesh/cluster.fixture.ts';
import { istio } from './index.ts';
import { BASE, DEFAULT, P, POLICIES, policy, workload } from './testing/policy-cases.ts';

describe('AuthorizationPolicy', () => {
  it.each(POLICIES)('%s', (_, manifest, want) => {
    const { observations } = readCluster(istio, BASE + manifest);
    expect(permissionsOf(observations, 'orders')).toEqual(want);
  });

  it('on a Service holds for the workloads behind it', () => {
    const service =
      '---\napiVersion: v1\nkind: Service\nmetadata: { name: o, namespace: shop }\nspec: { selector: { app: orders } }\n';
    const target = policy('{ targetRefs: [{ kind: Service, name: o }] }');
    const { observations } = readCluster(istio, BASE + service + target);
    expect(permissionsOf(observations, 'orders')).toEqual([`allow ${P}: nobody → nothing`]);
    expect(permissionsOf(observations, 'web')).toEqual([DEFAULT]);
  });

  it('does not hold for a workload that is not injected', () => {
    const { observations } = readCluster(istio, BASE + policy('{}', 'name: p, namespace: tools'));
    expect(posturesOf(observations, 'mail')).toMatchObject([{ inbound: 'disabled' }]);
    expect(permissionsOf(observations, 'mail')).toEqual([]);
  });

  const BROAD: [name: string, spec: string, isBroad: boolean][] = [
    ['of an empty rule', '{ selector: { matchLabels: { app: orders } }, rules: [{}] }', true],
    [
      'for every principal',
      `{ selector: { matchLabels: { app: orders } }, rules: [{ from: [{ source: { principals: ["*"] } }] }] }`,
      true,
    ],
    [
      'for every namespace',
      `{ selector: { matchLabels: { app: orders } }, rules: [{ from: [{ source: { namespaces: ["*"] } }] }] }`,
      true,
    ],
    [
      'for some hosts',
      '{ selector: { matchLabels: { app: orders } }, rules: [{ to: [{ operation: { hosts: [a] } }] }] }',
      false,
    ],
    [
      'for some operations',
      `{ selector: { matchLabels: { app: orders } }, rules: [{ to: [{ operation: { methods: [GET] } }] }] }`,
      false,
    ],
    [
      'for one caller',
      `{ selector: { matchLabels: { app: orders } }, rules: [{ from: [{ source: { principals: [cluster.local/ns/shop/sa/web] } }] }] }`,
      false,
    ],
    [
      'under a condition',
      `{ selector: { matchLabels: { app: orders } }, rules: [{ when: [{ key: "request.auth.claims[g]", values: [a] }] }] }`,
      false,
    ],
    [
      'that denies',
      '{ selector: { matchLabels: { app: orders } }, action: DENY, rules: [{}] }',
      false,
    ],
  ];
  it.each(BROAD)('%s is broad: %s → %s', (_, spec, isBroad) => {
    const { observations } = readCluster(istio, BASE + policy(spec));
    expect(weaknessesOf(observations)).toEqual(
      isBroad ? [`authorization/broad-policy ${P}: orders @38`] : [],
    );
  });

  it('of a gateway may be broad', () => {
    const gateway = workload('edge', 'shop', ', istio: ingressgateway');
    const broad = policy('{ selector: { matchLabels: { app: edge } }, rules: [{}] }');
    expect(weaknessesOf(readCluster(istio, BASE + gateway + broad).observations)).toEqual([]);
  });
});

const anyText = fc.oneof(
  fc.constantFrom(
    '*',
    'shop',
    'STRICT',
    'ALLOW',
    'DENY',
    'GET',
    '/a',
    '0.0.0.0/0',
    'x*',
    '*x',
    '/ns/',
  ),
  fc.string({ maxLength: 6 }),
);
const { any } = fc.letrec<{ any: unknown }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 6 },
    anyText,
    fc.constant(null),
    fc.integer(),
    fc.array(tie('any'), { maxLength: 3 }),
    fc.dictionary(
      fc.constantFrom(
        'rules',
        'from',
        'to',
        'source',
        'operation',
        'when',
        'principals',
        'namespaces',
        'methods',
        'paths',
        'selector',
        'matchLabels',
        'mtls',
        'mode',
        'portLevelMtls',
        'hosts',
        'http',
        'match',
        'uri',
        'exact',
        'route',
        'destination',
        'host',
        'key',
        'values',
        'action',
        'targetRefs',
        '__proto__',
      ),
      tie('any'),
      { maxKeys: 4 },
    ),
  ),
}));

describe('objects of any shape', () => {
  it('are read without a fault', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(
          'PeerAuthentication',
          'AuthorizationPolicy',
          'VirtualService',
          'DestinationRule',
          'ServiceEntry',
          'Gateway',
        ),
        any,
        (kind, spec) => {
          const group = kind.endsWith('n') || kind.endsWith('Policy') ? 'security' : 'networking';
          const object = {
            apiVersion: `${group}.istio.io/v1`,
            kind,
            metadata: { name: 'x', namespace: 'shop' },
            spec,
          };
          const { observations } = readCluster(istio, `${BASE}---\n${JSON.stringify(object)}`);
          expect(observations.length).toBeGreaterThan(0);
        },
      ),
      { numRuns: 200 },
    );
  });
});
