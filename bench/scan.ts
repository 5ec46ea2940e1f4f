import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { measure } from './support/measure.ts';

/** `reeve scan` of 1,000 manifests that describe 200 services, as a whole process: 3 s and 500 MB at
 *  most. The peer of the same run is reading and parsing the same files and nothing else. */
const SERVICES = 200;

const folder = mkdtempSync(join(tmpdir(), 'reeve-bench-scan-'));
try {
  const files = write(folder);
  const parseOnly = `
    import { readdirSync, readFileSync } from 'node:fs';
    import { loadAll } from 'js-yaml';
    for (const path of readdirSync('${folder}', { recursive: true, withFileTypes: true })) {
      if (path.isFile()) loadAll(readFileSync(path.parentPath + '/' + path.name, 'utf8'));
    }`;
  const scan = measure('bin/reeve', ['scan', folder, '--format', 'json']);
  const parse = measure(process.execPath, ['--input-type=module', '-e', parseOnly]);
  const report = JSON.parse(scan.stdout);
  console.log(
    `${files} manifests: ${report.services.length} services, ${report.calls.length} calls, ${report.credentials.length} credentials, ${report.findings.length} findings`,
  );
  console.log(
    `scan        median ${scan.seconds.toFixed(2)} s, ${scan.megabytes.toFixed(0)} MB at most (figure: 3 s, 500 MB)`,
  );
  console.log(
    `parse only  median ${parse.seconds.toFixed(2)} s; scan / parse only = ${(scan.seconds / parse.seconds).toFixed(1)}`,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function write(root: string): number {
  let count = 0;
  const put = (path: string, text: string) => {
    mkdirSync(join(root, path, '..'), { recursive: true });
    writeFileSync(join(root, path), text);
    count++;
  };
  for (let index = 0; index < SERVICES; index++) {
    const name = `service-${index}`;
    const namespace = `ns-${index % 10}`;
    const callee = (index * 7 + 1) % SERVICES;
    put(`${name}/deployment.yaml`, deployment(name, namespace, callee));
    put(
      `${name}/service.yaml`,
      `apiVersion: v1\nkind: Service\nmetadata: { name: ${name}, namespace: ${namespace} }\nspec:\n  selector: { app: ${name} }\n  ports: [{ port: 8080, name: http }]\n`,
    );
    put(
      `${name}/account.yaml`,
      `apiVersion: v1\nkind: ServiceAccount\nmetadata: { name: ${name}, namespace: ${namespace} }\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name}, namespace: ${namespace} }\ndata:\n  LOG_LEVEL: info\n  UPSTREAM: http://service-${callee}.ns-${callee % 10}:8080/v1\n`,
    );
    put(
      `${name}/policy.yaml`,
      `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: { name: ${name}, namespace: ${namespace} }\nspec:\n  podSelector: { matchLabels: { app: ${name} } }\n  policyTypes: [Ingress]\n  ingress:\n    - from:\n        - namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: ns-${(index + 1) % 10} } }\n          podSelector: { matchLabels: { tier: backend } }\n      ports: [{ port: 8080 }]\n`,
    );
    put(
      `${name}/mesh.yaml`,
      `apiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\nmetadata: { name: ${name}, namespace: ${namespace} }\nspec:\n  selector: { matchLabels: { app: ${name} } }\n  action: ALLOW\n  rules:\n    - from: [{ source: { principals: [cluster.local/ns/${namespace}/sa/service-${callee}] } }]\n      to: [{ operation: { methods: [GET], paths: ["/v1/*"] } }]\n`,
    );
  }
  return count;
}

function deployment(name: string, namespace: string, callee: number): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
  namespace: ${namespace}
  labels: { app: ${name}, tier: backend }
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
          envFrom: [{ configMapRef: { name: ${name} } }]
          env:
            - name: UPSTREAM_URL
              value: http://service-${callee}.ns-${callee % 10}:8080
            - name: DB_PASSWORD
              valueFrom: { secretKeyRef: { name: ${name}-db, key: password } }
          livenessProbe: { httpGet: { path: /healthz, port: http } }
`;
}
