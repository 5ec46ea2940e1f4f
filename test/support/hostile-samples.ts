/** Small valid files of every format that a reader takes, by path. Mutations of them reach further into
 *  a reader than bytes without any order. */
export const SAMPLES: Readonly<Record<string, string>> = {
  'a/openapi.yaml': `openapi: 3.0.3
info: { title: Orders, version: "1" }
servers: [{ url: "https://example.com/v1" }]
paths:
  /orders/{id}:
    parameters: [{ name: id, in: path, required: true, schema: { type: string } }]
    get:
      deprecated: true
      security: [{ key: [] }]
      responses: { "200": { content: { application/json: { schema: { $ref: "#/components/schemas/Order" } } } } }
components:
  securitySchemes: { key: { type: apiKey, in: header, name: k } }
  schemas: { Order: { type: object, properties: { email: { type: string }, next: { $ref: "#/components/schemas/Order" } } } }
`,
  'a/swagger.json':
    '{"swagger":"2.0","info":{"title":"A","version":"1"},"basePath":"/v1","paths":{"/a":{"get":{"responses":{"200":{"description":"ok"}}},"$ref":"#/x"}}}',
  'a/asyncapi.yaml': `asyncapi: 2.6.0
info: { title: Events, version: "1" }
channels:
  orders.created: { publish: { message: { payload: { type: object, properties: { email: { type: string } } } } } }
`,
  'a/events.yaml': `asyncapi: 3.0.0
info: { title: Events, version: "1" }
channels: { created: { address: orders.created, messages: { a: { payload: { type: object } } } } }
operations: { send: { action: send, channel: { $ref: "#/channels/created" } } }
`,
  'b/cards.proto': `syntax = "proto3";
package cards.v1;
import "google/api/annotations.proto";
/* a comment */
message Card { string number = 1; oneof a { int32 b = 2; } map<string, Card> c = 3; }
service Cards {
  rpc Charge (Card) returns (stream Card) { option (google.api.http) = { post: "/v1/cards/{id=*}" body: "*" }; }
}
`,
  'b/schema.graphql': `"""Orders"""
type Query { order(id: ID! = "a"): Order @deprecated(reason: "old") }
type Order @key(fields: "id") { id: ID!, email: String }
extend schema { mutation: M }
type M { a(b: [Int!]!): Int }
`,
  'c/deployment.yaml': `apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop, labels: { app: web, owner: team-web } }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web }, annotations: { "linkerd.io/inject": enabled } }
    spec:
      serviceAccountName: web
      containers:
        - name: web
          image: example.com/web:1@sha256:0
          args: ["--orders=http://orders:8080", "--password=x"]
          ports: [{ containerPort: 8080, name: http }]
          env:
            - { name: ORDERS_URL, value: "http://orders.shop.svc.cluster.local:8080" }
            - { name: KEY, valueFrom: { secretKeyRef: { name: web, key: k } } }
          livenessProbe: { httpGet: { path: /healthz, port: http } }
---
apiVersion: v1
kind: Service
metadata: { name: orders, namespace: shop }
spec: { selector: { app: orders }, ports: [{ port: 8080, targetPort: http }] }
`,
  'c/ingress.yaml': `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: web, namespace: shop, annotations: { "nginx.ingress.kubernetes.io/rewrite-target": "/$2" } }
spec: { rules: [{ host: example.com, http: { paths: [{ path: "/a(/|$)(.*)", pathType: Prefix, backend: { service: { name: orders, port: { number: 8080 } } } }] } }] }
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: a, namespace: shop }
spec: { podSelector: {}, ingress: [{ from: [{ namespaceSelector: { matchExpressions: [{ key: a, operator: In, values: [b] }] } }, { ipBlock: { cidr: 10.0.0.0/8, except: [10.1.0.0/16] } }], ports: [{ port: 8080, endPort: 8090 }] }] }
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: r, namespace: shop }
spec: { hostnames: ["example.com"], rules: [{ matches: [{ path: { type: PathPrefix, value: /b }, method: GET }], filters: [{ type: URLRewrite, urlRewrite: { path: { type: ReplacePrefixMatch, replacePrefixMatch: / } } }], backendRefs: [{ name: orders, port: 8080 }] }] }
`,
  'c/secret.yaml': `apiVersion: v1
kind: Secret
metadata: { name: web, namespace: shop }
type: Opaque
data: { k: cGFzc3dvcmQ= }
stringData: { DATABASE_URL: "postgres://web:pw@db:5432/web" }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: web, namespace: shop }
data: { "application.properties": "spring.datasource.password=pw\\norders.url=http://orders:8080\\n" }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: reader }
rules: [{ apiGroups: ["*"], resources: [secrets], verbs: ["*"] }]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: { name: reader }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: reader }
subjects: [{ kind: ServiceAccount, name: web, namespace: shop }]
`,
  'c/mesh.yaml': `apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: { name: default, namespace: shop }
spec: { mtls: { mode: STRICT }, selector: { matchLabels: { app: web } }, portLevelMtls: { 8080: { mode: DISABLE } } }
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: a, namespace: shop }
spec: { action: ALLOW, rules: [{ from: [{ source: { principals: ["cluster.local/ns/shop/sa/web"] } }], to: [{ operation: { methods: [GET], paths: ["/orders/*"] } }], when: [{ key: "request.auth.claims[iss]", values: [a] }] }] }
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: v, namespace: shop }
spec: { hosts: [orders], http: [{ match: [{ uri: { regex: "/a+" } }], rewrite: { uri: / }, route: [{ destination: { host: orders, port: { number: 8080 } } }] }] }
---
apiVersion: policy.linkerd.io/v1beta3
kind: Server
metadata: { name: s, namespace: shop }
spec: { podSelector: { matchLabels: { app: web } }, port: http, proxyProtocol: HTTP/1 }
---
apiVersion: policy.linkerd.io/v1alpha1
kind: AuthorizationPolicy
metadata: { name: l, namespace: shop }
spec: { targetRef: { group: policy.linkerd.io, kind: Server, name: s }, requiredAuthenticationRefs: [{ group: policy.linkerd.io, kind: MeshTLSAuthentication, name: m }] }
---
apiVersion: kuma.io/v1alpha1
kind: MeshTrafficPermission
metadata: { name: k, namespace: kuma-system, labels: { kuma.io/mesh: default } }
spec: { targetRef: { kind: Mesh }, from: [{ targetRef: { kind: MeshSubset, tags: { "kuma.io/service": web } }, default: { action: Allow } }] }
---
apiVersion: cilium.io/v2
kind: CiliumNetworkPolicy
metadata: { name: c, namespace: shop }
spec: { endpointSelector: { matchLabels: { app: web } }, ingress: [{ fromEndpoints: [{ matchLabels: { "k8s:app": orders } }], authentication: { mode: required }, toPorts: [{ ports: [{ port: "8080", protocol: TCP }], rules: { http: [{ method: GET, path: "/a/.*" }] } }] }] }
---
apiVersion: configuration.konghq.com/v1
kind: KongPlugin
metadata: { name: p, namespace: shop }
plugin: key-auth
config: { key_names: [k] }
`,
  'd/kustomization.yaml': `namespace: shop
namePrefix: a-
resources: [deployment.yaml]
commonLabels: { a: b }
images: [{ name: web, newName: example.com/web, newTag: "2" }]
configMapGenerator: [{ name: c, literals: [A=http://orders:8080], files: [f=deployment.yaml] }]
secretGenerator: [{ name: s, literals: [PASSWORD=pw], type: Opaque }]
patches: [{ target: { kind: Deployment }, patch: "- op: add\\n  path: /metadata/labels/x\\n  value: y\\n" }]
replacements: [{ source: { kind: Deployment, fieldPath: metadata.name }, targets: [{ select: { kind: Deployment }, fieldPaths: [metadata.annotations.z], options: { create: true } }] }]
`,
  'd/deployment.yaml':
    'apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: web }\nspec: { template: { spec: { containers: [{ name: web, image: web }] } } }\n',
  'e/Chart.yaml':
    'apiVersion: v2\nname: shop\nversion: 1.0.0\ntype: application\ndependencies: [{ name: sub, version: "*", condition: sub.enabled }]\n',
  'e/values.yaml':
    'image: { repository: web, tag: "1" }\nenv:\n  ORDERS_URL: http://orders:8080\nsub: { enabled: true }\n',
  'e/templates/_helpers.tpl':
    '{{- define "shop.name" -}}{{ .Chart.Name | trunc 63 | trimSuffix "-" }}{{- end }}\n',
  'e/templates/deployment.yaml': `{{- if .Values.image }}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ include "shop.name" . | quote }}
spec:
  template:
    spec:
      containers:
        - name: web
          image: "{{ .Values.image.repository }}:{{ .Values.image.tag | default "latest" }}"
          env:
            {{- range $key, $value := .Values.env }}
            - name: {{ $key }}
              value: {{ $value | toYaml | nindent 0 | trim }}
            {{- end }}
{{- end }}
`,
  'f/compose.yaml': `x-env: &env { PASSWORD: "\${PASSWORD:-pw}" }
services:
  web:
    build: { context: ., dockerfile: Dockerfile }
    ports: ["127.0.0.1:8080:80/tcp", { target: 90, published: "9090" }]
    environment: { <<: *env, ORDERS_URL: "http://orders:8080" }
    depends_on: { orders: { condition: service_healthy } }
    healthcheck: { test: ["CMD", "curl", "http://localhost/healthz"] }
    env_file: [.env]
  orders: { image: "orders:1", labels: [a=b], networks: { default: { aliases: [o] } } }
`,
  'f/.env': 'ORDERS_URL="http://orders:8080"\nexport PASSWORD=pw # a\n',
  'f/kong.yaml': `_format_version: "3.0"
services:
  - name: orders
    url: http://orders:8080/v1
    routes: [{ name: r, paths: ["/orders", "~/a/(?<id>\\\\d+)$"], methods: [GET], strip_path: true }]
    plugins: [{ name: key-auth }]
consumers: [{ username: web, keyauth_credentials: [{ key: k }] }]
`,
  'f/Dockerfile':
    'FROM node:24 AS build\nARG TOKEN=t\nENV ORDERS_URL=http://orders:8080\nEXPOSE 8080\nCMD ["node", "server.js"]\n',
  'f/nginx.conf':
    'http { upstream o { server orders:8080; } server { location /a { proxy_pass http://o/; } } }\n',
  'g/package.json':
    '{"name":"@shop/web","scripts":{"start":"node server.js"},"dependencies":{"express":"5"}}',
  'g/go.mod': 'module example.com/shop/web\n\ngo 1.22\n\nrequire github.com/gin-gonic/gin v1.9.0\n',
  'g/pom.xml':
    '<project><artifactId>web</artifactId><dependencies><dependency><artifactId>spring-boot</artifactId></dependency></dependencies></project>\n',
  'g/build.gradle': "plugins { id 'org.springframework.boot' }\nrootProject.name = 'web'\n",
  'g/pyproject.toml': '[project]\nname = "web"\n[project.scripts]\nweb = "web:main"\n',
  'g/web.csproj':
    '<Project Sdk="Microsoft.NET.Sdk.Web"><PropertyGroup><AssemblyName>Web</AssemblyName></PropertyGroup></Project>\n',
  'g/Cargo.toml': '[package]\nname = "web"\n[[bin]]\nname = "web"\n',
  'g/skaffold.yaml':
    'apiVersion: skaffold/v4beta1\nkind: Config\nbuild: { artifacts: [{ image: web, context: . }] }\n',
  CODEOWNERS: '# who\n* @a\n/a/ @team-a user@example.com\n[section][2] @b\n!c\n',
  'h/catalog-info.yaml':
    'apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: { name: web, annotations: { a: b } }\nspec: { type: service, owner: group:default/team-a, system: s, providesApis: [x] }\n',
  'h/OWNERS': 'approvers:\n  - a\nreviewers: [b]\n',
  'h/reeve.yaml':
    'apiVersion: reeve.dev/v1\nkind: Service\nmetadata: { name: web, namespace: shop, owner: team-a }\nspec:\n  criticality: high\n  exposes: [{ operations: ["GET /a/{id}"], sensitivity: [pii] }]\n  calls: [{ service: orders, operations: ["POST /v1"] }]\n  credentials: [{ name: db, kind: postgres, rotation: { every: 24h } }]\n',
  'i/server.js': `import express, { Router } from 'express';
const app = express(), api = Router();
const prefix = '/v1';
for (const name of ['a', 'b']) api.get(\`/\${name}/:id(\\\\d+)\`, (request, response) => response.end());
app.use(prefix, api).post(['/c', /^\\/d$/], h);
const key = 'k';
fetch(\`http://orders:8080/\${key}\`);
app.listen(8080);
`,
  'i/fastify.ts':
    "import fastify from 'fastify';\nconst app = fastify();\napp.register(async (f) => { f.get<{ A: string }>('/a', { schema: {} }, h); f.route({ method: ['GET'], url: '/b', handler: h }); }, { prefix: '/v1' });\n",
  'i/nest.controller.ts':
    "import { Controller, Get, Param } from '@nestjs/common';\n@Controller({ path: 'a', version: '1' })\nexport class A { @Get(':id') get(@Param('id') id: string) {} }\n",
  'j/Api.java': `package a;
import org.springframework.web.bind.annotation.*;
@RestController @RequestMapping(path = Api.ROOT + "/b")
class Api {
  static final String ROOT = "/a";
  @GetMapping({"/c", "/d"}) String c(@PathVariable String id) { return rest.getForObject("http://orders/x", String.class); }
  @RequestMapping(value = "/e", method = {RequestMethod.PUT, RequestMethod.POST}) void e() {}
}
@jakarta.ws.rs.Path("/f") class F { @jakarta.ws.rs.GET @jakarta.ws.rs.Path("{id: [0-9]+}") void f() {} }
`,
  'j/Api.kt':
    'import org.springframework.web.bind.annotation.*\n@RestController\nclass Api {\n  @GetMapping("/a/{id}")\n  fun a(@PathVariable id: String) = router { GET("/b") { ok() } }\n}\n',
  'j/application.yml':
    'spring: { application: { name: web }, datasource: { password: pw }, cloud: { gateway: { routes: [{ id: o, uri: "lb://orders", predicates: ["Path=/o/**"] }] } } }\nserver: { servlet: { context-path: /root } }\n',
  'j/application.properties':
    'spring.application.name=web\norders.url=http\\://orders:8080\nserver.port = 8080\n',
  'k/app.py': `from flask import Flask, Blueprint
from fastapi import FastAPI, APIRouter
app = Flask(__name__)
bp = Blueprint("b", __name__, url_prefix="/b")
PATH = "/a" + f"/{1}"
@app.route(PATH, methods=["GET", "POST"])
def a(): pass
@bp.get("/c/<int:id>")
async def c(id): requests.get("http://orders:8080/x")
app.register_blueprint(bp)
api = FastAPI(); r = APIRouter(prefix="/r")
@r.post("/{id}")
def d(id: int) -> str: ...
api.include_router(r, prefix="/v1")
`,
  'k/urls.py':
    'from django.urls import path, re_path, include\nurlpatterns = [path("a/<int:id>/", v), re_path(r"^b/(?P<x>\\w+)$", v), path("c/", include("k.urls"))]\n',
  'l/main.go': `package main

import (
	"net/http"
	"github.com/gin-gonic/gin"
)

const prefix = "/v1"

func main() {
	r := gin.Default()
	g := r.Group(prefix)
	for _, p := range []string{"/a", "/b"} { g.GET(p+"/:id", h) }
	http.HandleFunc("POST /c/{id}", func(w http.ResponseWriter, q *http.Request) {})
	http.Get("http://orders:8080/x")
}
`,
  'm/Program.cs':
    'var app = WebApplication.CreateBuilder(args).Build();\nvar g = app.MapGroup("/v1");\ng.MapGet("/a/{id:int}", (int id) => 1);\napp.MapMethods("/b", new[] { "GET" }, () => 2);\napp.Run();\n',
  'm/A.cs':
    '[ApiController, Route("api/[controller]")]\npublic class OrdersController : ControllerBase { [HttpGet("{id}"), Authorize] public int Get(int id) => 1; }\n',
  'n/config.json':
    '{"password":"pw","ConnectionStrings":{"Db":"Server=db;Password=pw"},"url":"http://orders:8080"}',
  'n/settings.ini': '[db]\npassword = pw\nurl = postgres://a:pw@db/x\n',
  'n/main.tf': 'resource "a" "b" { password = "pw" }\n',
  'n/run.sh':
    '#!/bin/sh\nexport TOKEN=pw\ncurl -u a:pw -H "Authorization: Bearer pw" http://orders:8080/x\nmysql -ppw\n',
  'n/dump.sql': "CREATE USER a WITH PASSWORD 'pw';\nINSERT INTO users VALUES ('a', 'pw');\n",
  'n/id.pem': '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n',
  'n/.npmrc': '//registry.example.com/:_authToken=pw\n',
  'n/.htpasswd': 'a:$apr1$a$b\n',
};
