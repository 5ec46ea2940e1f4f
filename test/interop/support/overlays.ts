/** Bases and overlays as teams write them, with the kustomization that is built. */
export const OVERLAYS: Readonly<
  Record<string, { readonly build: string; readonly files: Readonly<Record<string, string>> }>
> = {
  'a base with prefixes, images, generators and patches': {
    build: 'overlays/production',
    files: {
      'base/kustomization.yaml': `apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources: [deployment.yaml, service.yaml]
commonLabels: { team: shop }
configMapGenerator: [{ name: settings, literals: ["CATALOGUE_URL=http://catalogue:80"] }]
`,
      'base/deployment.yaml': `apiVersion: apps/v1
kind: Deployment
metadata: { name: orders, labels: { app: orders } }
spec:
  selector: { matchLabels: { app: orders } }
  template:
    metadata: { labels: { app: orders } }
    spec:
      serviceAccountName: orders
      containers:
        - name: orders
          image: orders
          ports: [{ containerPort: 8080 }]
          env: [{ name: PAYMENTS_URL, value: "http://payments:8080" }]
          envFrom: [{ configMapRef: { name: settings } }]
---
apiVersion: v1
kind: ServiceAccount
metadata: { name: orders }
`,
      'base/service.yaml':
        'apiVersion: v1\nkind: Service\nmetadata: { name: orders }\nspec: { selector: { app: orders }, ports: [{ port: 8080 }] }\n',
      'overlays/production/kustomization.yaml': `apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
namespace: production
namePrefix: shop-
resources: [../../base, policy.yaml]
images: [{ name: orders, newName: registry.example.com/orders, newTag: "7" }]
secretGenerator: [{ name: db, literals: [password=not-a-real-one], type: Opaque }]
configMapGenerator: [{ name: settings, behavior: merge, literals: ["STOCK_URL=http://stock:80"] }]
patches:
  - path: env.yaml
  - target: { kind: Deployment, name: orders }
    patch: |-
      - op: add
        path: /spec/template/spec/containers/0/env/-
        value: { name: MAIL_URL, value: "http://mail.mail.svc.cluster.local:25" }
`,
      'overlays/production/env.yaml': `apiVersion: apps/v1
kind: Deployment
metadata: { name: orders }
spec:
  template:
    spec:
      containers:
        - name: orders
          env:
            - { name: PAYMENTS_URL, value: "http://payments.pay:8081" }
            - { name: DB_PASSWORD, valueFrom: { secretKeyRef: { name: db, key: password } } }
        - { name: sidecar, image: example.com/sidecar }
`,
      'overlays/production/policy.yaml': `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: orders }
spec: { podSelector: { matchLabels: { app: orders } }, ingress: [{ from: [{ podSelector: { matchLabels: { app: web } } }] }] }
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: orders }
spec: { selector: { matchLabels: { app: orders } }, rules: [{ from: [{ source: { principals: ["cluster.local/ns/production/sa/web"] } }], to: [{ operation: { methods: [GET], paths: ["/orders/*"] } }] }] }
`,
    },
  },
  'components and several services': {
    build: 'apps',
    files: {
      'apps/kustomization.yaml':
        'namespace: shop\nresources: [web, reviews]\ncomponents: [../components/tracing]\nlabels: [{ pairs: { part-of: shop }, includeSelectors: true }]\nnameSuffix: -v2\n',
      'apps/web/kustomization.yaml': 'resources: [web.yaml]\n',
      'apps/web/web.yaml': `apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec: { selector: { matchLabels: { app: web } }, template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: web, image: a/web, env: [{ name: REVIEWS_URL, value: "http://reviews-v2:9080" }] }] } } }
---
apiVersion: v1
kind: Service
metadata: { name: web }
spec: { selector: { app: web }, ports: [{ port: 80 }] }
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: web }
spec: { rules: [{ host: shop.example.com, http: { paths: [{ path: /, pathType: Prefix, backend: { service: { name: web, port: { number: 80 } } } }] } }] }
`,
      'apps/reviews/kustomization.yaml': 'resources: [reviews.yaml]\n',
      'apps/reviews/reviews.yaml': `apiVersion: apps/v1
kind: StatefulSet
metadata: { name: reviews }
spec: { serviceName: reviews, selector: { matchLabels: { app: reviews } }, template: { metadata: { labels: { app: reviews } }, spec: { containers: [{ name: reviews, image: a/reviews }] } } }
---
apiVersion: v1
kind: Service
metadata: { name: reviews }
spec: { selector: { app: reviews }, ports: [{ port: 9080 }] }
`,
      'components/tracing/kustomization.yaml': `apiVersion: kustomize.config.k8s.io/v1alpha1
kind: Component
patches:
  - target: { kind: Deployment }
    patch: |-
      - op: add
        path: /spec/template/spec/containers/0/env/-
        value: { name: COLLECTOR_ADDR, value: "collector.tracing:4317" }
`,
    },
  },
};
