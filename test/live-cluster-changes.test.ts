import { afterEach, describe, expect, it, vi } from 'vitest';
import { judge } from '../src/assurance/index.ts';
import { toRecords } from '../src/estate/index.ts';
import { attribute } from '../src/sources/attribution/index.ts';
import { CLUSTER_READERS } from '../src/sources/cluster-readers/index.ts';
import { ClusterApi, LiveCluster, readLive } from '../src/sources/kubernetes/live/index.ts';
import { TestApiServer } from '../src/sources/kubernetes/live/testing/api-server.ts';

const undo: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

const workload = (name: string, env = '') => `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: shop }
spec:
  template:
    metadata: { labels: { app: ${name} } }
    spec:
      serviceAccountName: ${name}
      containers: [{ name: a, ports: [{ name: http, containerPort: 8080 }]${env} }]
---
apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: shop }
spec: { selector: { app: ${name} }, ports: [{ port: 80, targetPort: 8080 }] }
---
`;
const shop = (labels: string, annotations = '{}') =>
  `${workload('web', ', env: [{ name: ORDERS_URL, value: "http://orders" }]')}${workload('orders')}
apiVersion: v1
kind: Namespace
metadata: { name: shop, labels: ${labels}, annotations: ${annotations} }
---
`;
const object = (apiVersion: string, kind: string, metadata: string, spec: string) =>
  `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: ${metadata}\nspec: ${spec}\n---\n`;

const peers = (mode: string) =>
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
interface Step {
  readonly apply?: string;
  readonly remove?: readonly [kind: string, namespace: string | undefined, name: string];
  readonly is: 'mtls' | 'none' | 'unknown';
  readonly evidence: RegExp;
  readonly allowedBy?: readonly string[];
}

const STORIES: readonly (readonly [mesh: string, start: string, steps: readonly Step[]])[] = [
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
      { remove: ['CiliumNetworkPolicy', 'shop', 'orders'], is: 'none', evidence: /without a mesh/ },
    ],
  ],
];

describe('what changes in a running cluster', () => {
  it.each(STORIES)('with %s changes who authenticates a call', async (_, start, steps) => {
    const server = await TestApiServer.start();
    undo.push(() => server.close());
    server.apply(start);
    const headers = { authorization: `Bearer ${server.token}` };
    const api = new ClusterApi({
      server: new URL(server.origin),
      options: async () => ({ headers }),
    });
    const cluster = new LiveCluster({
      name: 'test',
      api,
      namespaces: [],
      onChange: () => {},
      discoverMs: 20,
    });
    undo.push(async () => {
      await cluster.close();
      api.close();
    });
    cluster.start();
    const call = () => {
      const { observations } = readLive('test', cluster.values(), CLUSTER_READERS);
      const { facts } = attribute(observations, { environment: 'test' });
      return judge(toRecords(facts), new Date().toISOString(), new Map(), {}).calls.find(
        ({ from, to }) => from === 'test/shop/web' && to === 'test/shop/orders',
      );
    };
    for (const { apply, remove, is, evidence, allowedBy } of steps) {
      if (apply !== undefined) server.apply(apply);
      if (remove) server.remove(...remove);
      await vi.waitFor(() => {
        expect(call()).toMatchObject({
          authentication: is,
          evidence: expect.stringMatching(evidence),
          ...(allowedBy && { allowedBy }),
        });
      }, 3_000);
    }
  });
});
