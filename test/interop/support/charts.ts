/** Charts as teams write them: files by path, below the chart's own folder. */
export const CHARTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'one service with the helpers that `helm create` writes': {
    'Chart.yaml': 'apiVersion: v2\nname: orders\nversion: 1.2.3\nappVersion: "4.5"\n',
    'values.yaml': `replicaCount: 2
image: { repository: registry.example.com/shop/orders, tag: "" }
nameOverride: ""
fullnameOverride: ""
serviceAccount: { create: true, name: "" }
service: { type: ClusterIP, port: 8080 }
ingress:
  enabled: true
  className: nginx
  hosts: [{ host: orders.example.com, paths: [{ path: /orders, pathType: Prefix }] }]
env:
  PAYMENTS_URL: http://payments.shop.svc.cluster.local:8080
  STOCK_ADDR: stock:9090
config: { LOG_LEVEL: info, CATALOGUE_URL: "http://catalogue:80" }
resources: { limits: { memory: 64Mi } }
`,
    'templates/_helpers.tpl': `{{- define "orders.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}
{{- define "orders.fullname" -}}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" }}
{{- else }}
{{- $name := default .Chart.Name .Values.nameOverride }}
{{- if contains $name .Release.Name }}
{{- .Release.Name | trunc 63 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name $name | trunc 63 | trimSuffix "-" }}
{{- end }}
{{- end }}
{{- end }}
{{- define "orders.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{ include "orders.selectorLabels" . }}
{{- if .Chart.AppVersion }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
{{- end }}
{{- end }}
{{- define "orders.selectorLabels" -}}
app.kubernetes.io/name: {{ include "orders.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}
`,
    'templates/deployment.yaml': `apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ include "orders.fullname" . }}
  labels:
    {{- include "orders.labels" . | nindent 4 }}
spec:
  replicas: {{ .Values.replicaCount }}
  selector:
    matchLabels:
      {{- include "orders.selectorLabels" . | nindent 6 }}
  template:
    metadata:
      labels:
        {{- include "orders.selectorLabels" . | nindent 8 }}
      annotations:
        checksum/config: {{ include (print $.Template.BasePath "/configmap.yaml") . | sha256sum }}
    spec:
      serviceAccountName: {{ include "orders.fullname" . }}
      containers:
        - name: {{ .Chart.Name }}
          image: "{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}"
          ports:
            - name: http
              containerPort: {{ .Values.service.port }}
          {{- with .Values.env }}
          env:
            {{- range $name, $value := . }}
            - name: {{ $name }}
              value: {{ tpl $value $ | quote }}
            {{- end }}
            - name: DB_PASSWORD
              valueFrom: { secretKeyRef: { name: {{ include "orders.fullname" $ }}, key: password } }
          {{- end }}
          envFrom:
            - configMapRef: { name: {{ include "orders.fullname" . }} }
          livenessProbe: { httpGet: { path: /healthz, port: http } }
          resources:
            {{- toYaml .Values.resources | nindent 12 }}
`,
    'templates/service.yaml': `apiVersion: v1
kind: Service
metadata:
  name: {{ include "orders.fullname" . }}
spec:
  type: {{ .Values.service.type }}
  ports: [{ port: {{ .Values.service.port }}, targetPort: http }]
  selector:
    {{- include "orders.selectorLabels" . | nindent 4 }}
`,
    'templates/configmap.yaml': `apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ include "orders.fullname" . }}
data:
  {{- range $key, $value := .Values.config }}
  {{ $key }}: {{ $value | quote }}
  {{- end }}
`,
    'templates/secret.yaml': `apiVersion: v1
kind: Secret
metadata:
  name: {{ include "orders.fullname" . }}
type: Opaque
data:
  password: {{ "not-a-real-one" | b64enc }}
`,
    'templates/ingress.yaml': `{{- if .Values.ingress.enabled -}}
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: {{ include "orders.fullname" . }}
spec:
  ingressClassName: {{ .Values.ingress.className }}
  rules:
    {{- range .Values.ingress.hosts }}
    - host: {{ .host | quote }}
      http:
        paths:
          {{- range .paths }}
          - path: {{ .path }}
            pathType: {{ .pathType }}
            backend: { service: { name: {{ include "orders.fullname" $ }}, port: { number: {{ $.Values.service.port }} } } }
          {{- end }}
    {{- end }}
{{- end }}
`,
    'templates/serviceaccount.yaml': `{{- if .Values.serviceAccount.create }}
apiVersion: v1
kind: ServiceAccount
metadata: { name: {{ include "orders.fullname" . }} }
{{- end }}
`,
    'templates/NOTES.txt': 'Installed {{ .Release.Name }}.\n',
    'templates/tests/test.yaml':
      'apiVersion: v1\nkind: Pod\nmetadata: { name: "{{ .Release.Name }}-test", annotations: { "helm.sh/hook": test } }\nspec: { containers: [{ name: t, image: busybox }] }\n',
  },
  'several services from one loop, with subcharts and conditions': {
    'Chart.yaml': `apiVersion: v2
name: shop
version: 0.1.0
dependencies:
  - { name: cache, version: 1.0.0, condition: cache.enabled }
  - { name: queue, version: 1.0.0, condition: queue.enabled }
`,
    'values.yaml': `global: { registry: registry.example.com, mesh: true }
cache: { enabled: true, port: 6380 }
queue: { enabled: false }
services:
  web: { port: 80, calls: [orders, reviews], public: true }
  orders: { port: 8080, calls: [billing] }
  billing: { port: 8081, calls: [] }
  reviews: { port: 8082, calls: [], disabled: true }
`,
    'templates/services.yaml': `{{- range $name, $service := .Values.services }}
{{- if not $service.disabled }}
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: {{ $name }}, labels: { app: {{ $name }} } }
spec:
  selector: { matchLabels: { app: {{ $name }} } }
  template:
    metadata: { labels: { app: {{ $name }} } }
    spec:
      serviceAccountName: {{ $name }}
      containers:
        - name: main
          image: {{ printf "%s/%s:%s" $.Values.global.registry $name ($.Chart.Version | toString) }}
          ports: [{ containerPort: {{ $service.port | int }} }]
          env:
            {{- range $index, $callee := $service.calls }}
            - { name: "CALLEE_{{ $index }}_URL", value: "http://{{ $callee }}:{{ (index $.Values.services $callee).port }}/v1" }
            {{- else }}
            - { name: QUIET, value: "true" }
            {{- end }}
            - { name: CACHE_ADDR, value: {{ printf "%s-cache:%d" $.Release.Name (int $.Values.cache.port) | quote }} }
---
apiVersion: v1
kind: Service
metadata: { name: {{ $name }} }
spec: { selector: { app: {{ $name }} }, ports: [{ port: {{ $service.port }} }] }
{{- end }}
{{- end }}
`,
    'templates/policies.yaml': `{{- if .Values.global.mesh }}
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: { name: default }
spec: { mtls: { mode: {{ ternary "STRICT" "PERMISSIVE" (eq .Values.global.mesh true) }} } }
{{- $open := list }}
{{- range $name, $service := .Values.services }}
{{- if and $service.public (not $service.disabled) }}{{ $open = append $open $name }}{{ end }}
{{- if $service.calls }}
{{- range $service.calls }}
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: {{ . }}-from-{{ $name }} }
spec:
  selector: { matchLabels: { app: {{ . }} } }
  rules:
    - from: [{ source: { principals: ["cluster.local/ns/{{ $.Release.Namespace }}/sa/{{ $name }}"] } }]
      to: [{ operation: { methods: [GET, POST], paths: ["/v1/*"] } }]
{{- end }}
{{- end }}
{{- end }}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: default }
spec:
  podSelector: { matchExpressions: [{ key: app, operator: NotIn, values: {{ $open | toJson }} }] }
  ingress: [{ from: [{ podSelector: {} }] }]
{{- end }}
`,
    'charts/cache/Chart.yaml': 'apiVersion: v2\nname: cache\nversion: 1.0.0\n',
    'charts/cache/values.yaml': 'port: 6379\nimage: redis\n',
    'charts/cache/templates/all.yaml': `apiVersion: apps/v1
kind: StatefulSet
metadata: { name: {{ .Release.Name }}-cache }
spec:
  serviceName: {{ .Release.Name }}-cache
  selector: { matchLabels: { app: cache } }
  template:
    metadata: { labels: { app: cache } }
    spec: { containers: [{ name: redis, image: "{{ .Values.global.registry }}/{{ .Values.image }}:7", args: ["--requirepass", "$(PASSWORD)"], ports: [{ containerPort: {{ .Values.port }} }] }] }
---
apiVersion: v1
kind: Service
metadata: { name: {{ .Release.Name }}-cache }
spec: { selector: { app: cache }, ports: [{ port: {{ .Values.port }} }] }
`,
    'charts/queue/Chart.yaml': 'apiVersion: v2\nname: queue\nversion: 1.0.0\n',
    'charts/queue/templates/all.yaml':
      'apiVersion: v1\nkind: Service\nmetadata: { name: queue }\nspec: { ports: [{ port: 1 }] }\n',
  },
  'functions of Sprig in many places': {
    'Chart.yaml': 'apiVersion: v2\nname: tools\nversion: 2.0.0\n',
    'values.yaml': `apps:
  - { name: Front End, image: "a/front:1" }
  - { name: BACK_END, image: "a/back:1", upstreams: "front-end:80,mail:25" }
extra: |
  - name: MAIL_URL
    value: smtp://mail:25
defaults: { port: 80, tls: false }
`,
    'templates/all.yaml': `{{- $defaults := .Values.defaults }}
{{- range .Values.apps }}
{{- $app := merge (dict "labels" (dict "tier" "app")) . $defaults }}
{{- $slug := .name | lower | replace " " "-" | replace "_" "-" }}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ $slug }}
  labels: {{- toYaml $app.labels | nindent 4 }}
spec:
  selector: { matchLabels: { app: {{ $slug }} } }
  template:
    metadata: { labels: { app: {{ $slug | squote }} } }
    spec:
      containers:
        - name: {{ $slug | trunc 10 | trimSuffix "-" }}
          image: {{ .image | splitList ":" | first }}:{{ .image | splitList ":" | last }}
          env:
            {{- range $i, $u := splitList "," (default "" .upstreams) | compact }}
            {{- $parts := split ":" $u }}
            - name: {{ printf "UPSTREAM_%02d_%s" (add1 $i) ($parts._0 | snakecase | upper) }}
              value: "http://{{ $parts._0 }}:{{ $parts._1 | default "80" }}"
            {{- end }}
            {{- if hasKey $app "port" }}
            - { name: PORT, value: {{ $app.port | quote }} }
            {{- end }}
            {{- $.Values.extra | nindent 12 }}
---
apiVersion: v1
kind: Service
metadata: { name: {{ $slug }} }
spec: { selector: { app: {{ $slug }} }, ports: [{ port: {{ coalesce $app.port 8080 }} }] }
{{- end }}
{{- /* a comment */ -}}
{{- if semverCompare ">=1.21-0" .Capabilities.KubeVersion.GitVersion }}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: all }
spec: { minAvailable: {{ max 1 (len .Values.apps) }} }
{{- end }}
`,
  },
};
