import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { made, STRONG, scan } from './testing/made.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');
/** Places as `file:line:column in name`. */
const placesOf = ({ found }: ReturnType<typeof scan>) =>
  found.map(({ location: at, name }) => `${at?.file}:${at?.line}:${at?.column} ${at?.in} ${name}`);

const WEAK = ['post', 'gres'].join('');
const OTHER = made(20, undefined, 'other');

const SECRET = `apiVersion: v1
kind: Secret
metadata: {name: db, namespace: shop}
type: Opaque
data:
  username: ${base64('orders')}
  host: ${base64('db.shop.svc')}
  ca.crt: ${base64('-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----')}
  password: ${base64(STRONG)}
  blob: ${base64('correct horse battery')}
stringData:
  dsn: "postgres://orders:${OTHER}@db/orders"
`;

const WORKLOAD = `apiVersion: apps/v1
kind: Deployment
metadata: {name: orders-deployment, namespace: shop}
spec:
  template:
    spec:
      containers:
        - name: orders
          image: orders:1
          env:
            - name: DB_PASSWORD
              value: "${STRONG}"
            - name: API_TOKEN
              valueFrom: {secretKeyRef: {name: db, key: token}}
            - name: TOKEN_URL
              value: http://auth/token
          envFrom:
            - configMapRef: {name: orders-config}
          command: [orders, --admin-password, "${OTHER}"]
          args:
            - --port=80
            - --signing-key=${made(30)}
`;

const CONFIG = `apiVersion: v1
kind: ConfigMap
metadata: {name: orders-config, namespace: shop}
data:
  LOG_LEVEL: info
  REDIS_PASSWORD: ${STRONG}
  application.properties: |
    server.port=80
    spring.datasource.password=${OTHER}
`;

describe('manifests', () => {
  it('give up what their Secrets hold, decoded, but for user names, addresses and certificates', () => {
    const result = scan({ 'secret.yaml': SECRET });
    expect(placesOf(result)).toEqual([
      'secret.yaml:9:13 secret password',
      'secret.yaml:10:9 secret blob',
      'secret.yaml:12:27 secret dsn',
    ]);
    expect(result.found.map(({ problems }) => problems)).toEqual([
      ['base64-only'],
      ['base64-only'],
      ['plain-text'],
    ]);
    expect(result.found[0]?.keys).toContain('secret:shop/db#password');
    expect(result.found[0]?.subject).toBeUndefined();
  });

  it('give up Secrets in any form, at the first character of the value', () => {
    const encoded = Buffer.from(STRONG).toString('base64');
    const result = scan({
      'a.json': `{"apiVersion":"v1","kind":"Secret","data":{"password":"${encoded}"}}`,
      'b.yaml': `apiVersion: v1\nkind: Secret\ndata: { password: '${encoded}' }\n`,
      'c.yaml': `apiVersion: v1\nkind: Secret\ndata:\n  password: >-\n    ${encoded}\n`,
    });
    expect(placesOf(result)).toEqual([
      'a.json:1:56 secret password',
      'b.yaml:3:20 secret password',
      'c.yaml:5:5 secret password',
    ]);
    expect(new Set(result.found.map(({ fingerprint }) => fingerprint)).size).toBe(1);
  });

  it('give up the variables and commands of containers, for the workload', () => {
    const result = scan({ 'orders.yaml': WORKLOAD });
    expect(placesOf(result)).toEqual([
      'orders.yaml:12:23 env DB_PASSWORD',
      'orders.yaml:19:48 argument admin-password',
      'orders.yaml:22:29 argument signing-key',
    ]);
    const subject = { by: 'name', name: 'orders', namespace: 'shop' };
    for (const observation of result.found) expect(observation.subject).toEqual(subject);
    expect(result.found[1]?.problems).toEqual(['in-argument']);
  });

  it('give up entries of ConfigMaps, files inside of them too, for the workloads that read them', () => {
    const result = scan({ 'config.yaml': CONFIG, 'orders.yaml': WORKLOAD });
    const entries = result.found.filter(({ location }) => location?.in === 'configmap');
    expect(placesOf({ ...result, found: entries })).toEqual([
      'config.yaml:6:19 configmap REDIS_PASSWORD',
      'config.yaml:9:32 configmap spring.datasource.password',
    ]);
    for (const entry of entries) {
      expect(entry.subject).toEqual({ by: 'name', name: 'orders', namespace: 'shop' });
      expect(entry.problems).toEqual(['in-configmap']);
    }
  });

  it('tie entries to no one else', () => {
    const elsewhere = WORKLOAD.replace('name: orders-config', 'name: payments-config');
    const result = scan({ 'config.yaml': CONFIG, 'orders.yaml': elsewhere });
    const entries = result.found.filter(({ location }) => location?.in === 'configmap');
    expect(entries.map(({ subject }) => subject)).toEqual([undefined, undefined]);
  });

  it('leave sealed and external Secrets alone', () => {
    const sealed = `apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: db}\nspec:\n  encryptedData:\n    password: AgB${made(120)}\n`;
    const external = `apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: {name: db}\nspec:\n  data:\n    - secretKey: password\n      remoteRef: {key: shop/db}\n`;
    expect(scan({ 'a.yaml': sealed, 'b.yaml': external }).found).toEqual([]);
  });

  it('that are templates are read as text', () => {
    const template = `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}\ndata:\n  DB_PASSWORD: "${STRONG}"\n  API_KEY: {{ .Values.key | quote }}\n`;
    expect(placesOf(scan({ 'templates/config.yaml': template }))).toEqual([
      'templates/config.yaml:6:17 file DB_PASSWORD',
    ]);
  });

  it('give up every object of a list and of a file of several documents', () => {
    const list = `apiVersion: v1\nkind: List\nitems:\n  - apiVersion: v1\n    kind: Secret\n    metadata: {name: a}\n    data: {password: ${base64(STRONG)}}\n---\n${CONFIG}`;
    expect(scan({ 'all.yaml': list }).found.map(({ name }) => name)).toEqual([
      'password',
      'REDIS_PASSWORD',
      'spring.datasource.password',
    ]);
  });
});

