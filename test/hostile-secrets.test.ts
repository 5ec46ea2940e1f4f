import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type Files, folderOf, scan, scanFiles } from './support/hostile-folder.ts';
import { everyFormat } from './support/hostile-reports.ts';

/** A value that nobody would guess; `+`, `/` and `=` show whether it is encoded anywhere. */
function makeSecret(): string {
  return `${randomBytes(18).toString('base64url')}Aa1`;
}

/** Every place where a secret may lie, broken files included: what cannot be read is not repeated. */
function planted(secret: string): Files {
  const encoded = Buffer.from(secret).toString('base64');
  const pod = (spec: string) =>
    `apiVersion: v1\nkind: Pod\nmetadata: { name: web, annotations: { note: "token=${secret}" } }\nspec: { containers: [{ name: web, image: web, ${spec} }] }\n`;
  return {
    'k8s/secret.yaml': `apiVersion: v1\nkind: Secret\nmetadata: { name: web }\ndata: { password: ${encoded} }\nstringData: { TOKEN: ${secret} }\n`,
    'k8s/applied.yaml': `apiVersion: v1\nkind: Secret\nmetadata: { name: web, annotations: { kubectl.kubernetes.io/last-applied-configuration: '{"data":{"password":"${encoded}"}}' } }\n`,
    'k8s/configmap.yaml': `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: web }\ndata: { PASSWORD: ${secret}, "app.properties": "db.password=${secret}\\nurl=postgres://web:${secret}@db/web" }\n`,
    'k8s/env.yaml': pod(`env: [{ name: DB_PASSWORD, value: "${secret}" }]`),
    'k8s/url.yaml': pod(
      `env: [{ name: ORDERS_URL, value: "http://web:${secret}@orders:8080/x?token=${secret}" }]`,
    ),
    'k8s/args.yaml': pod(`args: ["--password=${secret}", "--url=http://web:${secret}@orders"]`),
    'k8s/probe.yaml': pod(
      `livenessProbe: { httpGet: { path: "/healthz?token=${secret}", port: 80, httpHeaders: [{ name: Authorization, value: "Bearer ${secret}" }] } }`,
    ),
    'k8s/encryption.yaml': `apiVersion: apiserver.config.k8s.io/v1\nkind: EncryptionConfiguration\nresources: [{ resources: [secrets], providers: [{ aescbc: { keys: [{ name: a, secret: ${encoded} }] } }] }]\n`,
    'k8s/kong.yaml': `apiVersion: configuration.konghq.com/v1\nkind: KongPlugin\nmetadata: { name: a }\nplugin: key-auth\nconfig: { anonymous: ${secret} }\n---\napiVersion: configuration.konghq.com/v1\nkind: KongConsumer\nmetadata: { name: a }\nusername: a\ncredentials: [a]\n`,
    'k8s/broken.yaml': `apiVersion: v1\nkind: Secret\nstringData: { password: ${secret}, : [ ${secret}\n`,
    'k8s/tab.yaml': `apiVersion: v1\nkind: Secret\nstringData:\n\tpassword: ${secret}\n`,
    'k8s/alias.yaml': `apiVersion: v1\nkind: Secret\nstringData: { password: *${secret} }\n`,
    'k8s/tag.yaml': `apiVersion: v1\nkind: Secret\nstringData: { password: !${secret}^ x, token: !<${secret}> x }\n`,
    'k8s/twice.yaml': `apiVersion: v1\nkind: Secret\nstringData:\n  a: ${secret}\n  a: ${secret}\n`,
    'k8s/broken.json': `{"kind":"Secret","apiVersion":"v1","stringData":{"password":"${secret}" "x": ${secret}}`,
    'chart/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\n',
    'chart/values.yaml': `password: ${secret}\nurl: http://web:${secret}@orders:80\n`,
    'chart/templates/secret.yaml':
      'apiVersion: v1\nkind: Secret\nmetadata: { name: web, labels: { a: {{ .Values.password }} } }\nstringData: { password: {{ .Values.password | quote }} }\n{{ fail .Values.password }}{{ unknownFunction .Values.password }}\n',
    'k/kustomization.yaml': `secretGenerator: [{ name: web, literals: [PASSWORD=${secret}] }]\nconfigMapGenerator: [{ name: web, literals: ["URL=http://web:${secret}@orders"] }]\nresources: ["https://web:${secret}@example.com/a.yaml"]\n`,
    'compose.yaml': `services:\n  web: { image: web, environment: { PASSWORD: ${secret}, URL: "http://web:${secret}@orders:80" }, command: ["run", "--token", "${secret}"], build: { context: ., args: { TOKEN: ${secret} } } }\n  orders: { image: "web:${secret}@x" }\n`,
    '.env': `PASSWORD=${secret}\nDATABASE_URL=postgres://web:${secret}@db:5432/web\nexport TOKEN='${secret}'\n`,
    'api/openapi.yaml': `openapi: 3.1.0\ninfo: { title: A, x-password: ${secret} }\nservers: [{ url: "https://web:${secret}@example.com/v1?token=${secret}" }]\npaths:\n  /a: { get: { parameters: [{ name: password, in: query, example: ${secret} }], x-token: ${secret} } }\n  /b: { $ref: "https://web:${secret}@example.com/b.yaml" }\n  /c: { $ref: "https://example.com/c.yaml?token=${secret}" }\n`,
    'api/events.yaml': `asyncapi: 2.6.0\nservers: { a: { url: "amqp://web:${secret}@broker", protocol: amqp } }\nchannels: { a: { publish: {} } }\n`,
    'kong.yaml': `_format_version: "3.0"\nservices: [{ name: orders, url: "http://web:${secret}@orders:80/v1", plugins: [{ name: key-auth, config: { password: ${secret} } }] }]\nconsumers: [{ username: web, keyauth_credentials: [{ key: ${secret} }], jwt_secrets: [{ key: a, secret: ${secret} }], basicauth_credentials: [{ username: a, password: ${secret} }] }]\n`,
    'src/server.js': `const app = require('express')();\nconst password = '${secret}';\nconst url = 'http://web:${secret}@orders:8080/x';\nfetch('http://orders:8080/x?access_token=${secret}');\napp.get('/a', h);\n`,
    'src/app.py': `from flask import Flask\napp = Flask(__name__)\napp.secret_key = "${secret}"\nPASSWORD = """${secret}"""\nrequests.get(f"http://web:${secret}@orders/x")\n`,
    'src/main.go': `package main\nconst apiKey = "${secret}"\nvar db = "postgres://web:${secret}@db/web"\n`,
    'src/App.java': `class App { private static final String PASSWORD = "${secret}"; String url = "jdbc:postgresql://db/web?user=a&password=${secret}"; }\n`,
    'src/App.cs': `class App { const string Password = "${secret}"; string s = "Server=db;User Id=a;Password=${secret};"; }\n`,
    'src/App.kt': `val password = "${secret}"\n`,
    'src/broken.js': `const password = '${secret}\napp.get(((((\n`,
    'src/application.yml': `spring: { datasource: { url: "jdbc:mysql://root:${secret}@db/web", password: ${secret} }, cloud: { gateway: { routes: [{ id: a, uri: "http://web:${secret}@orders" }] } } }\n`,
    'src/application.properties': `spring.datasource.password=${secret}\norders.url=http://web:${secret}@orders:80\n`,
    'src/appsettings.json': `{ "ConnectionStrings": { "Db": "Server=db;Password=${secret}" }, "ApiKey": "${secret}" }`,
    'src/settings.ini': `[db]\npassword = ${secret}\n`,
    'src/main.tf': `variable "a" { default = "x" }\nresource "a" "b" { password = "${secret}" }\n`,
    'src/run.sh': `curl -u web:${secret} -H "Authorization: Bearer ${secret}" http://orders/x\nmysql -p${secret}\nexport PGPASSWORD=${secret}\n`,
    'src/Dockerfile': `FROM node:24\nARG TOKEN=${secret}\nENV PASSWORD=${secret} URL=http://web:${secret}@orders\nRUN curl -u web:${secret} http://x\nCMD ["node", "--token=${secret}"]\n`,
    'src/nginx.conf': `http { server { location /a { proxy_pass http://web:${secret}@orders:80/; proxy_set_header Authorization "Bearer ${secret}"; } } }\n`,
    'src/dump.sql': `CREATE USER web WITH PASSWORD '${secret}';\nALTER USER web IDENTIFIED BY '${secret}';\n`,
    'src/.npmrc': `//registry.example.com/:_authToken=${secret}\n`,
    'src/.pypirc': `[pypi]\nusername = a\npassword = ${secret}\n`,
    'src/.netrc': `machine example.com login web password ${secret}\n`,
    'src/.git-credentials': `https://web:${secret}@example.com\n`,
    'src/.htpasswd': `web:${secret}\n`,
    'src/.dockerconfigjson': `{"auths":{"example.com":{"auth":"${Buffer.from(`web:${secret}`).toString('base64')}"}}}`,
    'src/package.json': `{ "name": "web", "scripts": { "start": "TOKEN=${secret} node server.js --password ${secret}" } }`,
    'src/key.pem': `-----BEGIN PRIVATE KEY-----\n${encoded}${encoded}\n-----END PRIVATE KEY-----\n`,
    'src/pom.xml': `<project><artifactId>web</artifactId><properties><db.password>${secret}</db.password></properties></project>\n`,
    'src/README.md': `Log in with \`password: ${secret}\`, or http://web:${secret}@orders.\n`,
    'src/schema.graphql': `"password ${secret}"\ntype Query { a(token: String = "${secret}"): Int @deprecated(reason: "${secret}") }\n`,
    'src/a.proto': `syntax = "proto3";\nservice A { rpc B (C) returns (C) { option (x) = "${secret}"; } }\n`,
    'reeve.yaml': `apiVersion: reeve.dev/v1\nkind: Service\nmetadata: { name: web, password: ${secret} }\nspec: { credentials: [{ name: db, kind: postgres, value: ${secret}, rotation: { every: "${secret}" } }] }\n`,
    'catalog-info.yaml': `apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: { name: web, annotations: { token: ${secret} }, links: [{ url: "https://web:${secret}@example.com" }] }\nspec: { owner: a, type: service }\n`,
  };
}

