import { describe, expect, it } from 'vitest';
import {
  endpointsOf,
  folderOf,
  GOOD,
  isGoodRead,
  scan,
  scanFiles,
  told,
} from './support/hostile-folder.ts';

const SPECIFICATION = GOOD['orders/openapi.yaml'];
/** The same text in every encoding that a file may come in. */
const ENCODINGS: Readonly<Record<string, (text: string) => Uint8Array>> = {
  'UTF-8': (text) => Buffer.from(text),
  'UTF-8 with a byte order mark': (text) => Buffer.from(`\ufeff${text}`),
  'UTF-16, little-endian': (text) => Buffer.from(`\ufeff${text}`, 'utf16le'),
  'UTF-16, big-endian': (text) => Buffer.from(`\ufeff${text}`, 'utf16le').swap16(),
};

/** Small files of every kind, with what the scan finds in them. */
const REPOSITORY = {
  'orders/openapi.yaml': SPECIFICATION,
  'orders/package.json': '{\n  "name": "orders",\n  "scripts": { "start": "node server.js" }\n}\n',
  'orders/server.js': `const app = require('express')();\n\n// a comment\napp.get('/orders', (request, response) => response.end());\napp.post(\`/refunds\`, h);\n`,
  'orders/reeve.yaml':
    'apiVersion: reeve.dev/v1\nkind: Service\nmetadata:\n  name: orders\n  owner: team-orders\nspec:\n  exposes:\n    - openapi: openapi.yaml\n',
  'pay/app.py':
    'from flask import Flask\n\napp = Flask(__name__)\n\n@app.route("/pay")\ndef pay():\n    return ""\n',
  'pay/requirements.txt': 'flask\n',
  'pay/Dockerfile': 'FROM python:3\nCOPY . .\nCMD ["python", "app.py"]\n',
  'api/Api.java':
    'import org.springframework.web.bind.annotation.*;\n\n@RestController\nclass Api {\n  @GetMapping("/api")\n  String api() { return ""; }\n}\n',
  'api/pom.xml': '<project>\n  <artifactId>api</artifactId>\n</project>\n',
  'go/main.go':
    'package main\n\nimport "net/http"\n\nfunc main() {\n\thttp.HandleFunc("/go", h)\n}\n',
  'go/go.mod': 'module example.com/go\n\ngo 1.22\n',
  'cards/cards.proto':
    'syntax = "proto3";\npackage cards.v1;\n\nservice Cards {\n  rpc Charge (A) returns (A);\n}\n',
  'shop/schema.graphql': 'type Query {\n  order(id: ID!): Int\n}\n',
  'k8s/web.yaml':
    'apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  template:\n    spec:\n      containers:\n        - name: web\n          image: web\n          env:\n            - name: ORDERS_URL\n              value: http://orders:8080\n---\napiVersion: v1\nkind: Service\nmetadata:\n  name: orders\nspec:\n  selector:\n    app: orders\n',
  CODEOWNERS: '# who\n/orders/ @team-orders\n/pay/ @team-pay\n',
  '.env': '# settings\nORDERS_URL=http://orders:8080\n',
};
const windows = (text: string) => text.replaceAll('\n', '\r\n');
const changed = (change: (text: string) => string) =>
  Object.fromEntries(Object.entries(REPOSITORY).map(([path, text]) => [path, change(text)]));

