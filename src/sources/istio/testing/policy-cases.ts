/** What Istio's policies let in, case by case: of manifests and of a running cluster. */

export function workload(name: string, namespace = 'shop', more = ''): string {
  return `---
apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: ${namespace} }
spec:
  template:
    metadata: { labels: { app: ${name}${more} } }
    spec:
      serviceAccountName: ${name}
      containers: [{ name: a, ports: [{ containerPort: 8080 }] }]
`;
}
export const BASE = `apiVersion: v1
kind: Namespace
metadata: { name: shop, labels: { istio-injection: enabled } }
${workload('orders')}${workload('web')}${workload('mail', 'tools')}`;

export function policy(spec: string, metadata = 'name: p, namespace: shop'): string {
  return `---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { ${metadata} }
spec: ${spec}
`;
}
export const DEFAULT = 'allow default: * → *';
export const P = 'AuthorizationPolicy shop/p';
export const ALLOW_WEB =
  '{ rules: [{ from: [{ source: { principals: [cluster.local/ns/shop/sa/web] } }] }] }';
export const allowFrom = (source: string) => `{ rules: [{ from: [{ source: ${source} }] }] }`;
export const denyFrom = (source: string) =>
  `{ action: DENY, rules: [{ from: [{ source: ${source} }] }] }`;
export const allowTo = (operation: string) => `{ rules: [{ to: [{ operation: ${operation} }] }] }`;
export const denyTo = (operation: string) =>
  `{ action: DENY, rules: [{ to: [{ operation: ${operation} }] }] }`;
export const when = (key: string, values: string) =>
  `{ rules: [{ when: [{ key: ${key}, values: ${values} }] }] }`;

