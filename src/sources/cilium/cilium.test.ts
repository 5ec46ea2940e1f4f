import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { permissionsOf, posturesOf, readCluster, weaknessesOf } from '../mesh/cluster.fixture.ts';
import { cilium } from './index.ts';
import { BASE, HTTP, ingress, MTLS, P, PERMISSIONS, policy, WIDE } from './testing/cases.ts';

describe('permissions of Cilium', () => {
  it.each(PERMISSIONS)('%s', (_, manifest, want) => {
    const { observations } = readCluster(cilium, BASE + manifest);
    expect(permissionsOf(observations, 'orders')).toEqual(want);
  });

  const BROAD: [name: string, rule: string, isBroad: boolean][] = [
    ['everyone', '{ toPorts: [{ ports: [{ port: "8080" }] }] }', true],
    ['all', '{ fromEntities: [all] }', true],
    ['the world', '{ fromEntities: [world] }', true],
    ['the cluster', '{ fromEntities: [cluster] }', true],
    ['everyone to some requests', `{ fromEntities: [all], ${HTTP} }`, false],
    [
      'everyone who is authenticated',
      '{ fromEntities: [all], authentication: { mode: required } }',
      false,
    ],
    ['the host', '{ fromEntities: [host] }', false],
  ];
  it.each(BROAD)('for %s (%s) are broad: %s', (_, rule, isBroad) => {
    const weaknesses = weaknessesOf(readCluster(cilium, BASE + ingress(`[${rule}]`)).observations);
    expect(weaknesses.filter((one) => one.startsWith('authorization/'))).toEqual(
      isBroad ? [`authorization/broad-policy ${P}: orders @35`] : [],
    );
  });
});

describe('authentication of Cilium', () => {
  it.each(MTLS)('%s', (_, manifest, want, because) => {
    const postures = posturesOf(readCluster(cilium, BASE + manifest).observations, 'orders');
    expect(postures.map(({ inbound }) => inbound)).toEqual(want);
    expect(postures[0]?.because ?? '').toMatch(because);
  });

  it('points at the rule that decides', () => {
    const text = `${BASE}---
apiVersion: cilium.io/v2
kind: CiliumNetworkPolicy
metadata: { name: p, namespace: shop }
spec:
  endpointSelector: {}
  ingress:
    - fromEndpoints: [{}]
      authentication:
        mode: required
    - fromEntities: [host]
`;
    const { observations } = readCluster(cilium, text);
    expect(posturesOf(observations, 'orders')).toMatchObject([{ inbound: 'permissive', line: 41 }]);
    expect(weaknessesOf(observations)).toContain(`identity/mtls-permissive ${P}: orders @41`);
    const strict = readCluster(cilium, text.replace(/ {4}- fromEntities.*\n/, ''));
    expect(posturesOf(strict.observations, 'orders')).toMatchObject([{ line: 40 }]);
  });
});

const { any } = fc.letrec<{ any: unknown }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 6 },
    fc.constantFrom('all', 'world', 'required', '8080', 'In', 'k8s:app', '10.0.0.0/8'),
    fc.string({ maxLength: 5 }),
    fc.constant(null),
    fc.integer(),
    fc.array(tie('any'), { maxLength: 3 }),
    fc.dictionary(
      fc.constantFrom(
        'endpointSelector',
        'matchLabels',
        'matchExpressions',
        'key',
        'operator',
        'values',
        'ingress',
        'ingressDeny',
        'fromEndpoints',
        'fromEntities',
        'fromCIDR',
        'toPorts',
        'ports',
        'port',
        'rules',
        'http',
        'method',
        'path',
        'authentication',
        'mode',
        '__proto__',
      ),
      tie('any'),
      { maxKeys: 5 },
    ),
  ),
}));

describe('objects of any shape', () => {
  it('are read without a fault', () => {
    fc.assert(
      fc.property(fc.constantFrom('CiliumNetworkPolicy', WIDE), any, any, (kind, spec, rules) => {
        const text = BASE + policy(JSON.stringify(spec), kind) + ingress(JSON.stringify(rules));
        const { observations } = readCluster(cilium, text);
        expect(observations.every(({ source }) => (source.line ?? 0) > 0)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });
});
