/** What Kuma's objects decide, case by case: of manifests and of a running cluster. */

export function workload(name: string, namespace = 'shop'): string {
  return `---
apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: ${namespace} }
spec:
  template:
    metadata: { labels: { app: ${name} } }
    spec:
      serviceAccountName: ${name}
      containers: [{ name: a, ports: [{ name: http, containerPort: 8080 }] }]
---
apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: ${namespace} }
spec: { selector: { app: ${name} } }
`;
}
export const NAMESPACE = `apiVersion: v1
kind: Namespace
metadata: { name: shop, labels: { kuma.io/sidecar-injection: enabled } }
`;
export const BASE = NAMESPACE + workload('orders') + workload('web');
export const object = (
  kind: string,
  spec: string,
  metadata = 'name: p, namespace: kuma-system',
) => `---
apiVersion: kuma.io/v1alpha1
kind: ${kind}
metadata: { ${metadata} }
spec: ${spec}
`;
export const mesh = (mode = '', name = 'default') =>
  object(
    'Mesh',
    `{ mtls: { enabledBackend: ca, backends: [{ name: ca, type: builtin${mode} }] } }`,
    `name: ${name}`,
  );
export const onNamespace = (text: string) =>
  BASE.replace('kuma.io/sidecar-injection: enabled', text);
export const onPod = (text: string) =>
  BASE.replace('labels: { app: orders }', `labels: { app: orders, ${text} }`);
export const tls = (mode: string, target = '{ kind: Mesh }', metadata?: string) =>
  object('MeshTLS', `{ targetRef: ${target}, rules: [{ default: { mode: ${mode} } }] }`, metadata);

export const MTLS: [name: string, manifest: string, want: string[], because: RegExp][] = [
  [
    'a mesh that is not here has none',
    BASE,
    ['disabled'],
    /no Mesh enables mTLS, and the default is none/,
  ],
  [
    'a mesh without a backend has none',
    BASE + object('Mesh', '{}', 'name: default'),
    ['disabled'],
    /Mesh default enables no mTLS backend/,
  ],
  [
    'a backend is strict by default',
    BASE + mesh(),
    ['strict'],
    /Mesh default mTLS is STRICT by default/,
  ],
  ['a backend may be strict', BASE + mesh(', mode: STRICT'), ['strict'], /is STRICT$/],
  [
    'a backend may be permissive',
    BASE + mesh(', mode: PERMISSIVE'),
    ['permissive'],
    /is PERMISSIVE$/,
  ],
  [
    'a backend that is not there',
    BASE + mesh().replace('enabledBackend: ca', 'enabledBackend: cb'),
    ['unknown'],
    /does not have/,
  ],
  [
    'another mesh that is not here',
    onPod('kuma.io/mesh: other') + mesh(),
    ['unknown'],
    /Mesh other is not here/,
  ],
  ['another mesh', onPod('kuma.io/mesh: other') + mesh('', 'other'), ['strict'], /Mesh other/],
  [
    'MeshTLS overrides the mesh',
    BASE + mesh() + tls('Permissive'),
    ['permissive'],
    /MeshTLS kuma-system\/p Permissive/,
  ],
  ['MeshTLS without mTLS', BASE + tls('Strict'), ['disabled'], /no Mesh enables/],
  [
    'MeshTLS in its older form',
    BASE +
      mesh() +
      object('MeshTLS', '{ from: [{ targetRef: { kind: Mesh }, default: { mode: Permissive } }] }'),
    ['permissive'],
    /MeshTLS/,
  ],
  [
    'MeshTLS of other workloads',
    BASE + mesh() + tls('Permissive', '{ kind: Dataplane, labels: { app: web } }'),
    ['strict'],
    /Mesh default/,
  ],
  [
    'MeshTLS of another namespace',
    BASE + mesh() + tls('Permissive', '{ kind: Mesh }', 'name: p, namespace: tools'),
    ['strict'],
    /Mesh default/,
  ],
  [
    'the narrower MeshTLS counts',
    BASE +
      mesh() +
      tls('Permissive') +
      tls(
        'Strict',
        '{ kind: Dataplane, labels: { app: orders } }',
        'name: z, namespace: kuma-system',
      ),
    ['strict'],
    /MeshTLS kuma-system\/z/,
  ],
  [
    'MeshTLS of one port',
    BASE + mesh() + tls('Permissive', '{ kind: Dataplane, sectionName: http }'),
    ['strict', '8080 permissive'],
    /Mesh default/,
  ],
  [
    'MeshTLS of a port that is not there',
    BASE + mesh() + tls('Permissive', '{ kind: Dataplane, sectionName: grpc }'),
    ['strict'],
    /Mesh default/,
  ],
  [
    'MeshIdentity gives mTLS',
    BASE + object('MeshIdentity', '{ selector: { dataplane: { matchLabels: { app: orders } } } }'),
    ['strict'],
    /MeshIdentity/,
  ],
  [
    'MeshIdentity of others',
    BASE + object('MeshIdentity', '{ selector: { dataplane: { matchLabels: { app: web } } } }'),
    ['disabled'],
    /no Mesh/,
  ],
  [
    'a namespace that is kept out',
    onNamespace('kuma.io/sidecar-injection: disabled') + mesh(),
    ['disabled'],
    /namespace shop has kuma.io\/sidecar-injection=disabled/,
  ],
  [
    'a pod that is kept out',
    onPod('kuma.io/sidecar-injection: "false"') + mesh(),
    ['disabled'],
    /the pod has/,
  ],
  [
    'labels elsewhere',
    onNamespace('a: b') +
      NAMESPACE.replace('apiVersion', '---\napiVersion').replace('name: shop', 'name: x') +
      mesh(),
    ['disabled'],
    /namespace shop lacks/,
  ],
  ['no label at all', onNamespace('a: b') + mesh(), ['strict'], /injection is assumed/],
];

