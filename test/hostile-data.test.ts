import { describe, expect, it } from 'vitest';
import {
  endpointsOf,
  type Files,
  folderOf,
  GOOD,
  isGoodRead,
  scan,
  told,
} from './support/hostile-folder.ts';
import { watch } from './support/hostile-watch.ts';

/** Ten aliases of ten aliases, twelve deep: 10¹² nodes in 700 bytes. */
function bombOf(prefix: string, item: string): string {
  const lines = [`${prefix}a0: &a0 [${Array(10).fill(item).join(', ')}]`];
  for (let level = 1; level < 12; level++) {
    lines.push(
      `${prefix}a${level}: &a${level} [${Array(10)
        .fill(`*a${level - 1}`)
        .join(', ')}]`,
    );
  }
  return `${lines.join('\n')}\n`;
}

/** Mappings that are merged into the next, ten times each. */
function mergeBombOf(prefix: string): string {
  const lines = [`${prefix}m0: &m0 { k: v }`];
  for (let level = 1; level < 25; level++) {
    lines.push(`${prefix}m${level}: &m${level}`);
    for (let time = 0; time < 10; time++) {
      lines.push(`${prefix}  k${level}${time}: { <<: *m${level - 1}, x${time}: *m${level - 1} }`);
    }
  }
  return `${lines.join('\n')}\n`;
}

const POD = 'apiVersion: v1\nkind: Pod\nmetadata: { name: bomb }\nspec:\n';
const SPECIFICATION = 'openapi: 3.1.0\ninfo: { title: Bomb }\npaths: { /bomb: { get: {} } }\n';
const HOLDERS: Readonly<Record<string, (bomb: (prefix: string) => string) => Files>> = {
  'a manifest': (bomb) => ({ 'bomb.yaml': `${POD}${bomb('  ')}` }),
  'a list of manifests': (bomb) => ({
    'bomb.yaml': `apiVersion: v1\nkind: List\n${bomb('')}items: *a11\n`,
  }),
  'a Compose file': (bomb) => ({
    'compose.yaml': `${bomb('x-')}services: { web: { image: web } }\n`,
  }),
  'an OpenAPI document': (bomb) => ({ 'bomb.yaml': `${SPECIFICATION}${bomb('x-')}` }),
  'the values of a chart': (bomb) => ({
    'chart/Chart.yaml': 'apiVersion: v2\nname: bomb\nversion: 1.0.0\n',
    'chart/values.yaml': bomb(''),
    'chart/templates/pod.yaml': `${POD}  containers: [{ name: a, image: {{ .Values.a11 }} }]\n`,
  }),
  'a kustomization': (bomb) => ({ 'kustomization.yaml': `resources: []\n${bomb('')}` }),
  'Kong configuration': (bomb) => ({
    'kong.yaml': `_format_version: "3.0"\n${bomb('x-')}services: *a11\n`,
  }),
  AsyncAPI: (bomb) => ({ 'events.yaml': `asyncapi: 3.0.0\n${bomb('x-')}channels: {}\n` }),
  'a declaration': (bomb) => ({
    'reeve.yaml': `apiVersion: reeve.dev/v1\nkind: Service\n${bomb('x-')}`,
  }),
  'a catalogue': (bomb) => ({
    'catalog-info.yaml': `apiVersion: backstage.io/v1alpha1\nkind: Component\n${bomb('x-')}`,
  }),
};