export const POLICIES: [name: string, manifest: string, want: string[]][] = [
  ['none lets everyone in', '', [DEFAULT]],
  ['ALLOW without rules lets nobody in', policy('{}'), [`allow ${P}: nobody → nothing`]],
  ['ALLOW of an empty rule lets everyone in', policy('{ rules: [{}] }'), [`allow ${P}: * → *`]],
  ['DENY without rules keeps nobody out', policy('{ action: DENY }'), [DEFAULT]],
  [
    'DENY of an empty rule keeps everyone out',
    policy('{ action: DENY, rules: [{}] }'),
    [`deny ${P}: * → *`, DEFAULT],
  ],
  ['AUDIT enforces nothing', policy('{ action: AUDIT, rules: [{}] }'), [DEFAULT]],
  ['CUSTOM is decided elsewhere', policy('{ action: CUSTOM, rules: [{}] }'), [DEFAULT]],
  [
    'a dry run enforces nothing',
    policy('{}', 'name: p, namespace: shop, annotations: { istio.io/dry-run: "true" }'),
    [DEFAULT],
  ],
  ['of another namespace does not count', policy('{}', 'name: p, namespace: tools'), [DEFAULT]],
  [
    'of the root namespace counts',
    policy('{}', 'name: p, namespace: istio-system'),
    ['allow AuthorizationPolicy istio-system/p: nobody → nothing'],
  ],
  [
    'that selects others does not count',
    policy('{ selector: { matchLabels: { app: web } } }'),
    [DEFAULT],
  ],
  [
    'for a gateway does not count',
    policy('{ targetRefs: [{ kind: Gateway, name: g }] }'),
    [DEFAULT],
  ],
  ['a principal is the service behind it', policy(ALLOW_WEB), [`allow ${P}: shop/web → *`]],
  [
    'a principal that nobody has stays text',
    policy(allowFrom('{ principals: [cluster.local/ns/a/sa/b] }')),
    [`allow ${P}: cluster.local/ns/a/sa/b → *`],
  ],
  [
    'a prefix of principals',
    policy(allowFrom('{ principals: ["cluster.local/ns/shop/*"] }')),
    [`allow ${P}: shop/orders shop/web → *`],
  ],
  [
    'a suffix of principals',
    policy(allowFrom('{ principals: ["*/sa/mail"] }')),
    [`allow ${P}: tools/mail → *`],
  ],
  [
    'every principal',
    policy(allowFrom('{ principals: ["*"] }')),
    [`allow ${P}: *authenticated → *`],
  ],
  [
    'every principal of a trust domain',
    policy(allowFrom('{ principals: ["cluster.local/*"] }')),
    [`allow ${P}: *authenticated → *`],
  ],
  ['a namespace', policy(allowFrom('{ namespaces: [tools] }')), [`allow ${P}: tools/* → *`]],
  [
    'a pattern of namespaces',
    policy(allowFrom('{ namespaces: ["too*"] }')),
    [`allow ${P}: tools/* → *`],
  ],
  [
    'a service account',
    policy(allowFrom('{ serviceAccounts: [web, tools/mail] }')),
    [`allow ${P}: shop/web tools/mail → *`],
  ],
  [
    'a source and a condition',
    policy(
      '{ rules: [{ from: [{ source: { namespaces: [shop] } }], when: [{ key: source.namespace, values: [tools, shop] }, { key: source.principal, values: ["*/sa/web"] }] }] }',
    ),
    [`allow ${P}: shop/web → *`],
  ],
  [
    'a demand that everyone meets beside another',
    policy(allowFrom('{ namespaces: [tools], principals: ["*"], trustDomains: [a] }')),
    [`allow ${P}: tools/* → *`],
  ],
  [
    'a trust domain',
    policy(allowFrom('{ trustDomains: [cluster.local] }')),
    [`allow ${P}: *authenticated → *`],
  ],
  ['every path', policy(allowTo('{ paths: ["*", /a] }')), [`allow ${P}: * → *`]],
  [
    'conditions that all hold',
    policy(allowFrom('{ namespaces: [shop], notPrincipals: ["*/sa/web"] }')),
    [`allow ${P}: shop/orders → *`],
  ],
  [
    'an exclusion alone lets strangers in',
    policy(allowFrom('{ notNamespaces: [tools] }')),
    [`allow ${P}: * → *`],
  ],
  ['a token', policy(allowFrom('{ requestPrincipals: ["*"] }')), [`allow ${P}: *token → *`]],
  ['addresses', policy(allowFrom('{ ipBlocks: [10.0.0.0/8] }')), [`allow ${P}: 10.0.0.0/8 → *`]],
  ['every address', policy(allowFrom('{ ipBlocks: [0.0.0.0/0] }')), [`allow ${P}: * → *`]],
  [
    'a condition on the namespace',
    policy(when('source.namespace', '[tools]')),
    [`allow ${P}: tools/* → *`],
  ],
  [
    'a condition on the token',
    policy(when('request.auth.principal', '["*"]')),
    [`allow ${P}: *token → *`],
  ],
  ['a condition on a header', policy(when('"request.headers[x]"', '[a]')), [`allow ${P}: * → *`]],
  [
    'methods and paths',
    policy(allowTo('{ methods: [GET, POST], paths: [/a, "/b/*"] }')),
    [`allow ${P}: * → GET /a, GET /b/*, POST /a, POST /b/*`],
  ],
  ['methods alone', policy(allowTo('{ methods: [GET] }')), [`allow ${P}: * → GET *`]],
  ['paths alone', policy(allowTo('{ paths: [/a] }')), [`allow ${P}: * → * /a`]],
  [
    'every method but some',
    policy(allowTo('{ notMethods: [GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS] }')),
    [`allow ${P}: * → TRACE *, CONNECT *`],
  ],
  ['a port that the workload has', policy(allowTo('{ ports: ["8080"] }')), [`allow ${P}: * → *`]],
  ['a port that it lacks', policy(allowTo('{ ports: ["1"] }')), [`allow ${P}: * → nothing`]],
  [
    'DENY of a method',
    policy(denyTo('{ methods: [DELETE] }')),
    [`deny ${P}: * → DELETE *`, DEFAULT],
  ],
  ['DENY of some paths only', policy(denyTo('{ notPaths: [/a] }')), [DEFAULT]],
  ['DENY of one of several ports', policy(denyTo('{ ports: ["1"] }')), [DEFAULT]],
  [
    'DENY of all but one namespace',
    policy(denyFrom('{ notNamespaces: [shop] }')),
    [`deny ${P}: tools/mail → *`, DEFAULT],
  ],
  [
    'DENY under a condition',
    policy('{ action: DENY, rules: [{ when: [{ key: "request.headers[x]", values: [a] }] }] }'),
    [DEFAULT],
  ],
  [
    'DENY without a token lets tokens in',
    policy(denyFrom('{ notRequestPrincipals: ["*"] }')),
    [`allow ${P}: *token → *`],
  ],
  [
    'DENY without a token on some paths',
    policy(
      '{ action: DENY, rules: [{ from: [{ source: { notRequestPrincipals: ["*"] } }], to: [{ operation: { paths: [/a] } }] }] }',
    ),
    [DEFAULT],
  ],
  [
    'ALLOW beside DENY',
    policy(ALLOW_WEB) + policy('{ action: DENY, rules: [{}] }', 'name: q, namespace: shop'),
    [`allow ${P}: shop/web → *`, 'deny AuthorizationPolicy shop/q: * → *'],
  ],
];
