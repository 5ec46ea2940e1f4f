import { deployment, service } from './manifests.ts';

const workload = (name: string, env = '') =>
  deployment(
    name,
    `{ name: a, image: example/a, ports: [{ name: http, containerPort: 8080 }]${env} }`,
  ) + service(name);
export const shop = (labels: string, annotations = '{}') =>
  `${workload('web', ', env: [{ name: ORDERS_URL, value: "http://orders" }]')}${workload('orders')}
apiVersion: v1
kind: Namespace
metadata: { name: shop, labels: ${labels}, annotations: ${annotations} }
---
`;
const object = (apiVersion: string, kind: string, metadata: string, spec: string) =>
  `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: ${metadata}\nspec: ${spec}\n---\n`;

export const peers = (mode: string) =>
  object(
    'security.istio.io/v1',
    'PeerAuthentication',
    '{ name: default, namespace: shop }',
    `{ mtls: { mode: ${mode} } }`,
  );
const own = object(
  'security.istio.io/v1',
  'PeerAuthentication',
  '{ name: orders, namespace: shop }',
  '{ selector: { matchLabels: { app: orders } }, mtls: { mode: PERMISSIVE } }',
);
const linkerdServer = object(
  'policy.linkerd.io/v1beta3',
  'Server',
  '{ name: orders-http, namespace: shop }',
  '{ podSelector: { matchLabels: { app: orders } }, port: http }',
);
const linkerdPolicy = (kind: string, name: string) =>
  object(
    'policy.linkerd.io/v1alpha1',
    'AuthorizationPolicy',
    '{ name: web, namespace: shop }',
    `{ targetRef: { group: policy.linkerd.io, kind: Server, name: orders-http }, requiredAuthenticationRefs: [{ kind: ${kind}, name: ${name}, group: ${kind === 'ServiceAccount' ? '""' : 'policy.linkerd.io'} }] }`,
  );
const anyone = object(
  'policy.linkerd.io/v1alpha1',
  'NetworkAuthentication',
  '{ name: anyone, namespace: shop }',
  '{ networks: [{ cidr: 0.0.0.0/0 }] }',
);
const mesh = (mtls: string) =>
  object('kuma.io/v1alpha1', 'Mesh', '{ name: default }', `{ ${mtls} }`);
const BACKEND = 'mtls: { enabledBackend: ca, backends: [{ name: ca, type: builtin';
const meshTls = (mode: string) =>
  object(
    'kuma.io/v1alpha1',
    'MeshTLS',
    '{ name: orders, namespace: kuma-system }',
    `{ targetRef: { kind: Mesh }, rules: [{ default: { mode: ${mode} } }] }`,
  );
const kumaPermission = (action: string) =>
  object(
    'kuma.io/v1alpha1',
    'MeshTrafficPermission',
    '{ name: all, namespace: kuma-system }',
    `{ targetRef: { kind: Mesh }, from: [{ targetRef: { kind: Mesh }, default: { action: ${action} } }] }`,
  );
const cilium = (rule: string) =>
  object(
    'cilium.io/v2',
    'CiliumNetworkPolicy',
    '{ name: orders, namespace: shop }',
    `{ endpointSelector: { matchLabels: { app: orders } }, ingress: [{ fromEndpoints: [{ matchLabels: { app: web } }]${rule} }] }`,
  );

/** What is changed, and what the call is then. */
export interface Step {
  readonly apply?: string;
  readonly remove?: readonly [kind: string, namespace: string | undefined, name: string];
  readonly is: 'mtls' | 'none' | 'unknown';
  readonly evidence: RegExp;
  readonly allowedBy?: readonly string[];
}

/** Of each mesh: a call from `shop/web` to `shop/orders`, and how changes of the cluster change who proves it. */
export const STORIES: readonly (readonly [mesh: string, start: string, steps: readonly Step[]])[] =
  [
    [
      'Istio',
      shop('{ istio-injection: enabled }') + peers('STRICT'),
      [
        { is: 'mtls', evidence: /^PeerAuthentication shop\/default STRICT/ },
        { apply: own, is: 'none', evidence: /^PeerAuthentication shop\/orders PERMISSIVE/ },
        {
          remove: ['PeerAuthentication', 'shop', 'orders'],
          is: 'mtls',
          evidence: /^PeerAuthentication shop\/default STRICT/,
        },
        { apply: peers('PERMISSIVE'), is: 'none', evidence: /shop\/default PERMISSIVE/ },
        {
          apply: shop('{ istio-injection: disabled }'),
          is: 'none',
          evidence: /namespace shop has istio-injection=disabled/,
        },
      ],
    ],
    [
      'Linkerd',
      shop('{}', '{ linkerd.io/inject: enabled }'),
      [
        { is: 'none', evidence: /all-unauthenticated/ },
        { apply: linkerdServer, is: 'mtls', evidence: /^Server shop\/orders-http/ },
        {
          apply: linkerdPolicy('ServiceAccount', 'web'),
          is: 'mtls',
          evidence: /AuthorizationPolicy shop\/web/,
          allowedBy: ['AuthorizationPolicy shop/web'],
        },
        {
          apply: anyone + linkerdPolicy('NetworkAuthentication', 'anyone'),
          is: 'none',
          evidence: /AuthorizationPolicy shop\/web/,
        },
        {
          remove: ['AuthorizationPolicy', 'shop', 'web'],
          is: 'mtls',
          evidence: /^Server shop\/orders-http/,
        },
      ],
    ],
    [
      'Kuma',
      shop('{ kuma.io/sidecar-injection: enabled }') + mesh(`${BACKEND} }] }`),
      [
        { is: 'mtls', evidence: /^Mesh default mTLS is STRICT/ },
        {
          apply: kumaPermission('Allow'),
          is: 'mtls',
          evidence: /^Mesh default/,
          allowedBy: ['MeshTrafficPermission kuma-system/all'],
        },
        { apply: kumaPermission('Deny'), is: 'mtls', evidence: /^Mesh default/, allowedBy: [] },
        { apply: meshTls('Permissive'), is: 'none', evidence: /^MeshTLS kuma-system\/orders/ },
        { remove: ['MeshTLS', 'kuma-system', 'orders'], is: 'mtls', evidence: /^Mesh default/ },
        { apply: mesh(''), is: 'none', evidence: /^Mesh default enables no mTLS backend/ },
      ],
    ],
    [
      'Cilium',
      shop('{}') + cilium(', authentication: { mode: required }'),
      [
        { is: 'mtls', evidence: /^CiliumNetworkPolicy shop\/orders/ },
        { apply: cilium(''), is: 'none', evidence: /./ },
        {
          apply: cilium(', authentication: { mode: disabled }'),
          is: 'none',
          evidence: /^CiliumNetworkPolicy shop\/orders/,
        },
        {
          remove: ['CiliumNetworkPolicy', 'shop', 'orders'],
          is: 'none',
          evidence: /without a mesh/,
        },
      ],
    ],
  ];