describe('a YAML bomb', () => {
  it.each(Object.entries(HOLDERS))('in %s costs a diagnostic with its line', (_, holder) => {
    const files = holder((prefix) => bombOf(prefix, 'x'));
    const result = scan(folderOf({ ...files, ...GOOD }));
    const own = result.diagnostics.filter(({ message }) =>
      /nodes once its aliases are expanded/.test(message),
    );
    expect(own.length).toBeGreaterThan(0);
    for (const { file, line, column } of own) {
      expect(Object.keys(files)).toContain(file);
      expect([typeof line, typeof column]).toEqual(['number', 'number']);
    }
    expect(isGoodRead(result)).toBe(true);
  });

  it.each(Object.entries(HOLDERS))('of merge keys in %s ends', (_, holder) => {
    const files = holder((prefix) => mergeBombOf(prefix).replaceAll('*a11', '*m24'));
    expect(isGoodRead(scan(folderOf({ ...files, ...GOOD })))).toBe(true);
  });

  it('of thousands of aliases or of an anchor that holds itself costs a diagnostic', () => {
    const result = scan(
      folderOf({
        ...GOOD,
        'aliases.yaml': `${POD}  a: &a 1\n  list: [${Array(5_000).fill('*a').join(', ')}]\n`,
        'self.yaml': `${POD}  a: &a\n    b: *a\n`,
        'nowhere.yaml': `${POD}  a: *nobody\n`,
        'many.yaml': `${POD}${[...Array(20_000).keys()].map((n) => `  k${n}: &n${n} 1\n`).join('')}`,
      }),
    );
    const files = result.diagnostics.map(({ file }) => file);
    expect(files).toEqual(expect.arrayContaining(['aliases.yaml', 'self.yaml', 'nowhere.yaml']));
    expect(isGoodRead(result)).toBe(true);
  });
});

describe('deep nesting', () => {
  // Broken into lines, since one long line is taken for minified code and not read.
  const many = (part: string) => `${part.repeat(50)}\n`.repeat(200);
  const deep = (open: string, close: string, inside = '1') =>
    `${many(open)}${inside}${many(close)}`;
  const indented = [...Array(3_000).keys()].map((n) => `${' '.repeat(n)}a:\n`).join('');

  it.each<readonly [string, string]>([
    ['flow.yaml', `apiVersion: v1\nkind: Pod\nspec: ${deep('[', ']')}\n`],
    ['block.yaml', `apiVersion: v1\nkind: Pod\n${indented}`],
    ['list.yaml', `apiVersion: v1\nkind: Pod\nspec:\n  ${'- '.repeat(10_000)}x\n`],
    ['pod.json', `{"apiVersion":"v1","kind":"Pod","spec":${deep('[', ']')}}`],
    ['openapi.json', `{"openapi":"3.1.0","paths":${deep('{"a":', '}')}}`],
    ['open.json', `{"openapi":"3.1.0","paths":${'['.repeat(100_000)}`],
  ])('in %s costs a diagnostic with its line', (path, text) => {
    const result = scan(folderOf({ ...GOOD, [path]: text }));
    expect(result.diagnostics).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          file: path,
          line: expect.any(Number),
          column: expect.any(Number),
        }),
      ]),
    );
    expect(isGoodRead(result)).toBe(true);
  });

  const calls = deep('f(', ')');
  const parentheses = deep('(', ')');
  it.each<readonly [string, string]>([
    [
      'server.js',
      `const app = require('express')();\napp.get(${parentheses}, h);\napp.get('/b', h);\n`,
    ],
    ['calls.js', `const app = require('express')();\napp.get(${calls}, h);\napp.get('/b', h);\n`],
    ['chain.js', `require('express')()${many(".get('/b', h)")};\n`],
    ['sum.js', `const app = require('express')();\napp.get(${many("'/' + ")}'x', h);\n`],
    ['blocks.ts', `import e from 'express';\n${deep('{', '}', ';')}\n`],
    ['functions.ts', `import e from 'express';\n${deep('(() => ', ')')}\n`],
    ['page.tsx', `export const a = ${deep('<a>', '</a>', 'x')};\n`],
    [
      'arrays.js',
      `const app = require('express')();\nfor (const p of ${deep('[', ']')}) app.get(p, h);\n`,
    ],
    [
      'app.py',
      `from flask import Flask\napp = Flask(__name__)\n@app.route(${parentheses})\ndef a(): pass\n`,
    ],
    ['calls.py', `from flask import Flask\napp = Flask(__name__)\nx = ${calls}\n`],
    [
      'indent.py',
      `from flask import Flask\n${[...Array(1_000).keys()].map((n) => `${' '.repeat(n)}if x:\n`).join('')}`,
    ],
    [
      'App.java',
      `import org.springframework.web.bind.annotation.*;\n@RestController class A { int a = ${parentheses}; @GetMapping("/b") void b() {} }\n`,
    ],
    [
      'Calls.java',
      `import org.springframework.web.bind.annotation.*;\n@RestController class A { int a = ${calls}; }\n`,
    ],
    [
      'Classes.java',
      `import org.springframework.web.bind.annotation.*;\n${deep('@RestController class A { ', '}', '')}\n`,
    ],
    [
      'App.kt',
      `import org.springframework.web.bind.annotation.*\n@RestController class A { val a = ${parentheses} }\n`,
    ],
    [
      'main.go',
      `package main\nimport "net/http"\nfunc main() { x := ${parentheses}; http.HandleFunc("/b", h) }\n`,
    ],
    ['calls.go', `package main\nimport "net/http"\nfunc main() { http.HandleFunc(${calls}, h) }\n`],
    [
      'Program.cs',
      `var app = WebApplication.CreateBuilder(args).Build();\nvar x = ${parentheses};\napp.MapGet("/b", () => 1);\n`,
    ],
    [
      'Calls.cs',
      `var app = WebApplication.CreateBuilder(args).Build();\napp.MapGet(${calls}, () => 1);\n`,
    ],
    [
      'deep.proto',
      `syntax = "proto3";\n${deep('message A { ', '}', '')}\nservice S { rpc A(A) returns (A); }\n`,
    ],
    [
      'options.proto',
      `syntax = "proto3";\noption (a) = ${deep('{ a: ', '}')};\nservice S { rpc A(A) returns (A); }\n`,
    ],
    ['deep.graphql', `type Query { a: ${deep('[', ']', 'Int')} }\n`],
    ['values.graphql', `type Query { a(b: Int = ${deep('[', ']')}): Int }\n`],
    [
      'chart/templates/a.yaml',
      `${'{{ if true }}'.repeat(10_000)}a: 1${'{{ end }}'.repeat(10_000)}\n`,
    ],
    ['chart/templates/b.yaml', `a: {{ ${parentheses} }}\n`],
    ['chart/templates/c.yaml', `a: {{ 1 ${'| quote '.repeat(10_000)} }}\n`],
    ['compose.yaml', `services: { web: { image: "${deep('${A:-', '}')}" } }\n`],
    ['CODEOWNERS', `${'**/'.repeat(10_000)} @team\n${'*'.repeat(10_000)} @team\n`],
  ])('of code or templates in %s is read to an end, and costs nothing else', (path, text) => {
    const folder = { 'chart/Chart.yaml': 'apiVersion: v2\nname: chart\nversion: 1.0.0\n' };
    const result = scan(
      folderOf({ ...GOOD, ...(path.startsWith('chart/') && folder), [path]: text }),
    );
    expect(told(result).filter((line) => line.includes('/failed'))).toEqual([]);
    expect(isGoodRead(result)).toBe(true);
  });
});