describe('text', () => {
  it.each(Object.entries(ENCODINGS))('in %s is read alike', (_, encode) => {
    const { facts, diagnostics } = scanFiles({
      ...GOOD,
      'orders/openapi.yaml': encode(SPECIFICATION),
    });
    const reference = scanFiles(GOOD);
    expect(facts).toEqual(reference.facts);
    expect(diagnostics).toEqual([]);
  });

  it('with Windows line ends gives the same facts on the same lines', () => {
    const unix = scanFiles(REPOSITORY);
    expect(endpointsOf(unix).length).toBeGreaterThan(6);
    const other = scanFiles(changed(windows));
    expect(other.facts).toEqual(unix.facts);
    expect(other.diagnostics).toEqual(unix.diagnostics);
  });

  it('with a byte order mark gives the same facts on the same lines', () => {
    const unix = scanFiles(REPOSITORY);
    const other = scanFiles(changed((text) => `\ufeff${text}`));
    expect(other.facts).toEqual(unix.facts);
    expect(other.diagnostics).toEqual(unix.diagnostics);
  });

  it('that is not UTF-8 is read with a note of the first place', () => {
    const broken = Buffer.concat([
      Buffer.from(`${SPECIFICATION}# \ufffd stands here itself\n  /caf`),
      Buffer.from([0xe9, 0x3a, 0x20, 0xff, 0x0a]),
    ]);
    const result = scanFiles({ ...GOOD, 'latin/openapi.yaml': broken });
    expect(told(result)).toContain('note data/not-utf-8 latin/openapi.yaml:6:7');
    expect(isGoodRead(result)).toBe(true);
  });

  it.each<readonly [string, Uint8Array]>([
    ['NUL bytes', Buffer.from(`${SPECIFICATION}\0\0\0`)],
    ['nothing but NUL bytes', Buffer.alloc(100_000)],
    ['half a character of UTF-16', Buffer.from([0xfe, 0xff, 0x00])],
    ['half a character of UTF-16, turned around', Buffer.from([0xff, 0xfe, 0x61, 0x00, 0x62])],
    ['half a character of UTF-8 at its end', Buffer.from([...Buffer.from('a: caf'), 0xc3])],
    ['a lone surrogate', Buffer.from([0xff, 0xfe, 0x00, 0xd8, 0x3a, 0x00])],
    ['only a byte order mark', Buffer.from('\ufeff')],
    ['nothing', Buffer.alloc(0)],
    ['only spaces', Buffer.from('  \t \r\n \f \v')],
    ['every control character', Buffer.from([...Array(32).keys()].slice(1))],
    ['line ends of old Macs', Buffer.from(SPECIFICATION.replaceAll('\n', '\r'))],
    ['separators of Unicode', Buffer.from(SPECIFICATION.replaceAll('\n', '\u2028\u0085'))],
  ])('of %s in a file of any kind breaks no reader', (_, bytes) => {
    const paths = [...Object.keys(REPOSITORY), 'chart/Chart.yaml', 'chart/templates/a.yaml']
      .concat(
        'chart/values.yaml',
        'kong.yaml',
        'compose.yaml',
        'kustomization.yaml',
        'a.cs',
        'a.kt',
      )
      .concat('a.tsx', 'key.pem', 'a.p12', 'a.jks', 'catalog-info.yaml', 'asyncapi.json', '.npmrc');
    const files = Object.fromEntries(paths.map((path) => [`x/${path}`, bytes]));
    const result = scan(folderOf({ ...files, ...GOOD }));
    expect(told(result).filter((line) => line.includes('/failed'))).toEqual([]);
    expect(isGoodRead(result)).toBe(true);
  });
});

describe('templates that are not yet YAML', () => {
  it.each([
    ['Helm', 'metadata:\n  name: {{ include "a" . }}\n{{- if .Values.a }}\nspec: {}\n{{- end }}\n'],
    ['Jinja', 'metadata:\n  name: {{ name }}\n{% for x in y %}\n  {{ x }}: 1\n{% endfor %}\n'],
    ['ERB', 'metadata:\n  name: <%= name %>\n<% if a %>\nspec: {}\n<% end %>\n'],
    ['envsubst', `metadata:\n  name: \${NAME}\n  labels: { a: \${A}\n`],
    ['ytt', '#@ load("@ytt:data", "data")\nmetadata:\n  name: #@ data.values.name\n  - broken\n'],
    ['Mustache', '{{#items}}\nmetadata: { name: {{{name}}} }\n{{/items}}\n'],
    ['Go, outside of a chart', '{{ range . }}\nmetadata: { name: {{ . }} }\n---\n{{ end }}\n'],
  ])('of %s cost at most a diagnostic with its line, and the rest is read', (_, text) => {
    const result = scanFiles({
      ...GOOD,
      'k8s/template.yaml': `apiVersion: v1\nkind: Pod\n${text}`,
      'k8s/web.yaml': 'apiVersion: v1\nkind: Pod\nmetadata: { name: web }\n',
    });
    for (const { file, line, column } of result.diagnostics) {
      expect(file).toBe('k8s/template.yaml');
      expect([typeof line, typeof column]).toEqual(['number', 'number']);
    }
    expect(JSON.stringify(result.facts)).toContain('test/default/web');
    expect(isGoodRead(result)).toBe(true);
  });
});

describe('keys that stand twice', () => {
  it.each([
    ['api/openapi.yaml', 'openapi: 3.1.0\npaths:\n  /a: { get: {} }\n  /a: { post: {} }\n', '4:3'],
    [
      'api/openapi.json',
      '{"openapi": "3.1.0",\n "paths": {"/a": {"get": {}},\n "/a": {"post": {}}}}',
      '3:2',
    ],
    ['pod.yaml', 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n  name: b\n', '5:3'],
    ['compose.yaml', 'services:\n  a: { image: a }\n  a: { image: b }\n', '3:3'],
  ])('in %s cost a warning at the second', (path, text, place) => {
    const result = scanFiles({ ...GOOD, [path]: text });
    expect(told(result)).toContain(`warning data/duplicate-key ${path}:${place}`);
    expect(isGoodRead(result)).toBe(true);
  });
});
