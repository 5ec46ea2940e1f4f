import { describe, expect, it } from 'vitest';
import { posturesOf, readCluster, weaknessesOf } from '../mesh/cluster.fixture.ts';
import { istio } from './index.ts';

const NAMESPACE = `apiVersion: v1
kind: Namespace
metadata: { name: shop, labels: { istio-injection: enabled } }
`;
const WORKLOAD = `---
apiVersion: apps/v1
kind: Deployment
metadata: { name: orders, namespace: shop }
spec:
  template:
    metadata:
      labels: { app: orders }
    spec:
      serviceAccountName: orders
      containers: [{ name: a, ports: [{ containerPort: 8080 }, { containerPort: 9090 }] }]
`;
const BASE = NAMESPACE + WORKLOAD;

function policy(
  spec: string,
  metadata = 'name: default, namespace: shop',
  kind = 'PeerAuthentication',
) {
  return `---
apiVersion: security.istio.io/v1
kind: ${kind}
metadata: { ${metadata} }
spec: ${spec}
`;
}
const STRICT = '{ mtls: { mode: STRICT } }';
const inMesh = 'name: default, namespace: istio-system';
const own = (rest: string) => `{ selector: { matchLabels: { app: orders } }, ${rest} }`;

const MTLS: [name: string, manifest: string, want: string[], because: RegExp][] = [
  ['without a policy, the default', '', ['permissive'], /no PeerAuthentication.*PERMISSIVE$/],
  [
    'a policy of the namespace',
    policy(STRICT),
    ['strict'],
    /^PeerAuthentication shop\/default STRICT$/,
  ],
  ['a policy of the mesh', policy(STRICT, inMesh), ['strict'], /istio-system\/default/],
  [
    'the namespace over the mesh',
    policy('{ mtls: { mode: DISABLE } }') + policy(STRICT, inMesh),
    ['disabled'],
    /shop\/default DISABLE/,
  ],
  [
    'the workload over the namespace',
    policy(own('mtls: { mode: PERMISSIVE }'), 'name: own, namespace: shop') + policy(STRICT),
    ['permissive'],
    /shop\/own/,
  ],
  [
    'a policy of another namespace',
    policy(STRICT, 'name: default, namespace: other'),
    ['permissive'],
    /no PeerAuthentication/,
  ],
  [
    'a selector that selects others',
    policy('{ selector: { matchLabels: { app: web } }, mtls: { mode: STRICT } }'),
    ['permissive'],
    /no PeerAuthentication/,
  ],
  [
    'UNSET inherits',
    policy('{ mtls: { mode: UNSET } }') + policy(STRICT, inMesh),
    ['strict'],
    /istio-system/,
  ],
  ['an absent mode inherits', policy('{}') + policy(STRICT, inMesh), ['strict'], /istio-system/],
  [
    'the oldest wins a tie',
    policy(
      '{ mtls: { mode: DISABLE } }',
      'name: a, namespace: shop, creationTimestamp: "2025-02-01T00:00:00Z"',
    ) + policy(STRICT, 'name: b, namespace: shop, creationTimestamp: "2025-01-01T00:00:00Z"'),
    ['strict'],
    /shop\/b/,
  ],
  [
    'the first name wins a tie without ages',
    policy('{ mtls: { mode: DISABLE } }', 'name: b, namespace: shop') +
      policy(STRICT, 'name: a, namespace: shop'),
    ['strict'],
    /shop\/a/,
  ],
  [
    'a port of its own',
    policy(own('mtls: { mode: STRICT }, portLevelMtls: { 9090: { mode: DISABLE } }')),
    ['strict', '9090 disabled'],
    /STRICT/,
  ],
  [
    'an UNSET port is like the others',
    policy(own('mtls: { mode: STRICT }, portLevelMtls: { 9090: { mode: UNSET } }')),
    ['strict'],
    /STRICT/,
  ],
  [
    'a port without a mode for the rest',
    policy(own('portLevelMtls: { 9090: { mode: STRICT } }')),
    ['permissive', '9090 strict'],
    /no PeerAuthentication/,
  ],
  [
    'ports without a selector do not count',
    policy('{ mtls: { mode: STRICT }, portLevelMtls: { 9090: { mode: DISABLE } } }'),
    ['strict'],
    /STRICT/,
  ],
  [
    'a selector in the root namespace is contradictory',
    policy(own('mtls: { mode: STRICT }'), inMesh),
    ['unknown'],
    /undefined/,
  ],
  ['a mode that does not exist', policy('{ mtls: { mode: LAX } }'), ['unknown'], /LAX/],
];