describe('Compose files', () => {
  const compose = `services:
  db:
    image: docker.io/library/mysql:8
    environment:
      MYSQL_ROOT_PASSWORD: ${WEAK}
      MYSQL_DATABASE: shop
      MYSQL_ALLOW_EMPTY_PASSWORD: "yes"
    healthcheck:
      test: ["CMD", "mysqladmin", "ping", "-p${WEAK}"]
  orders:
    build: ./orders
    environment:
      - DB_PASSWORD=\${DB_PASSWORD}
      - API_TOKEN=${OTHER}
    command: redis-server --requirepass ${STRONG}
`;
  const result = scan({ 'docker-compose.yml': compose });

  it('give up variables and commands, with the place of the value', () => {
    expect(placesOf(result)).toEqual([
      'docker-compose.yml:5:28 env MYSQL_ROOT_PASSWORD',
      'docker-compose.yml:9:46 argument mysql password',
      'docker-compose.yml:14:19 env API_TOKEN',
      'docker-compose.yml:15:41 argument requirepass',
    ]);
  });

  it('tell the service, the kind and that a password is weak', () => {
    expect(result.found[0]).toMatchObject({
      subject: { by: 'name', name: 'db' },
      credentialKind: 'mysql',
      problems: ['plain-text', 'weak'],
    });
    expect(result.found[2]).toMatchObject({
      subject: { by: 'name', name: 'orders' },
      problems: ['plain-text'],
    });
  });
});

describe('other files', () => {
  it.each([
    ['orders/.env', `A=1\nDB_PASSWORD=${STRONG}\n`, 'orders/.env:2:13 env DB_PASSWORD'],
    ['orders/main.go', `x := 1\npassword := "${STRONG}"\n`, 'orders/main.go:2:14 code password'],
    ['Dockerfile', `FROM scratch\nENV TOKEN=${OTHER}\n`, 'Dockerfile:2:11 env TOKEN'],
    ['.npmrc', `//registry.npmjs.org/:_authToken=${OTHER}\n`, '.npmrc:1:34 file _authToken'],
    ['.netrc', `machine git.shop login me password ${OTHER}\n`, '.netrc:1:36 file git.shop'],
    ['.pgpass', `db:5432:shop:orders:${OTHER}\n`, '.pgpass:1:21 file db'],
    ['.pypirc', `[pypi]\nusername = me\npassword = ${OTHER}\n`, '.pypirc:3:12 file password'],
    ['.htpasswd', `admin:$apr1$${made(8)}$${made(22)}\n`, '.htpasswd:1:7 file admin'],
    [
      '.docker/config.json',
      `{"auths":{"hub":{"auth":"${base64(`me:${OTHER}`)}"}}}`,
      '.docker/config.json:1:26 file auth',
    ],
    ['.kube/config', `users:\n  - user:\n      token: ${OTHER}\n`, '.kube/config:3:14 file token'],
    ['db/init.sql', `CREATE USER shop IDENTIFIED BY '${STRONG}';`, 'db/init.sql:1:33 code shop'],
    [
      '.github/workflows/ci.yml',
      `env:\n  NPM_TOKEN: ${OTHER}\n`,
      '.github/workflows/ci.yml:2:14 env NPM_TOKEN',
    ],
    [
      'main.tf',
      `variable "db_password" {\n  default = "${STRONG}"\n}\n`,
      'main.tf:2:14 code db_password',
    ],
    ['settings.toml', `[db]\npassword = "${STRONG}"\n`, 'settings.toml:2:13 file password'],
  ])('%s', (path, text, place) => {
    const result = scan({ [path]: text });
    expect(placesOf(result)).toEqual([place]);
    expect(result.found[0]?.subject).toEqual({ by: 'place', file: path });
  });

  it('of tests and examples are told apart', () => {
    const text = `password = "${STRONG}"\n`;
    const problems = (path: string) => scan({ [path]: text }).found[0]?.problems;
    expect(problems('orders/app.py')).toEqual(['in-code']);
    expect(problems('orders/tests/app.py')).toEqual(['in-code', 'test-only']);
    expect(problems('orders/app_test.go')).toEqual(['in-code', 'test-only']);
    expect(problems('orders/settings.example.toml')).toEqual(['plain-text', 'test-only']);
  });

  it('that tools write, and files of data, are passed over', () => {
    const text = `password = "${STRONG}"\n`;
    const paths = [
      'package-lock.json',
      'go.sum',
      'app.min.js',
      'app.js.map',
      'logo.svg',
      'users.csv',
      'jquery-3.7.1.js',
      'a.css',
      'vendor/github.com/acme/db/doc.go',
      'vendor/bundle/ruby/db.rb',
      'web/node_modules/db/index.js',
    ];
    expect(scan(Object.fromEntries(paths.map((path) => [path, text]))).found).toEqual([]);
    expect(scan({ 'services/vendor/db.go': text }).found).toHaveLength(1);
  });

  it('that are too large or hold too much are noted', () => {
    const large = scan({ 'a.txt': Buffer.alloc(6 * 1024 * 1024, 'a\n') });
    expect(large.notes).toEqual(['credentials/too-large']);
    const many = Array.from({ length: 600 }, (_, index) => `PASSWORD_${index}=${made(12)}${index}`);
    const result = scan({ '.env': many.join('\n') });
    expect(result.notes).toEqual(['credentials/too-many']);
    expect(result.found).toHaveLength(500);
    expect(scan({ 'a.env': 'x'.repeat(20_000) }).notes).toEqual(['credentials/long-line']);
  });
});