describe('templates of a chart', () => {
  const doubled = `{{ $l := list "x" }}${'{{ $l = list $l $l }}'.repeat(60)}`;
  const ring = '{{ $d := dict }}{{ $_ := set $d "self" $d }}';
  const wide = '{{ $t := dict }}{{ $d := $t }}'.concat(
    '{{ $n := dict }}{{ $_ := set $d "a" $n }}{{ $_ := set $d "b" $n }}{{ $d = $n }}'.repeat(60),
  );
  it.each<readonly [string, string]>([
    ['print a list that holds another twice, sixty deep', `${doubled}a: {{ $l }}`],
    ['turn it into YAML', `${doubled}a: {{ toYaml $l }}`],
    ['turn it into JSON', `${doubled}a: {{ toJson $l }}`],
    ['copy it', `${doubled}a: {{ deepCopy $l | len }}`],
    ['compare it', `${doubled}a: {{ eq $l $l }}{{ has "x" $l }}{{ uniq $l }}`],
    ['sort it', `${doubled}a: {{ sortAlpha $l }}{{ join "," $l }}{{ $l | quote }}`],
    ['print what holds itself', `${ring}a: {{ $d }}`],
    ['turn what holds itself into YAML', `${ring}a: {{ toYaml $d }}`],
    ['turn what holds itself into JSON', `${ring}a: {{ toJson $d }}`],
    ['merge what holds itself', `${ring}a: {{ merge $d (dict "x" $d) $d }}`],
    [
      'build from the root what is endless at its leaves',
      `${wide}a: {{ toYaml $t }}{{ merge $t $t }}`,
    ],
    ['quote what is quoted', `a: {{ "\\"" ${'| quote '.repeat(60)} }}`],
    [
      'parse what they make',
      '{{ $t := repeat 100000 "a: 1," }}{{ range until 10000 }}{{ fromYaml $t }}{{ end }}',
    ],
    ['cut a character in half', 'a: {{ urlquery (substr 0 1 "\u{1F600}") }}'],
    ['match without end', `a: {{ regexReplaceAll "(a*)*b" (repeat 100000 "a") "x" }}`],
  ])('may %s, which costs only them', (_, text) => {
    const result = scan(
      folderOf({
        ...GOOD,
        'chart/Chart.yaml': 'apiVersion: v2\nname: chart\nversion: 1.0.0\n',
        'chart/templates/a.yaml': `${text}\n`,
        'web.yaml': `${POD.replace('bomb', 'web')}  containers: []\n`,
      }),
    );
    expect(told(result).filter((line) => line.includes('/failed'))).toEqual([]);
    expect(JSON.stringify(result.facts)).toContain('test/default/web');
    expect(isGoodRead(result)).toBe(true);
  });
});

