/** What Linkerd's objects decide, case by case: of manifests and of a running cluster. */

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
`;
}
export const NAMESPACE = `apiVersion: v1
kind: Namespace
metadata: { name: shop, annotations: { linkerd.io/inject: enabled } }
`;
export const BASE = NAMESPACE + workload('orders') + workload('web');
export const annotated = (text: string) =>
  BASE.replace(
    'metadata: { labels: { app: orders } }',
    `metadata: { labels: { app: orders }, annotations: { ${text} } }`,
  );
export const onNamespace = (text: string) => BASE.replace('linkerd.io/inject: enabled', text);

export const POLICY = 'config.linkerd.io/default-inbound-policy';
export const config = (policy: string) => `---
apiVersion: v1
kind: ConfigMap
metadata: { name: linkerd-config, namespace: linkerd }
data:
  values: |
    proxy:
      defaultInboundPolicy: ${policy}
`;

export const DEFAULTS: [name: string, manifest: string, want: string, because: RegExp][] = [
  [
    'without a word',
    BASE,
    'permissive',
    /no policy is set, and the default is all-unauthenticated$/,
  ],
  [
    'of the installation',
    BASE + config('all-authenticated'),
    'strict',
    /installation is all-authenticated/,
  ],
  [
    'of the namespace',
    onNamespace(`linkerd.io/inject: enabled, ${POLICY}: deny`),
    'strict',
    /namespace shop is deny/,
  ],
  [
    'of the pod',
    annotated(`${POLICY}: cluster-authenticated`),
    'strict',
    /the pod's default policy/,
  ],
  [
    'of the pod over the namespace',
    annotated(`${POLICY}: cluster-unauthenticated`).replace(
      'linkerd.io/inject: enabled',
      `linkerd.io/inject: enabled, ${POLICY}: deny`,
    ),
    'permissive',
    /the pod's/,
  ],
  ['that audits', annotated(`${POLICY}: audit`), 'permissive', /audit/],
  ['that does not exist', annotated(`${POLICY}: lax`), 'unknown', /lax/],
  [
    'of a pod that is kept out',
    annotated('linkerd.io/inject: disabled'),
    'disabled',
    /the pod has linkerd.io\/inject=disabled/,
  ],
  [
    'of a namespace that is kept out',
    onNamespace('linkerd.io/inject: disabled'),
    'disabled',
    /namespace shop has linkerd.io\/inject=disabled/,
  ],
  [
    'of a pod on the network of its host',
    BASE.replace(
      'serviceAccountName: orders',
      'hostNetwork: true\n      serviceAccountName: orders',
    ),
    'disabled',
    /network of its host/,
  ],
  [
    'where others are injected',
    `${onNamespace('a: b')}${workload('x').replace('app: x }', 'app: x }, annotations: { linkerd.io/inject: enabled }')}`,
    'disabled',
    /namespace shop lacks linkerd.io\/inject=enabled/,
  ],
  [
    'of a proxy in the manifest',
    onNamespace('a: b').replace(/name: a,/g, 'name: linkerd-proxy,'),
    'permissive',
    /no policy is set/,
  ],
];

export const SERVER = `---
apiVersion: policy.linkerd.io/v1beta3
kind: Server
metadata: { name: http, namespace: shop, labels: { tier: a } }
spec: { podSelector: { matchLabels: { app: orders } }, port: http }
`;
export const object = (kind: string, name: string, spec: string) => `---
apiVersion: policy.linkerd.io/v1alpha1
kind: ${kind}
metadata: { name: ${name}, namespace: shop }
spec: ${spec}
`;
export const policy = (
  refs: string,
  target = '{ group: policy.linkerd.io, kind: Server, name: http }',
) =>
  object(
    'AuthorizationPolicy',
    'p',
    `{ targetRef: ${target}, requiredAuthenticationRefs: ${refs} }`,
  );
export const mtls = (spec: string) => object('MeshTLSAuthentication', 'tls', spec);
export const network = (cidr: string) =>
  object('NetworkAuthentication', 'net', `{ networks: [{ cidr: ${cidr} }] }`);
export const TLS = '{ group: policy.linkerd.io, kind: MeshTLSAuthentication, name: tls }';
export const NET = '{ group: policy.linkerd.io, kind: NetworkAuthentication, name: net }';
export const ACCOUNT = '{ kind: ServiceAccount, name: web }';
export const authorization = (client: string, server = '{ name: http }') =>
  object('ServerAuthorization', 's', `{ server: ${server}, client: ${client} }`);
export const WEB_IDENTITY =
  '{ identities: [web.shop.serviceaccount.identity.linkerd.cluster.local] }';
export const P = 'allow AuthorizationPolicy shop/p:';
export const S = 'allow ServerAuthorization shop/s:';
export const NOBODY = 'allow Server shop/http: nobody → nothing';

export const SERVERS: [name: string, manifest: string, inbound: string, permission: string][] = [
  ['denies by itself', '', 'strict', NOBODY],
  ['with an account', policy(`[${ACCOUNT}]`), 'strict', `${P} shop/web → *`],
  [
    'with an account that nobody has',
    policy('[{ kind: ServiceAccount, name: x, namespace: y }]'),
    'strict',
    `${P} x.y → *`,
  ],
  ['with an identity', mtls(WEB_IDENTITY) + policy(`[${TLS}]`), 'strict', `${P} shop/web → *`],
  [
    'with every identity',
    mtls('{ identities: ["*"] }') + policy(`[${TLS}]`),
    'strict',
    `${P} *authenticated → *`,
  ],
  [
    'with the identities of a namespace',
    mtls('{ identities: ["*.tools.serviceaccount.identity.linkerd.cluster.local"] }') +
      policy(`[${TLS}]`),
    'strict',
    `${P} tools/* → *`,
  ],
  [
    'with references to identities',
    mtls(
      '{ identityRefs: [{ kind: ServiceAccount, name: web }, { kind: Namespace, name: tools }] }',
    ) + policy(`[${TLS}]`),
    'strict',
    `${P} shop/web tools/* → *`,
  ],
  [
    'with addresses only',
    network('10.0.0.0/8') + policy(`[${NET}]`),
    'permissive',
    `${P} 10.0.0.0/8 → *`,
  ],
  ['with every address', network('0.0.0.0/0') + policy(`[${NET}]`), 'permissive', `${P} * → *`],
  [
    'with addresses and an identity',
    network('0.0.0.0/0') + mtls(WEB_IDENTITY) + policy(`[${TLS}, ${NET}]`),
    'strict',
    `${P} shop/web → *`,
  ],
  ['with no demand', policy('[]'), 'permissive', `${P} * → *`],
  ['with a demand that is not here', policy(`[${TLS}]`), 'strict', NOBODY],
  [
    'of the namespace',
    policy(`[${ACCOUNT}]`, '{ kind: Namespace, name: shop }'),
    'strict',
    `${P} shop/web → *`,
  ],
  [
    'of another namespace',
    policy(`[${ACCOUNT}]`, '{ kind: Namespace, name: tools }'),
    'strict',
    NOBODY,
  ],
  [
    'with a policy for another server',
    policy(`[${ACCOUNT}]`, '{ kind: Server, name: other }'),
    'strict',
    NOBODY,
  ],
  [
    'with accessPolicy',
    SERVER.replace('port: http', 'port: 8080, accessPolicy: all-unauthenticated'),
    'permissive',
    'allow Server shop/http: * → *',
  ],
  [
    'with an older authorization',
    authorization('{ meshTLS: { serviceAccounts: [{ name: web }] } }'),
    'strict',
    `${S} shop/web → *`,
  ],
  [
    'with an older authorization by label',
    authorization(
      '{ meshTLS: { identities: ["*"] } }',
      '{ selector: { matchLabels: { tier: a } } }',
    ),
    'strict',
    `${S} *authenticated → *`,
  ],
  [
    'with an older authorization for others',
    authorization('{ unauthenticated: true }', '{ selector: { matchLabels: { tier: b } } }'),
    'strict',
    NOBODY,
  ],
  [
    'without authentication',
    authorization('{ unauthenticated: true }'),
    'permissive',
    `${S} * → *`,
  ],
  [
    'with TLS of nobody',
    authorization('{ meshTLS: { unauthenticatedTLS: true } }'),
    'permissive',
    `${S} * → *`,
  ],
  [
    'without authentication from addresses',
    authorization('{ unauthenticated: true, networks: [{ cidr: 10.1.0.0/16 }] }'),
    'permissive',
    `${S} 10.1.0.0/16 → *`,
  ],
];