describe('inbound mTLS of Istio', () => {
  it.each(MTLS)('%s', (_, manifest, want, because) => {
    const { observations } = readCluster(istio, BASE + manifest);
    const postures = posturesOf(observations, 'orders');
    expect(postures.map(({ inbound }) => inbound)).toEqual(want);
    expect(postures[0]?.because).toMatch(because);
  });

  it('points at the field that decides', () => {
    const lines = `${BASE}---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: { name: default, namespace: shop }
spec:
  selector:
    matchLabels: { app: orders }
  mtls:
    mode: STRICT
  portLevelMtls:
    9090:
      mode: DISABLE
`;
    const { observations } = readCluster(istio, lines);
    expect(posturesOf(observations, 'orders').map(({ line }) => line)).toEqual([23, 26]);
    expect(weaknessesOf(observations)).toEqual([
      'identity/mtls-disabled PeerAuthentication shop/default: orders @26',
    ]);
  });

  it('reads the root namespace from the installation', () => {
    const install =
      '---\napiVersion: install.istio.io/v1alpha1\nkind: IstioOperator\nmetadata: { name: i }\nspec: { meshConfig: { rootNamespace: mesh } }\n';
    const root = policy(STRICT, 'name: default, namespace: mesh');
    const { observations } = readCluster(istio, BASE + install + root);
    expect(posturesOf(observations, 'orders')).toMatchObject([{ inbound: 'strict' }]);
  });
});

const label = (text: string) =>
  BASE.replace('labels: { app: orders }', `labels: { app: orders, ${text} }`);
const annotation = (text: string) =>
  BASE.replace(
    'labels: { app: orders }',
    `labels: { app: orders }\n      annotations: { ${text} }`,
  );
const unlabelled = BASE.replace(', labels: { istio-injection: enabled }', '');
const namespaceLabel = (text: string) => BASE.replace('istio-injection: enabled', text);
const elsewhere =
  '---\napiVersion: v1\nkind: Namespace\nmetadata: { name: x, labels: { istio-injection: enabled } }\n';

