import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { CredentialObservation } from '../../../estate/index.ts';
import { readTexts } from '../../read-texts.ts';
import { coreReader, kubernetes } from '../index.ts';

const VALUE = randomBytes(18).toString('base64url');
const ENCODED = Buffer.from(VALUE).toString('base64');

function read(texts: Record<string, string>) {
  const reading = readTexts(kubernetes([coreReader]), texts);
  const told = JSON.stringify([reading.observations, reading.diagnostics]);
  expect(told).not.toContain(VALUE);
  expect(told).not.toContain(ENCODED);
  return reading.observations.filter((one) => one.kind === 'credential');
}

function short({
  name,
  credentialKind,
  location,
  problems,
  rotation,
  subject,
}: CredentialObservation) {
  const place = location && `${location.in} ${location.line}:${location.column}`;
  const user = subject?.by === 'name' ? subject.name : undefined;
  return [name, credentialKind, place, problems?.join(), rotation, user]
    .filter(Boolean)
    .join(' | ');
}

describe('Secrets', () => {
  it('hold addresses beside credentials: one without a password is none', () => {
    const found = read({
      'all.yaml': `apiVersion: v1
kind: Secret
metadata: { name: db }
stringData:
  JDBC: jdbc:postgresql://db:5432/shop
  CACHE: redis://cache:6379
  WHOLE: postgres://shop:${VALUE}@db/shop
  HOOK: https://hooks.example.com/services/${VALUE}
---
apiVersion: v1
kind: Pod
metadata: { name: web }
spec: { containers: [{ name: web, image: web, envFrom: [{ secretRef: { name: db } }] }] }
`,
    });
    expect(found.map(({ name }) => name)).toEqual(['db/WHOLE', 'db/HOOK', 'db/WHOLE', 'db/HOOK']);
  });
  it.each([
    ['plain', ''],
    ['quoted', '"'],
  ])('of a chart are the credentials of its values, %s', (_, quote) => {
    const found = read({
      'chart/Chart.yaml': 'name: db\n',
      'chart/values.yaml': `auth:\n  password: ${quote}${VALUE}${quote}\n`,
      'chart/templates/secret.yaml':
        'apiVersion: v1\nkind: Secret\nmetadata: { name: db }\ndata:\n  password: {{ .Values.auth.password | b64enc }}\n',
    });
    expect(found).toMatchObject([
      {
        keys: ['secret:/db#password', 'at:chart/values.yaml:2:13', 'at:chart/values.yaml:2:14'],
        problems: ['plain-text'],
      },
    ]);
  });
  it('of a generator are the credentials of its files', () => {
    const found = read({
      'kustomization.yaml': 'secretGenerator: [{ name: db, envs: [secret.env] }]\n',
      'secret.env': `# kept\nPASSWORD=${VALUE}\n`,
    });
    expect(found.map(({ keys }) => keys)).toEqual([
      ['secret:/db#PASSWORD', 'at:secret.env:2:10', 'at:secret.env:2:11'],
    ]);
  });
  it('are credentials by key, with the place of each value, and never a value', () => {
    const manifest = `apiVersion: v1
kind: Secret
metadata: { name: db, namespace: shop, labels: { team: team-data } }
data:
  username: ${Buffer.from('shop').toString('base64')}
  password: ${ENCODED}
stringData:
  API_KEY: "${VALUE}"
  empty: ""
  later: \${FILLED_IN}
`;
    const found = read({ 'secret.yaml': manifest });
    expect(found.map(short)).toEqual([
      'db/password | password | secret 6:13 | base64-only',
      'db/API_KEY | api-key | secret 8:12 | plain-text',
      'db/later | secret | secret 10:10',
    ]);
    expect(found[0]).toMatchObject({
      keys: ['secret:shop/db#password'],
      owner: { owner: 'team-data', rank: 'label' },
    });
  });

  it('that sops has encrypted have no problem', () => {
    const found = read({
      'secret.yaml': `apiVersion: v1\nkind: Secret\nmetadata: { name: db }\ndata: { password: "ENC[x]" }\nsops: { version: 3 }\n`,
    });
    expect(found.map(short)).toEqual(['db/password | password | secret 4:19']);
  });

  it('that a kustomization generates point at the file that holds the value', () => {
    const found = read({
      'kustomization.yaml': 'secretGenerator: [{ name: db, envs: [db.env] }]\n',
      'db.env': `# of the database\nPASSWORD=${VALUE}\n`,
    });
    expect(found.map(short)).toEqual(['db/PASSWORD | password | secret 2:10']);
    expect(found[0]?.location?.file).toBe('db.env');
  });

  it('with a certificate say when it ends', () => {
    const folder = mkdtempSync(join(tmpdir(), 'reeve-'));
    try {
      const words =
        'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN=x -keyout k -out c';
      execFileSync('openssl', words.split(' '), { cwd: folder, stdio: 'ignore' });
      const [key, certificate] = ['k', 'c'].map((name) =>
        readFileSync(join(folder, name)).toString('base64'),
      );
      const found = read({
        'tls.yaml': `apiVersion: v1\nkind: Secret\ntype: kubernetes.io/tls\nmetadata: { name: tls }\ndata:\n  tls.crt: ${certificate}\n  tls.key: ${key}\n`,
      });
      expect(found.map(short)).toEqual(['tls/tls.key | private-key | secret 7:12 | base64-only']);
      const days = (Date.parse(found[0]?.expires ?? '') - Date.now()) / 86_400_000;
      expect(Math.round(days)).toBe(30);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('that operators make have their rotation', () => {
    const found = read({
      'all.yaml': `apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: { name: db }
spec: { refreshInterval: 15m, target: { name: db-made }, data: [{ secretKey: password }, { secretKey: username }] }
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: { name: once }
spec: { refreshInterval: "0", dataFrom: [{}] }
---
apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata: { name: sealed }
spec: { encryptedData: { token: AgA } }
---
apiVersion: cert-manager.io/v1
kind: Certificate
metadata: { name: web }
spec: { secretName: web-tls }
---
apiVersion: certmanager.k8s.io/v1alpha1
kind: ClusterIssuer
metadata: { name: acme }
spec: { acme: { privateKeySecretRef: { name: acme-account } } }
---
apiVersion: secrets.hashicorp.com/v1beta1
kind: VaultDynamicSecret
metadata: { name: pg }
spec: { destination: { name: pg } }
---
apiVersion: secrets-store.csi.x-k8s.io/v1
kind: SecretProviderClass
metadata: { name: csi }
spec: { provider: vault, secretObjects: [{ secretName: csi, data: [{ key: api-key }] }] }
`,
    });
    expect(found.map(short)).toEqual([
      'db-made/password | password | external-secrets, every 15m',
      'once | secret',
      'sealed/token | token',
      'csi/api-key | api-key | Secrets Store CSI driver, from vault',
      'web-tls/tls.key | private-key | cert-manager, within every 2160h',
      'acme-account/tls.key | private-key',
      'pg | secret | Vault, a new lease before each ends',
    ]);
  });

  it('are told who uses them', () => {
    const found = read({
      'all.yaml': `apiVersion: v1
kind: Secret
metadata: { name: db }
data: { password: ${ENCODED}, host: eA== }
---
apiVersion: v1
kind: Pod
metadata: { name: orders }
spec:
  serviceAccountName: orders
  imagePullSecrets: [{ name: registry }]
  containers:
    - name: a
      image: orders
      envFrom: [{ secretRef: { name: db } }]
      env:
        - name: TOKEN
          valueFrom: { secretKeyRef: { name: remote, key: token } }
  volumes: [{ name: v, secret: { secretName: files, items: [{ key: id_rsa, path: k }] } }]
`,
    });
    expect(found.slice(1).map(short)).toEqual([
      'remote/token | token | env 18:24 | orders',
      'db/password | password | env 15:19 | orders',
      'files/id_rsa | private-key | secret 19:24 | orders',
      'registry | registry-credential | secret 11:22 | orders',
    ]);
    expect(found.at(-1)?.keys).toEqual(['secret:/registry#*']);
  });
});
