import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { permissionsOf, posturesOf, readCluster, weaknessesOf } from '../mesh/cluster.fixture.ts';
import { cilium } from './index.ts';

function workload(name: string, namespace = 'shop'): string {
  return `---
apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: ${namespace} }
spec:
  template:
    metadata: { labels: { app: ${name} } }
    spec:
      containers: [{ name: a, ports: [{ name: http, containerPort: 8080 }, { containerPort: 9090 }] }]
`;
}
const NAMESPACE = `apiVersion: v1
kind: Namespace
metadata: { name: tools, labels: { team: ops } }
`;
const BASE = NAMESPACE + workload('orders') + workload('web') + workload('mail', 'tools');
const policy = (spec: string, kind = 'CiliumNetworkPolicy') => `---
apiVersion: cilium.io/v2
kind: ${kind}
metadata: { name: p${kind === 'CiliumNetworkPolicy' ? ', namespace: shop' : ''} }
spec: ${spec}
`;
const ORDERS = 'endpointSelector: { matchLabels: { app: orders } }';
const ingress = (rules: string, kind?: string) => policy(`{ ${ORDERS}, ingress: ${rules} }`, kind);
const WEB = 'fromEndpoints: [{ matchLabels: { app: web } }]';
const WIDE = 'CiliumClusterwideNetworkPolicy';
const P = 'CiliumNetworkPolicy shop/p';
const HTTP =
  'toPorts: [{ ports: [{ port: "8080" }], rules: { http: [{ method: GET, path: "/a.*" }, { method: POST }] } }]';

const PERMISSIONS: [name: string, manifest: string, want: string[]][] = [
  ['no policy says nothing', '', []],
  [
    'a policy for others',
    policy('{ endpointSelector: { matchLabels: { app: web } }, ingress: [{}] }'),
    [],
  ],
  ['a policy about what goes out', policy(`{ ${ORDERS}, egress: [{}] }`), []],
  ['nobody', ingress('[]'), [`network allow ${P}: nobody → nothing`]],
  [
    'nobody, without a default deny',
    policy(`{ ${ORDERS}, ingress: [], enableDefaultDeny: { ingress: false } }`),
    [],
  ],
  ['everyone', ingress('[{}]'), [`network allow ${P}: * → *`]],
  ['a workload', ingress(`[{ ${WEB} }]`), [`network allow ${P}: shop/web → *`]],
  [
    'a workload by a key with its source',
    ingress('[{ fromEndpoints: [{ matchLabels: { "k8s:app": web } }] }]'),
    [`network allow ${P}: shop/web → *`],
  ],
  [
    'a workload that is not here',
    ingress('[{ fromEndpoints: [{ matchLabels: { app: x } }] }]'),
    [`network allow ${P}: shop/{app=x} → *`],
  ],
  [
    'a workload of another namespace is not meant',
    ingress('[{ fromEndpoints: [{ matchLabels: { app: mail } }] }]'),
    [`network allow ${P}: shop/{app=mail} → *`],
  ],
  [
    'a workload of a namespace by name',
    ingress(
      '[{ fromEndpoints: [{ matchLabels: { app: mail, "k8s:io.kubernetes.pod.namespace": tools } }] }]',
    ),
    [`network allow ${P}: tools/mail → *`],
  ],
  [
    'workloads of namespaces by label',
    ingress(
      '[{ fromEndpoints: [{ matchLabels: { "k8s:io.cilium.k8s.namespace.labels.team": ops } }] }]',
    ),
    [`network allow ${P}: tools/mail → *`],
  ],
  ['the namespace', ingress('[{ fromEndpoints: [{}] }]'), [`network allow ${P}: shop/* → *`]],
  [
    'another namespace',
    ingress('[{ fromEndpoints: [{ matchLabels: { io.kubernetes.pod.namespace: tools } }] }]'),
    [`network allow ${P}: tools/* → *`],
  ],
  [
    'every endpoint of the cluster',
    ingress('[{ fromEndpoints: [{}] }]', WIDE),
    [`network allow ${WIDE} p: cluster → *`],
  ],
  [
    'a workload of any namespace',
    ingress('[{ fromEndpoints: [{ matchLabels: { app: mail } }] }]', WIDE),
    [`network allow ${WIDE} p: tools/mail → *`],
  ],
  [
    'entities',
    ingress('[{ fromEntities: [host, world] }]'),
    [`network allow ${P}: host world → *`],
  ],
  [
    'addresses',
    ingress('[{ fromCIDR: [10.0.0.0/8], fromCIDRSet: [{ cidr: 0.0.0.0/0 }] }]'),
    [`network allow ${P}: 10.0.0.0/8 world → *`],
  ],
  ['empty lists', ingress('[{ fromEndpoints: [] }]'), [`network allow ${P}: nobody → *`]],
  ['requests', ingress(`[{ ${WEB}, ${HTTP} }]`), [`allow ${P}: shop/web → GET /a.*, POST *`]],
  [
    'requests beside a port without rules',
    ingress(`[{ ${WEB}, toPorts: [{ ports: [{ port: "1" }] }, { rules: { http: [{}] } }] }]`),
    [`network allow ${P}: shop/web → 1`],
  ],
  [
    'ports',
    ingress(
      `[{ ${WEB}, toPorts: [{ ports: [{ port: "80" }, { port: "53", protocol: UDP }, { port: "8000", endPort: 9000 }] }] }]`,
    ),
    [`network allow ${P}: shop/web → 80, 53/UDP, 8000-9000`],
  ],
  [
    'a deny',
    policy(`{ ${ORDERS}, ingressDeny: [{ ${WEB} }], ingress: [{}] }`),
    [`network deny ${P}: shop/web → *`, `network allow ${P}: * → *`],
  ],
  [
    'several specs',
    policy('null').replace(
      'spec: null',
      `specs: [{ ${ORDERS}, ingress: [{ ${WEB} }] }, { endpointSelector: {}, ingress: [{ fromEntities: [host] }] }]`,
    ),
    [`network allow ${P}: shop/web → *`, `network allow ${P}: host → *`],
  ],
];