/** How a value may be written without being readable at once. */
function formsOf(secret: string): Readonly<Record<string, string>> {
  const bytes = Buffer.from(secret);
  return {
    raw: secret,
    'upper case': secret.toUpperCase(),
    'lower case': secret.toLowerCase(),
    hex: bytes.toString('hex'),
    base64: bytes.toString('base64').replace(/=+$/, ''),
    base64url: bytes.toString('base64url'),
    'base64 after one byte': innerBase64(Buffer.concat([Buffer.from(':'), bytes])),
    'base64 after two bytes': innerBase64(Buffer.concat([Buffer.from('::'), bytes])),
    'URL-encoded': encodeURIComponent(secret),
    reversed: [...secret].reverse().join(''),
    'its first half': secret.slice(0, 12),
    'its last half': secret.slice(-12),
  };
}

/** What every base64 of a text around these bytes holds. */
function innerBase64(bytes: Buffer): string {
  return bytes.toString('base64').slice(4, -4);
}

function leaksIn(texts: Readonly<Record<string, string>>, secret: string): string[] {
  return Object.entries(texts).flatMap(([where, text]) =>
    Object.entries(formsOf(secret)).flatMap(([form, value]) => {
      const at = text.indexOf(value);
      return at < 0 ? [] : [`${where} holds it ${form}: ${text.slice(Math.max(0, at - 120), at)}…`];
    }),
  );
}