describe('references', () => {
  const outside = folderOf({ 'paths.yaml': '/outside: { get: {} }\n', 'a.yaml': 'secret: 1\n' });
  const paths = (lines: Readonly<Record<string, string>>) =>
    `openapi: 3.1.0\ninfo: { title: A }\npaths:\n  /b: { get: {} }\n${Object.entries(lines)
      .map(([path, reference]) => `  ${path}: { $ref: '${reference}' }\n`)
      .join('')}`;

  it.each<readonly [string, Files]>([
    ['to themselves', { 'api/openapi.yaml': paths({ '/a': '#/paths/~1a' }) }],
    [
      'in a ring of two files',
      {
        'api/openapi.yaml': paths({ '/a': 'other.yaml#/a' }),
        'api/other.yaml': 'a: { $ref: "openapi.yaml#/paths/~1a" }\n',
      },
    ],
    [
      'through path items and back',
      {
        'api/openapi.yaml': paths({ '/a': '#/components/pathItems/a' }).concat(
          'components: { pathItems: { a: { $ref: "#/paths/~1a" } } }\n',
        ),
      },
    ],
    ['through their own pointer', { 'api/openapi.yaml': paths({ '/a': '#/paths/~1a/x/y/z' }) }],
  ])('%s are told, and the rest is read', (_, files) => {
    const result = scan(folderOf({ ...GOOD, ...files }));
    expect(told(result).join('\n')).toMatch(
      /warning openapi\/reference-(circular|unresolved) api\/openapi\.yaml:5:3/,
    );
    expect(endpointsOf(result).join('\n')).toContain('GET /b');
    expect(isGoodRead(result)).toBe(true);
  });

  it.each([
    'http://127.0.0.1:1/openapi.yaml#/paths/~1a',
    'https://example.com/openapi.yaml',
    'HTTPS://example.com/openapi.yaml',
    '//example.com/openapi.yaml',
    'file:///etc/passwd',
    'FILE:/etc/passwd',
    `file://${outside}/paths.yaml#/~1outside`,
    `${outside}/paths.yaml#/~1outside`,
    '/etc/passwd',
    `../..${outside}/paths.yaml#/~1outside`,
    `../../../../../../../..${outside}/paths.yaml#/~1outside`,
    `%2e%2e/%2e%2e${outside}/paths.yaml#/~1outside`,
    `..%2f..%2f..${encodeURIComponent(outside)}%2fpaths.yaml`,
    'data:application/json,{}',
    'urn:a:b',
    '..\\..\\a.yaml',
    'a.yaml%00.json',
    '~/a.yaml',
    '$HOME/a.yaml',
    '../../openapi.yaml',
  ])('to %s are told and not followed', (reference) => {
    const root = folderOf({ ...GOOD, 'api/openapi.yaml': paths({ '/a': reference }) });
    const { result, network, programs, outside: touched } = watch(root, () => scan(root));
    expect({ network, programs, touched }).toEqual({ network: [], programs: [], touched: [] });
    expect(result.diagnostics).toEqual([
      expect.objectContaining({ file: 'api/openapi.yaml', line: 5, column: 3 }),
    ]);
    expect(endpointsOf(result).join('\n')).not.toContain('/outside');
    expect(isGoodRead(result)).toBe(true);
  });

  it('of schemas in a ring end', () => {
    const schemas = [...Array(200).keys()]
      .map(
        (n) =>
          `    S${n}: { type: object, properties: { a: { $ref: '#/components/schemas/S${(n + 1) % 200}' }, b: { $ref: '#/components/schemas/S${(n * 7) % 200}' }, c: { allOf: [{ $ref: '#/components/schemas/S${(n * 3) % 200}' }, { $ref: '#/components/schemas/S${n}' }] } } }\n`,
      )
      .join('');
    const operations = [...Array(200).keys()]
      .map(
        (n) =>
          `  /s${n}: { post: { requestBody: { content: { application/json: { schema: { $ref: '#/components/schemas/S${n}' } } } } } }\n`,
      )
      .join('');
    const result = scan(
      folderOf({
        'api/openapi.yaml': `openapi: 3.1.0\ninfo: { title: A }\npaths:\n${operations}components:\n  schemas:\n${schemas}`,
      }),
    );
    expect(endpointsOf(result)).toHaveLength(200);
  });

  it('of other formats leave the folder as little', () => {
    const root = folderOf({
      ...GOOD,
      'events/asyncapi.yaml': `asyncapi: 3.0.0\ninfo: {title: A}\nchannels:\n  a: { $ref: 'file://${outside}/a.yaml' }\n`,
      'compose.yaml': `include: [https://example.com/compose.yaml, ../a.yaml]\nservices:\n  web: { image: web, env_file: [/etc/passwd, ../../etc/passwd], extends: { file: ${outside}/a.yaml, service: a } }\n`,
      'k/kustomization.yaml': `resources: [https://example.com/a.yaml, github.com/a/b?ref=v1, ${outside}/a.yaml, ../../a.yaml]\nbases: [git@example.com:a/b]\nconfigMapGenerator: [{ name: a, files: [${outside}/a.yaml, ../../../etc/passwd], envs: [/etc/passwd] }]\n`,
      'chart/Chart.yaml':
        'apiVersion: v2\nname: chart\nversion: 1.0.0\ndependencies: [{ name: a, version: 1.0.0, repository: "https://example.com/charts" }, { name: b, version: 1.0.0, repository: "file://../../b" }]\n',
      'chart/templates/a.yaml': `a: {{ .Files.Get "../../../etc/passwd" }}\nb: {{ .Files.Get "${outside}/a.yaml" }}\nc: {{ lookup "v1" "Pod" "" "" }}\nd: {{ getHostByName "example.com" }}\ne: {{ env "HOME" }}\n`,
      'reeve.yaml': `apiVersion: reeve.dev/v1\nkind: Service\nmetadata: { name: a }\nspec: { exposes: [{ openapi: ${outside}/a.yaml }, { openapi: ../../a.yaml }, { openapi: "https://example.com/a.yaml" }] }\n`,
      'catalog-info.yaml': `apiVersion: backstage.io/v1alpha1\nkind: API\nmetadata: { name: a }\nspec: { type: openapi, owner: a, definition: { $text: "https://example.com/a.yaml" } }\n---\napiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata: { name: l }\nspec: { targets: ["https://example.com/a.yaml", "../../../etc/passwd"] }\n`,
      'a.proto': `syntax = "proto3";\nimport "${outside}/a.proto";\nimport "../../a.proto";\nservice S { rpc A(B) returns (B); }\n`,
      'a.graphql': '#import "../../a.graphql"\ntype Query { a: Int }\n',
      'server.js': `const r = require('${outside}/a.js'); const s = require('../../a.js');\nrequire('express')().use(r).use(s).get('/b', h);\n`,
    });
    const { result, network, programs, outside: touched } = watch(root, () => scan(root));
    expect({ network, programs, touched }).toEqual({ network: [], programs: [], touched: [] });
    expect(told(result).filter((line) => line.includes('/failed'))).toEqual([]);
    expect(isGoodRead(result)).toBe(true);
  });
});
