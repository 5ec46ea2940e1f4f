/** What Cilium's objects decide, case by case: of manifests and of a running cluster. */

export function workload(name: string, namespace = 'shop'): string {
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
export const NAMESPACE = `apiVersion: v1
kind: Namespace
metadata: { name: tools, labels: { team: ops } }
`;
export const BASE = NAMESPACE + workload('orders') + workload('web') + workload('mail', 'tools');
export const policy = (spec: string, kind = 'CiliumNetworkPolicy') => `---
apiVersion: cilium.io/v2
kind: ${kind}
metadata: { name: p${kind === 'CiliumNetworkPolicy' ? ', namespace: shop' : ''} }
spec: ${spec}
`;
export const ORDERS = 'endpointSelector: { matchLabels: { app: orders } }';
export const ingress = (rules: string, kind?: string) =>
  policy(`{ ${ORDERS}, ingress: ${rules} }`, kind);
export const WEB = 'fromEndpoints: [{ matchLabels: { app: web } }]';
export const WIDE = 'CiliumClusterwideNetworkPolicy';
export const P = 'CiliumNetworkPolicy shop/p';
export const HTTP =
  'toPorts: [{ ports: [{ port: "8080" }], rules: { http: [{ method: GET, path: "/a.*" }, { method: POST }] } }]';

export const PERMISSIONS: [name: string, manifest: string, want: string[]][] = [
  ['no policy says nothing', '', []],
  [
    'a policy for others',
    policy('{ endpointSelector: { matchLabels: { app: web } }, ingress: [{}] }'),
    [],
  ],
  ['a policy about what goes out', policy(`{ ${ORDERS}, egress: [{}] }`), []],
  ['an empty list says nothing', ingress('[]'), []],
  [
    'an empty list, without a default deny',
    policy(`{ ${ORDERS}, ingress: [], enableDefaultDeny: { ingress: false } }`),
    [],
  ],
  ['an empty rule lets nobody in', ingress('[{}]'), [`network allow ${P}: nobody → *`]],
  [
    'everyone who comes to a port',
    ingress('[{ toPorts: [{ ports: [{ port: "8080" }] }] }]'),
    [`network allow ${P}: * → 8080`],
  ],
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
    [`network deny ${P}: shop/web → *`, `network allow ${P}: nobody → *`],
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

export const REQUIRED = 'authentication: { mode: required }';
export const MTLS: [name: string, manifest: string, want: string[], because: RegExp][] = [
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
    'every rule that lets anybody in demands it',
    ingress(`[{}, { ${WEB}, ${REQUIRED} }]`),
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
    ingress(`[{ ${WEB}, authentication: { mode: disabled } }]`),
    ['disabled'],
    /disables authentication/,
  ],
  [
    'only others demand it',
    policy(
      `{ endpointSelector: { matchLabels: { app: web } }, ingress: [{ fromEntities: [host], ${REQUIRED} }] }`,
    ),
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