describe('a secret', () => {
  const secret = makeSecret();
  const files = planted(secret);

  it.each(Object.keys(files))('in %s appears in no fact, diagnostic or report', (path) => {
    const folder = { 'Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\n' };
    const chart = path.startsWith('chart/')
      ? {
          'chart/Chart.yaml': folder['Chart.yaml'],
          'chart/values.yaml': files['chart/values.yaml'] ?? '',
        }
      : {};
    const result = scanFiles({ ...chart, [path]: files[path] ?? '' });
    const texts = {
      facts: JSON.stringify(result.facts),
      diagnostics: JSON.stringify(result.diagnostics),
      ...everyFormat(result),
    };
    expect(leaksIn(texts, secret)).toEqual([]);
  });

  it('in many places at once is found, and leaks nowhere', () => {
    const root = folderOf(files);
    const result = scan(root);
    const credentials = result.facts.filter(({ entity }) => entity === 'credential');
    expect(credentials.length).toBeGreaterThan(30);
    const texts = { facts: JSON.stringify(result.facts), ...everyFormat(result) };
    expect(leaksIn(texts, secret)).toEqual([]);
  });

  it.each(['text', 'json', 'sarif', 'markdown', 'html'])(
    'is not printed by `reeve scan --format %s`',
    (format) => {
      const root = folderOf(files);
      const { status, stdout, stderr } = spawnSync(
        'bin/reeve',
        ['scan', root, '--format', format, ...(format === 'text' ? ['--all'] : [])],
        { encoding: 'utf8', env: { ...process.env, XDG_STATE_HOME: folderOf(), NO_COLOR: '1' } },
      );
      expect(status).toBe(0);
      expect(stdout.length).toBeGreaterThan(1_000);
      expect(leaksIn({ stdout, stderr }, secret)).toEqual([]);
    },
  );
});
