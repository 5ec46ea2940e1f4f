/** What Istio's objects decide about mTLS, case by case: of manifests and of a running cluster. */

export const NAMESPACE = `apiVersion: v1
kind: Namespace
metadata: { name: shop, labels: { istio-injection: enabled } }
`;
export const WORKLOAD = `---
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
export const BASE = NAMESPACE + WORKLOAD;

export function policy(
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
export const STRICT = '{ mtls: { mode: STRICT } }';
export const inMesh = 'name: default, namespace: istio-system';
export const own = (rest: string) => `{ selector: { matchLabels: { app: orders } }, ${rest} }`;

export const MTLS: [name: string, manifest: string, want: string[], because: RegExp][] = [
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

export const label = (text: string) =>
  BASE.replace('labels: { app: orders }', `labels: { app: orders, ${text} }`);
export const annotation = (text: string) =>
  BASE.replace(
    'labels: { app: orders }',
    `labels: { app: orders }\n      annotations: { ${text} }`,
  );
export const unlabelled = BASE.replace(', labels: { istio-injection: enabled }', '');
export const namespaceLabel = (text: string) => BASE.replace('istio-injection: enabled', text);
export const elsewhere =
  '---\napiVersion: v1\nkind: Namespace\nmetadata: { name: x, labels: { istio-injection: enabled } }\n';

export const INJECTION: [name: string, manifest: string, want: string[], because: RegExp][] = [
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