const INJECTION: [name: string, manifest: string, want: string[], because: RegExp][] = [
  ['a label of the namespace', BASE, ['strict'], /STRICT$/],
  ['a revision of the namespace', namespaceLabel('istio.io/rev: stable'), ['strict'], /STRICT$/],
  ['ambient mode', namespaceLabel('istio.io/dataplane-mode: ambient'), ['strict'], /STRICT$/],
  [
    'a pod out of ambient mode',
    label('istio.io/dataplane-mode: none').replace(
      'istio-injection: enabled',
      'istio.io/dataplane-mode: ambient',
    ),
    ['disabled'],
    /the pod has istio.io\/dataplane-mode=none/,
  ],
  [
    'a label of the pod',
    `${label('sidecar.istio.io/inject: "true"').replace('istio-injection: enabled', 'a: b')}`,
    ['strict'],
    /STRICT$/,
  ],
  [
    'a pod that is kept out',
    label('sidecar.istio.io/inject: "false"'),
    ['disabled'],
    /the pod has sidecar.istio.io\/inject=false/,
  ],
  [
    'a pod that is kept out by annotation',
    annotation('sidecar.istio.io/inject: "false"'),
    ['disabled'],
    /the pod has/,
  ],
  [
    'a namespace that is kept out',
    namespaceLabel('istio-injection: disabled'),
    ['disabled'],
    /namespace shop has istio-injection=disabled/,
  ],
  [
    'a pod on the network of its host',
    BASE.replace('serviceAccountName', 'hostNetwork: true\n      serviceAccountName'),
    ['disabled'],
    /network of its host/,
  ],
  [
    'a proxy in the manifest',
    `${unlabelled.replace('name: a,', 'name: istio-proxy,')}${elsewhere}`,
    ['strict'],
    /STRICT$/,
  ],
  [
    'labels elsewhere',
    unlabelled + elsewhere,
    ['disabled'],
    /not injected: namespace shop lacks istio-injection=enabled/,
  ],
  ['no label at all, under a policy', unlabelled, ['strict'], /STRICT \(injection is assumed/],
  [
    'an excluded port',
    annotation('traffic.sidecar.istio.io/excludeInboundPorts: "9090, x"'),
    ['strict', '9090 disabled'],
    /STRICT$/,
  ],
  [
    'included ports',
    annotation('traffic.sidecar.istio.io/includeInboundPorts: "8080"'),
    ['strict', '9090 disabled'],
    /STRICT$/,
  ],
  [
    'every port included',
    annotation('traffic.sidecar.istio.io/includeInboundPorts: "*"'),
    ['strict'],
    /STRICT$/,
  ],
  [
    'a bypass of ambient capture',
    annotation('ambient.istio.io/bypass-inbound-capture: "true"'),
    ['disabled'],
    /annotation ambient/,
  ],
];

describe('who is in the mesh of Istio', () => {
  it.each(INJECTION)('%s', (_, manifest, want, because) => {
    const { observations } = readCluster(istio, manifest + policy(STRICT));
    const postures = posturesOf(observations, 'orders');
    expect(postures.map(({ inbound }) => inbound)).toEqual(want);
    expect(postures[0]?.because).toMatch(because);
  });

  it('nobody, where there is no mesh', () => {
    expect(readCluster(istio, unlabelled)).toEqual({ observations: [], diagnostics: [] });
  });

  it('not what runs the cluster', () => {
    const system = WORKLOAD.replace('namespace: shop', 'namespace: kube-system');
    expect(readCluster(istio, NAMESPACE + system).observations).toEqual([]);
  });
});

const rule = (spec: string) =>
  policy(spec, 'name: r, namespace: shop', 'DestinationRule').replace('security', 'networking');

describe('a DestinationRule', () => {
  const RULES: [name: string, spec: string, want: string[]][] = [
    [
      'that sends plain text',
      '{ host: orders, trafficPolicy: { tls: { mode: DISABLE } } }',
      ['orders'],
    ],
    [
      'that shows no certificate',
      '{ host: orders.shop.svc.cluster.local, trafficPolicy: { tls: { mode: SIMPLE } } }',
      ['orders.shop.svc.cluster.local'],
    ],
    [
      'of one port',
      '{ host: orders, trafficPolicy: { portLevelSettings: [{ port: { number: 1 }, tls: { mode: DISABLE } }] } }',
      ['orders'],
    ],
    [
      'of one subset',
      '{ host: orders, subsets: [{ name: a, trafficPolicy: { tls: { mode: DISABLE } } }] }',
      ['orders'],
    ],
    [
      'for the whole mesh',
      '{ host: "*.local", trafficPolicy: { tls: { mode: DISABLE } } }',
      ['all'],
    ],
    ['that keeps mTLS', '{ host: orders, trafficPolicy: { tls: { mode: ISTIO_MUTUAL } } }', []],
    [
      'towards the internet',
      '{ host: api.example.com, trafficPolicy: { tls: { mode: SIMPLE } } }',
      [],
    ],
  ];
  it.each(RULES)('%s', (_, spec, want) => {
    const { observations } = readCluster(istio, BASE + rule(spec));
    expect(weaknessesOf(observations)).toEqual(
      want.map((host) => `identity/mtls-disabled DestinationRule shop/r: ${host} @19`),
    );
  });
});
