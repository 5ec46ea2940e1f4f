import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { measure } from './support/measure.ts';

/** `reeve check` of a branch of a repository of 1,000 services, as a whole process: 3 s at most for both states. Each
 *  service has a declaration, a specification and manifests (account, deployment, service, NetworkPolicy,
 *  AuthorizationPolicy). The branch adds a wildcard to one declaration and opens one NetworkPolicy. The peers of the
 *  same run are `reeve scan` of one state, and reading and parsing the files of both in two processes at once. */
const SERVICES = 1_000;
const NAMESPACES = 10;

const folder = mkdtempSync(join(tmpdir(), 'reeve-bench-check-'));
try {
  writeEstate();
  git('init', '-q', '-b', 'main');
  commit('base');
  git('checkout', '-q', '-b', 'feature');
  edit(
    'service-7/reeve.yaml',
    'operations: ["GET /orders/{id}", "POST /orders"]',
    'operations: ["GET /**"]',
  );
  edit('service-9/k8s.yaml', 'podSelector: { matchLabels: { tier: backend } }', 'podSelector: {}');
  commit('wider');
  const check = measure('bin/reeve', [
    'check',
    folder,
    '--base',
    'main',
    '--fail-on',
    'critical',
    '--format',
    'json',
  ]);
  const report = JSON.parse(check.stdout);
  const scan = measure('bin/reeve', ['scan', folder, '--format', 'json'], 3);
  const parse = measure(process.execPath, ['--input-type=module', '-e', parseTwice()], 3);
  console.log(
    `${SERVICES} services, twice: ${report.violations.length} violations, ${report.changes.length} changes`,
  );
  console.log(
    `check         median ${check.seconds.toFixed(2)} s, ${check.megabytes.toFixed(0)} MB at most in one process (figure: 3 s)`,
  );
  console.log(
    `scan of one   median ${scan.seconds.toFixed(2)} s; check / scan = ${(check.seconds / scan.seconds).toFixed(2)}`,
  );
  console.log(
    `parse both    median ${parse.seconds.toFixed(2)} s; check / parse = ${(check.seconds / parse.seconds).toFixed(1)}`,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** A program that parses every file in two processes at the same time. */
function parseTwice(): string {
  return `
    import { readdirSync, readFileSync } from 'node:fs';
    import { loadAll } from 'js-yaml';
    if (process.env.PARSE_ONCE === undefined) {
      const { spawn } = await import('node:child_process');
      const again = () => new Promise((resolve) => spawn(process.execPath, process.execArgv, { env: { ...process.env, PARSE_ONCE: '1' }, stdio: 'inherit' }).on('exit', resolve));
      await Promise.all([again(), again()]);
    } else {
      for (const path of readdirSync('${folder}', { recursive: true, withFileTypes: true })) {
        if (path.isFile() && path.name.endsWith('.yaml')) loadAll(readFileSync(path.parentPath + '/' + path.name, 'utf8'));
      }
    }`;
}

function git(...args: readonly string[]): void {
  const names = ['-c', 'user.name=bench', '-c', 'user.email=bench@example.org'];
  const { status, stderr } = spawnSync('git', [...names, ...args], {
    cwd: folder,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`git ${args[0]}: ${stderr}`);
}

function commit(message: string): void {
  git('add', '-A');
  git('commit', '-q', '-m', message);
}

function edit(path: string, from: string, to: string): void {
  const text = readFileSync(join(folder, path), 'utf8');
  if (!text.includes(from)) throw new Error(`${path} has no ${from}`);
  writeFileSync(join(folder, path), text.replace(from, to));
}

function writeEstate(): void {
  for (let index = 0; index < SERVICES; index++) {
    const name = `service-${index}`;
    const namespace = `ns-${index % NAMESPACES}`;
    const other = (index * 7 + 1) % SERVICES;
    const callee = { name: `service-${other}`, namespace: `ns-${other % NAMESPACES}` };
    put(`${name}/reeve.yaml`, declaration(name, namespace, index, callee));
    put(`${name}/openapi.yaml`, specification(name));
    put(`${name}/k8s.yaml`, manifests(name, namespace, index, callee));
  }
}

function put(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

interface Callee {
  readonly name: string;
  readonly namespace: string;
}

function declaration(name: string, namespace: string, index: number, callee: Callee): string {
  return `apiVersion: reeve.dev/v1
kind: Service
metadata: { name: ${name}, namespace: ${namespace}, owner: team-${index % 40} }
spec:
  exposes:
    - openapi: openapi.yaml
  calls:
    - service: ${callee.name}
      namespace: ${callee.namespace}
      operations: ["GET /orders/{id}", "POST /orders"]
`;
}

function specification(name: string): string {
  return `openapi: 3.1.0
info: { title: ${name}, version: "1" }
paths:
  /orders:
    get: { responses: { "200": { description: ok } } }
    post: { responses: { "201": { description: ok } } }
  /orders/{id}:
    parameters: [{ name: id, in: path, required: true, schema: { type: string } }]
    get: { responses: { "200": { description: ok } } }
    delete: { responses: { "204": { description: ok } } }
  /health:
    get: { responses: { "200": { description: ok } } }
`;
}

function manifests(name: string, namespace: string, index: number, callee: Callee): string {
  return `apiVersion: v1
kind: ServiceAccount
metadata: { name: ${name}, namespace: ${namespace} }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: ${namespace}, labels: { app: ${name}, tier: backend } }
spec:
  replicas: 2
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name}, tier: backend } }
    spec:
      serviceAccountName: ${name}
      containers:
        - name: main
          image: example/${name}:1.0
          ports: [{ containerPort: 8080, name: http }]
          env:
            - name: UPSTREAM_URL
              value: http://${callee.name}.${callee.namespace}:8080
            - name: DB_PASSWORD
              valueFrom: { secretKeyRef: { name: ${name}-db, key: password } }
---
apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: ${namespace} }
spec:
  selector: { app: ${name} }
  ports: [{ port: 8080, name: http }]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: ${name}, namespace: ${namespace} }
spec:
  podSelector: { matchLabels: { app: ${name} } }
  policyTypes: [Ingress]
  ingress:
    - from:
        - namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: ns-${(index + 1) % NAMESPACES} } }
          podSelector: { matchLabels: { tier: backend } }
      ports: [{ port: 8080 }]
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: ${name}, namespace: ${namespace} }
spec:
  selector: { matchLabels: { app: ${name} } }
  action: ALLOW
  rules:
    - from: [{ source: { principals: [cluster.local/ns/${callee.namespace}/sa/${callee.name}] } }]
      to: [{ operation: { methods: [GET], paths: ["/orders/*"] } }]
`;
}