export const ORDERS = '{ kind: Dataplane, labels: { app: orders } }';
export const from = (ref: string, action = 'Allow', target = ORDERS) =>
  object(
    'MeshTrafficPermission',
    `{ targetRef: ${target}, from: [{ targetRef: ${ref}, default: { action: ${action} } }] }`,
  );
export const rules = (lists: string) =>
  object('MeshTrafficPermission', `{ targetRef: ${ORDERS}, rules: [{ default: { ${lists} } }] }`);
export const id = (value: string, type = 'Exact') =>
  `[{ spiffeID: { type: ${type}, value: "spiffe://td${value}" } }]`;
export const P = 'MeshTrafficPermission kuma-system/p';
export const WEB = '{ kind: MeshSubset, tags: { kuma.io/service: web_shop_svc_80 } }';
export const DENIED = 'deny default: * → *';
export const OPEN = 'allow default: * → *';

export const PERMISSIONS: [name: string, manifest: string, want: string[]][] = [
  ['none keeps everyone out', mesh(), [DENIED]],
  ['none lets everyone in without mTLS', from(WEB), [OPEN]],
  [
    'plain text passes by all of them',
    mesh(', mode: PERMISSIVE') + from(WEB),
    [`allow ${P}: shop/web → *`, OPEN],
  ],
  ['a service by tag', mesh() + from(WEB), [`allow ${P}: shop/web → *`]],
  [
    'a service by name',
    mesh() + from('{ kind: MeshService, name: web }'),
    [`allow ${P}: shop/web → *`],
  ],
  [
    'a service that is not here',
    mesh() + from('{ kind: MeshService, name: x_y_svc_1 }'),
    [`allow ${P}: y/x → *`],
  ],
  [
    'workloads by label',
    mesh() + from('{ kind: MeshSubset, tags: { app: web } }'),
    [`allow ${P}: shop/web → *`],
  ],
  [
    'labels that nobody has',
    mesh() + from('{ kind: MeshSubset, tags: { app: x } }'),
    [`allow ${P}: app=x → *`],
  ],
  [
    'a namespace',
    mesh() + from('{ kind: MeshSubset, tags: { k8s.kuma.io/namespace: tools } }'),
    [`allow ${P}: tools/* → *`],
  ],
  ['the whole mesh', mesh() + from('{ kind: Mesh }'), [`allow ${P}: *authenticated → *`]],
  [
    'a shadow deny lets in',
    mesh() + from(WEB, 'AllowWithShadowDeny'),
    [`allow ${P}: shop/web → *`],
  ],
  ['a deny', mesh() + from(WEB, 'Deny'), [`deny ${P}: shop/web → *`]],
  [
    'a deny of the whole mesh is the default',
    mesh() + from('{ kind: Mesh }', 'DENY'),
    [`allow ${P}: nobody → nothing`],
  ],
  [
    'for other workloads',
    mesh() + from(WEB, 'Allow', '{ kind: Dataplane, labels: { app: web } }'),
    [DENIED],
  ],
  [
    'for a service by name',
    mesh() + from(WEB, 'Allow', '{ kind: MeshService, name: orders_shop_svc_80 }'),
    [`allow ${P}: shop/web → *`],
  ],
  [
    'for every workload',
    mesh() + from(WEB, 'Allow', '{ kind: Mesh }'),
    [`allow ${P}: shop/web → *`],
  ],
  ['of an unknown target', mesh() + from(WEB, 'Allow', '{ kind: Moon }'), [DENIED]],
  ['a SPIFFE ID', mesh() + rules(`allow: ${id('/ns/shop/sa/web')}`), [`allow ${P}: shop/web → *`]],
  [
    'a SPIFFE ID that nobody has',
    mesh() + rules(`allow: ${id('/ns/a/sa/b')}`),
    [`allow ${P}: spiffe://td/ns/a/sa/b → *`],
  ],
  [
    'the SPIFFE IDs of a namespace',
    mesh() + rules(`allow: ${id('/ns/tools', 'Prefix')}`),
    [`allow ${P}: tools/* → *`],
  ],
  [
    'every SPIFFE ID',
    mesh() + rules(`allow: ${id('/', 'Prefix')}`),
    [`allow ${P}: *authenticated → *`],
  ],
  [
    'all lists of a rule',
    mesh() +
      rules(`deny: ${id('/ns/shop/sa/web')}, allowWithShadowDeny: ${id('/ns/tools/', 'Prefix')}`),
    [`deny ${P}: shop/web → *`, `allow ${P}: tools/* → *`],
  ],
  [
    'the older kind',
    `${mesh()}---
apiVersion: kuma.io/v1alpha1
kind: TrafficPermission
mesh: default
metadata: { name: p }
spec:
  sources: [{ match: { kuma.io/service: web_shop_svc_80 } }]
  destinations: [{ match: { kuma.io/service: orders_shop_svc_80 } }]
`,
    ['allow TrafficPermission p: shop/web → *'],
  ],
];