describe('permissions of Cilium', () => {
  it.each(PERMISSIONS)('%s', (_, manifest, want) => {
    const { observations } = readCluster(cilium, BASE + manifest);
    expect(permissionsOf(observations, 'orders')).toEqual(want);
  });

  const BROAD: [name: string, rule: string, isBroad: boolean][] = [
    ['everyone', '{}', true],
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

const REQUIRED = 'authentication: { mode: required }';
const MTLS: [name: string, manifest: string, want: string[], because: RegExp][] = [
  ['without a demand anywhere nothing is told', ingress(`[{ ${WEB} }]`), [], /^/],
  [
    'every rule demands it',
    ingress(`[{ ${WEB}, ${REQUIRED} }]`),
    ['strict'],
    /CiliumNetworkPolicy shop\/p requires authentication/,
  ],
  [
    'a rule that nobody passes',
    ingress(`[{ ${WEB}, authentication: { mode: test-always-fail } }]`),
    ['strict'],
    /requires/,
  ],
  [
    'one of two rules demands it',
    ingress(`[{ ${WEB}, ${REQUIRED} }, { fromEntities: [host] }]`),
    ['permissive'],
    /lets callers in without/,
  ],
  [
    'one of two ports demands it',
    ingress(
      `[{ ${REQUIRED}, toPorts: [{ ports: [{ port: http }] }] }, { toPorts: [{ ports: [{ port: "9090" }] }] }]`,
    ),
    ['permissive', '8080 strict'],
    /lets callers in without/,
  ],
  [
    'a range of ports',
    ingress(
      `[{ ${REQUIRED}, toPorts: [{ ports: [{ port: "8000", endPort: 9000 }] }] }, { toPorts: [{ ports: [{ port: "9090" }] }] }]`,
    ),
    ['permissive', '8080 strict'],
    /lets/,
  ],
  [
    'it is switched off',
    ingress('[{ authentication: { mode: disabled } }]'),
    ['disabled'],
    /disables authentication/,
  ],
  [
    'only others demand it',
    policy(`{ endpointSelector: { matchLabels: { app: web } }, ingress: [{ ${REQUIRED} }] }`),
    ['disabled'],
    /no policy of Cilium demands/,
  ],
  [
    'ztunnel elsewhere',
    NAMESPACE.replace('apiVersion', '---\napiVersion')
      .replace('tools', 'x')
      .replace('team: ops', 'io.cilium/mtls-enabled: "true"'),
    ['disabled'],
    /no policy/,
  ],
  [
    'ztunnel',
    NAMESPACE.replace('apiVersion', '---\napiVersion')
      .replace('tools', 'shop')
      .replace('team: ops', 'io.cilium/mtls-enabled: "true"'),
    ['permissive'],
    /namespace shop has io.cilium\/mtls-enabled=true/,
  ],
];

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