describe('one credential', () => {
  it('is known again in base64, in code and in an address', () => {
    const keys = scan({
      'secret.yaml': SECRET,
      'orders/main.go': `dsn := "mysql://orders:${STRONG}@db/orders"\n`,
      'orders/.env': `DB_PASSWORD='${STRONG}'\n`,
    })
      .found.filter(({ name }) => name !== 'blob')
      .map(({ keys: [value] }) => value);
    expect(new Set(keys).size).toBe(2); // the password, and the other one in `dsn` of the Secret
    expect(keys.filter((key) => key === keys[0])).toHaveLength(3);
  });

  it('is another one in each folder and under each name where it is weak', () => {
    const line = (name: string) => `${name}=${WEAK}\n`;
    const keys = scan({
      'a/.env': line('DB_PASSWORD') + line('ADMIN_PASSWORD'),
      'a/b.env': line('DB_PASSWORD'),
      'c/.env': line('DB_PASSWORD'),
    }).found.map(({ keys: [value] }) => value);
    expect(keys).toHaveLength(4);
    expect(new Set(keys).size).toBe(3);
  });

  it('is the same one in every copy of a workload, and another one in another workload', () => {
    const compose = (service: string) =>
      `services:\n  ${service}:\n    image: mysql\n    environment:\n      MYSQL_ROOT_PASSWORD: ${WEAK}\n`;
    const keys = scan({
      'compose.yaml': compose('orders-db'),
      'deploy/compose.yaml': compose('orders-db'),
      'other/compose.yaml': compose('carts-db'),
    }).found.map(({ keys: [value] }) => value);
    expect(keys).toHaveLength(3);
    expect(keys[0]).toBe(keys[1]);
    expect(keys[0]).not.toBe(keys[2]);
  });
});

describe('the reader', () => {
  it('never tells a value', () => {
    const files = { 'secret.yaml': SECRET, 'config.yaml': CONFIG, 'orders.yaml': WORKLOAD };
    const told = JSON.stringify(scan(files));
    for (const value of [STRONG, OTHER, base64(STRONG), made(30)])
      expect(told).not.toContain(value);
  });

  it('gives observations or notes for any bytes', () => {
    const paths = fc.constantFrom(
      'a.yaml',
      'docker-compose.yml',
      '.env',
      'a.json',
      'a.p12',
      'a.key',
      'a.go',
      'a',
    );
    const begins = fc.constantFrom(
      '',
      'apiVersion: v1\nkind: Secret\ndata:\n  a: ',
      'services:\n  a:\n    environment:\n      - ',
      'password: ',
    );
    fc.assert(
      fc.property(paths, begins, fc.uint8Array({ maxLength: 300 }), (path, begin, bytes) => {
        const { found } = scan({ [path]: Buffer.concat([Buffer.from(begin), bytes]) });
        for (const { location } of found) expect(location?.line).toBeGreaterThan(0);
      }),
    );
  });
});
