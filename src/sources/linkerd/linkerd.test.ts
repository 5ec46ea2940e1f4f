import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { permissionsOf, posturesOf, readCluster, weaknessesOf } from '../mesh/cluster.fixture.ts';
import { linkerd } from './index.ts';

function workload(name: string, namespace = 'shop'): string {
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
const NAMESPACE = `apiVersion: v1
kind: Namespace
metadata: { name: shop, annotations: { linkerd.io/inject: enabled } }
`;
const BASE = NAMESPACE + workload('orders') + workload('web');
const annotated = (text: string) =>
  BASE.replace(
    'metadata: { labels: { app: orders } }',
    `metadata: { labels: { app: orders }, annotations: { ${text} } }`,
  );
const onNamespace = (text: string) => BASE.replace('linkerd.io/inject: enabled', text);

const POLICY = 'config.linkerd.io/default-inbound-policy';
const config = (policy: string) => `---
apiVersion: v1
kind: ConfigMap
metadata: { name: linkerd-config, namespace: linkerd }
data:
  values: |
    proxy:
      defaultInboundPolicy: ${policy}
`;

const DEFAULTS: [name: string, manifest: string, want: string, because: RegExp][] = [
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

describe('the default inbound policy of Linkerd', () => {
  it.each(DEFAULTS)('%s', (_, manifest, want, because) => {
    const [posture] = posturesOf(readCluster(linkerd, manifest).observations, 'orders');
    expect(posture?.inbound).toBe(want);
    expect(posture?.because).toMatch(because);
  });

  it('is not judged where there is no mesh', () => {
    expect(readCluster(linkerd, onNamespace('a: b')).observations).toEqual([]);
  });

  it('does not hold for skipped ports', () => {
    const skipping = annotated('config.linkerd.io/skip-inbound-ports: "25, 8000-9000, x"');
    expect(
      posturesOf(readCluster(linkerd, skipping).observations, 'orders').map(
        ({ inbound }) => inbound,
      ),
    ).toEqual(['permissive', '25 disabled', '8080 disabled']);
  });

  it('that lets everyone in by somebody’s word is a weakness', () => {
    const open = annotated(`${POLICY}: all-unauthenticated`);
    expect(weaknessesOf(readCluster(linkerd, open).observations)).toEqual([
      'identity/mtls-permissive Deployment shop/orders: orders @10',
      'authorization/broad-policy Deployment shop/orders: orders @10',
    ]);
  });
});

const SERVER = `---
apiVersion: policy.linkerd.io/v1beta3
kind: Server
metadata: { name: http, namespace: shop, labels: { tier: a } }
spec: { podSelector: { matchLabels: { app: orders } }, port: http }
`;
const object = (kind: string, name: string, spec: string) => `---
apiVersion: policy.linkerd.io/v1alpha1
kind: ${kind}
metadata: { name: ${name}, namespace: shop }
spec: ${spec}
`;
const policy = (refs: string, target = '{ group: policy.linkerd.io, kind: Server, name: http }') =>
  object(
    'AuthorizationPolicy',
    'p',
    `{ targetRef: ${target}, requiredAuthenticationRefs: ${refs} }`,
  );
const mtls = (spec: string) => object('MeshTLSAuthentication', 'tls', spec);
const network = (cidr: string) =>
  object('NetworkAuthentication', 'net', `{ networks: [{ cidr: ${cidr} }] }`);
const TLS = '{ group: policy.linkerd.io, kind: MeshTLSAuthentication, name: tls }';
const NET = '{ group: policy.linkerd.io, kind: NetworkAuthentication, name: net }';
const ACCOUNT = '{ kind: ServiceAccount, name: web }';
const authorization = (client: string, server = '{ name: http }') =>
  object('ServerAuthorization', 's', `{ server: ${server}, client: ${client} }`);
const WEB_IDENTITY = '{ identities: [web.shop.serviceaccount.identity.linkerd.cluster.local] }';
const P = 'allow AuthorizationPolicy shop/p:';
const S = 'allow ServerAuthorization shop/s:';
const NOBODY = 'allow Server shop/http: nobody → nothing';

const SERVERS: [name: string, manifest: string, inbound: string, permission: string][] = [
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

describe('a Server of Linkerd', () => {
  it.each(SERVERS)('%s', (_, manifest, inbound, permission) => {
    const base = manifest.includes('kind: Server\n') ? BASE : BASE + SERVER;
    const { observations } = readCluster(linkerd, base + manifest);
    const port = posturesOf(observations, 'orders').find((one) => one.inbound.startsWith('8080'));
    expect(port?.inbound).toBe(`8080 ${inbound}`);
    expect(permissionsOf(observations, 'orders')).toEqual([permission]);
    expect(permissionsOf(observations, 'web')).toEqual(['allow default: * → *']);
  });

  it('is lax if one of its policies is', () => {
    const both = policy(`[${ACCOUNT}]`) + authorization('{ unauthenticated: true }');
    const { observations } = readCluster(linkerd, BASE + SERVER + both);
    expect(posturesOf(observations, 'orders')[1]).toMatchObject({
      inbound: '8080 permissive',
      because: 'ServerAuthorization shop/s lets callers without mTLS through Server shop/http',
    });
    expect(weaknessesOf(observations)).toEqual([
      'identity/mtls-permissive ServerAuthorization shop/s: orders @38',
      'authorization/broad-policy ServerAuthorization shop/s: orders @38',
    ]);
  });

  it('lets callers of a policy for a route do what the route matches', () => {
    const route = object(
      'HTTPRoute',
      'r',
      '{ parentRefs: [{ kind: Server, name: http }], rules: [{ matches: [{ method: GET, path: { type: Exact, value: /orders } }, { path: { value: /v1/ } }] }] }',
    );
    const target = '{ group: policy.linkerd.io, kind: HTTPRoute, name: r }';
    const { observations } = readCluster(
      linkerd,
      BASE + SERVER + route + policy(`[${ACCOUNT}]`, target),
    );
    expect(permissionsOf(observations, 'orders')).toEqual([`${P} shop/web → GET /orders, * /v1*`]);
  });

  it('lets assume injection where no annotation says anything', () => {
    const { observations } = readCluster(linkerd, onNamespace('a: b') + SERVER);
    expect(posturesOf(observations, 'orders')[0]?.because).toMatch(/injection is assumed/);
  });
});

const { any } = fc.letrec<{ any: unknown }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 6 },
    fc.constantFrom(
      'http',
      'Server',
      'Namespace',
      'shop',
      'MeshTLSAuthentication',
      '*',
      '0.0.0.0/0',
    ),
    fc.string({ maxLength: 5 }),
    fc.constant(null),
    fc.integer(),
    fc.array(tie('any'), { maxLength: 3 }),
    fc.dictionary(
      fc.constantFrom(
        'podSelector',
        'matchLabels',
        'port',
        'targetRef',
        'kind',
        'name',
        'requiredAuthenticationRefs',
        'client',
        'meshTLS',
        'identities',
        'networks',
        'cidr',
        'server',
        'selector',
        'accessPolicy',
        'parentRefs',
        'rules',
        'matches',
        'path',
        '__proto__',
      ),
      tie('any'),
      { maxKeys: 5 },
    ),
  ),
}));

describe('objects of any shape', () => {
  it('are read without a fault', () => {
    const kinds = fc.constantFrom(
      'Server',
      'ServerAuthorization',
      'AuthorizationPolicy',
      'HTTPRoute',
      'MeshTLSAuthentication',
      'NetworkAuthentication',
    );
    fc.assert(
      fc.property(kinds, any, (kind, spec) => {
        const text = BASE + SERVER + policy(`[${TLS}]`) + object(kind, 'tls', JSON.stringify(spec));
        expect(readCluster(linkerd, text).observations.length).toBeGreaterThan(0);
      }),
      { numRuns: 150 },
    );
  });
});
