import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { folderOf, GOOD, isGoodRead, scan, scanFiles, told } from './support/hostile-folder.ts';
import { everyFormat, reportOf } from './support/hostile-reports.ts';

/** Names that objects of JavaScript have from birth. */
const BORN = ['__proto__', 'constructor', 'hasOwnProperty', 'toString', 'prototype', 'valueOf'];
const list = (line: (name: string) => string) => BORN.map(line).join('\n');

const NAMED_SO = {
  'api/openapi.yaml': `openapi: 3.1.0
info: { title: __proto__, __proto__: { polluted: 1 } }
paths:
${list((name) => `  /${name}/{${name}}: { get: { responses: { "200": { content: { application/json: { schema: { $ref: "#/components/schemas/${name}" } } } } } }, ${name}: { polluted: 1 } }`)}
  __proto__: { polluted: 1 }
components:
  schemas:
${list((name) => `    ${name}: { type: object, properties: { ${name}: { $ref: "#/components/schemas/${name}" }, email: { type: string } } }`)}
`,
  'api/proto.json': `{"openapi":"3.1.0","info":{"title":"constructor"},"paths":{"__proto__":{"polluted":1},"/constructor":{"get":{"__proto__":{"polluted":1}}}},"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}`,
  'k8s/all.yaml': BORN.map(
    (name) => `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: ${name}, labels: { ${name}: ${name}, __proto__: { polluted: 1 } } }
spec:
  selector: { matchLabels: { ${name}: ${name} } }
  template:
    metadata: { labels: { ${name}: ${name} }, annotations: { ${name}: ${name} } }
    spec:
      serviceAccountName: ${name}
      containers: [{ name: ${name}, image: ${name}, env: [{ name: ${name}, value: "http://${name}:80" }], envFrom: [{ secretRef: { name: ${name} } }, { configMapRef: { name: ${name} } }] }]
---
apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: ${name} }
spec: { selector: { ${name}: ${name} }, ports: [{ port: 80, targetPort: ${name}, name: ${name} }] }
---
apiVersion: v1
kind: Secret
metadata: { name: ${name}, namespace: ${name} }
data: { ${name}: cGFzc3dvcmQ=, __proto__: { polluted: 1 } }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: ${name}, namespace: ${name} }
data: { ${name}: "http://${name}:80" }
---
apiVersion: security.istio.io/v1
kind: ${name}
metadata: { name: ${name} }
spec: { ${name}: ${name} }
`,
  ).join('---\n'),
  'compose.yaml': `services:\n${list((name) => `  ${name}: { image: ${name}, environment: { ${name}: "http://${name}:80", __proto__: { polluted: 1 } }, depends_on: [${name}] }`)}\n`,
  'chart/Chart.yaml': 'apiVersion: v2\nname: constructor\nversion: 1.0.0\n',
  'chart/values.yaml': `__proto__: { polluted: 1 }\n${list((name) => `${name}x: { ${name}: 1 }`)}\nconstructor: { prototype: { polluted: 1 } }\n`,
  'chart/templates/a.yaml':
    'a: {{ .Values.constructor.prototype.polluted }}{{ .Values.__proto__.polluted }}{{ .constructor }}{{ .Values.constructor.constructor }}\n{{ $d := dict "__proto__" (dict "polluted" 1) }}{{ $_ := set $d "__proto__" (dict "polluted" 1) }}{{ $_ := set $d.constructor "polluted" 1 }}{{ $_ := merge $d (fromJson "{\\"__proto__\\":{\\"polluted\\":1},\\"constructor\\":{\\"prototype\\":{\\"polluted\\":1}}}") }}b: {{ toYaml $d }}\n',
  'k/kustomization.yaml':
    'resources: [a.yaml]\npatches: [{ target: { kind: Pod }, patch: "[{op: add, path: /__proto__/polluted, value: 1}, {op: add, path: /constructor/prototype/polluted, value: 1}, {op: copy, from: /__proto__, path: /metadata/labels}]" }, { patch: "apiVersion: v1\\nkind: Pod\\nmetadata: { name: a }\\n__proto__: { polluted: 1 }\\nconstructor: { prototype: { polluted: 1 } }\\n" }]\nreplacements: [{ source: { kind: Pod, fieldPath: metadata.name }, targets: [{ select: { kind: Pod }, fieldPaths: [__proto__.polluted, constructor.prototype.polluted], options: { create: true } }] }]\ncommonLabels: { __proto__: { polluted: 1 } }\n',
  'k/a.yaml': 'apiVersion: v1\nkind: Pod\nmetadata: { name: a }\n',
  'kong.yaml': `_format_version: "3.0"\nservices:\n${list((name) => `  - { name: ${name}, url: "http://${name}:80", routes: [{ name: ${name}, paths: [/${name}] }], plugins: [{ name: ${name} }] }`)}\n`,
  'events.yaml': `asyncapi: 3.0.0\nchannels:\n${list((name) => `  ${name}: { address: ${name} }`)}\noperations:\n${list((name) => `  ${name}: { action: send, channel: { $ref: "#/channels/${name}" } }`)}\n`,
  'a.proto': `syntax = "proto3";\npackage constructor;\n${list((name) => `message ${name} { string ${name} = 1; ${name} x = 2; }\nservice ${name} { rpc ${name} (${name}) returns (${name}); }`)}\n`,
  'a.graphql': `type Query { ${BORN.filter((name) => !name.startsWith('__')).join(': String ')}: constructor __proto__: Int }\ntype constructor { constructor: constructor }\n`,
  'server.js': `const app = require('express')();\n${list((name) => `app.get('/${name}/:${name}', ${name}); const x_${name} = { ${name}: '/x' }; app.get(x_${name}.${name}, h); app.${name}('/y', h); app['${name}']('/z', h); ${name === 'constructor' ? '' : `function ${name}() {}`}`)}\nconst o = { ['__proto__']: { polluted: 1 }, __proto__: { polluted: 1 } }; o.__proto__.polluted = 1; o.constructor.prototype.polluted = '/p'; app.get(o.polluted, h);\n`,
  'app.py': `from flask import Flask\napp = Flask(__name__)\n${list((name) => `@app.route("/${name}/<${name}>")\ndef ${name}(): pass\n${name} = {"${name}": "/x"}\napp.${name}("/y")`)}\n`,
  'main.go': `package main\nimport "net/http"\nvar constructor = map[string]string{"__proto__": "/a"}\nfunc main() { http.HandleFunc(constructor["__proto__"], toString); http.constructor("/b", h); __proto__.HandleFunc("/c", h) }\n`,
  'A.java': `import org.springframework.web.bind.annotation.*;\n@RestController class constructor { static final String __proto__ = "/a"; @GetMapping(__proto__ + "/{constructor}") void hasOwnProperty() {} @GetMapping(constructor.toString) void b() {} }\n`,
  'P.cs': `var app = WebApplication.CreateBuilder(args).Build();\nvar __proto__ = app.MapGroup("/constructor");\n__proto__.MapGet("/{toString}", () => 1);\napp.constructor("/x");\n`,
  'package.json':
    '{"name":"__proto__","scripts":{"__proto__":{"polluted":1},"start":"node x"},"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}',
  'reeve.yaml':
    'apiVersion: reeve.dev/v1\nkind: Service\nmetadata: { name: constructor, owner: __proto__, __proto__: { polluted: 1 } }\nspec: { calls: [{ service: toString, operations: ["GET /__proto__"] }], __proto__: { polluted: 1 } }\n',
  'catalog-info.yaml':
    'apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: { name: constructor, __proto__: { polluted: 1 } }\nspec: { owner: __proto__, type: service, __proto__: { polluted: 1 } }\n',
  CODEOWNERS: `${list((name) => `/${name}/ @${name}`)}\n`,
  '.env': `${list((name) => `${name}=http://${name}:80`)}\n`,
  'constructor/__proto__/toString.yaml': 'a: 1\n',
  '__proto__/package.json': '{"name":"constructor"}',
};

describe('names that JavaScript itself uses', () => {
  it('are names like others, and pollute nothing', () => {
    const result = scanFiles({ ...GOOD, ...NAMED_SO });
    const judged = reportOf(result);
    everyFormat(result);
    const fresh = {} as Record<string, unknown>;
    expect(fresh.polluted).toBeUndefined();
    expect(Object.keys(Object.prototype)).toEqual([]);
    expect(Object.keys(Object)).toEqual([]);
    expect(Object.keys(Array.prototype)).toEqual([]);
    expect(told(result).filter((line) => line.includes('/failed'))).toEqual([]);
    expect(isGoodRead(result)).toBe(true);
    const ids = judged.services.map(({ id }) => id);
    const templates = judged.endpoints.map(({ template }) => template);
    for (const name of BORN) {
      expect(ids).toContain(`test/${name}/${name}`);
      expect(templates).toContain(`/${name}/{${name}}`);
      expect(templates).toContain(`/constructor.${name}/${name}`);
    }
    expect(judged.calls.length).toBeGreaterThan(0);
  });
});

/** Texts that mean something to a terminal, a page, a table or a log, made of printable parts here. */
const ESCAPE = '\u001b';
const NASTY = [
  `a${ESCAPE}[31mred${ESCAPE}]8;;http://example.com${ESCAPE}\\link`,
  'a\rb\nc\td\u0007',
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  '</script><script>alert(1)//',
  `\${alert(1)}`,
  '{{constructor}}',
  '| pipe | [link](javascript:alert(1)) ![x](http://example.com/x.png) `code`',
  '\u202egnp.exe\u2066\u200b',
  '# head',
  '--help',
  '..',
  '...',
  ' lead and trail ',
  '%2e%2e%2f%00',
  'naïve-Ω-日本-👩‍👩‍👧',
  'é-é-composed-and-not',
  '=cmd()',
  'x'.repeat(250),
];

/** The name as a file name: without what the system does not allow. */
const asFileName = (name: string) => name.replaceAll('/', '∕').replace(/^\.+$/, '$&x');
const namedFiles = () =>
  Object.fromEntries(
    NASTY.flatMap((name, index) => {
      const folder = asFileName(name).slice(0, 200);
      const text = JSON.stringify(name);
      return [
        [
          `${folder}/openapi.yaml`,
          `openapi: 3.1.0\ninfo: { title: ${text} }\npaths: { ${JSON.stringify(`/${name}`)}: { get: {} } }\n`,
        ],
        [`${folder}/package.json`, `{"name":${text},"scripts":{"start":"node x"}}`],
        [`${folder}/broken.yaml`, 'apiVersion: v1\nkind: [\n'],
        [
          `${folder}/server.js`,
          `const app = require('express')();\napp.get(${JSON.stringify(`/${name}/x`)}, h);\nconst password = "${'Zq9!xW'.repeat(3)}${index}";\n`,
        ],
        [
          `k8s/${index}.yaml`,
          JSON.stringify({
            apiVersion: 'apps/v1',
            kind: 'Deployment',
            metadata: { name, namespace: name, labels: { owner: name, [name]: name } },
            spec: {
              template: {
                spec: {
                  containers: [{ name, image: name, env: [{ name, value: `http://${name}:80` }] }],
                },
              },
            },
          }),
        ],
        [
          `compose/${index}/compose.yaml`,
          JSON.stringify({
            services: { [name]: { image: name, depends_on: [name, 'web'] }, web: {} },
          }),
        ],
        [
          `k8s/secret-${index}.yaml`,
          JSON.stringify({
            apiVersion: 'v1',
            kind: 'Secret',
            metadata: { name, namespace: name },
            stringData: { [name]: `Zq9!xW${'kV7#'.repeat(4)}${index}` },
          }),
        ],
      ];
    }),
  );

describe('names that mean something to whoever shows them', () => {
  const result = scanFiles({ ...GOOD, ...namedFiles() });
  const formats = everyFormat(result, '<b>|`folder`\u001b[31m');

  it('are read like others', () => {
    expect(told(result).filter((line) => line.includes('/failed'))).toEqual([]);
    expect(told(result).filter((line) => line.includes('data/malformed'))).toHaveLength(
      NASTY.length,
    );
    expect(isGoodRead(result)).toBe(true);
  });

  it.each(Object.keys(formats))('reach %s without control characters', (format) => {
    const text = formats[format] ?? '';
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones to look for
    expect(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/.exec(text)).toBeNull();
    if (format === 'json' || format === 'sarif') JSON.parse(text);
    else expect(/[\u202a-\u202e\u2066-\u2069]/.exec(text)).toBeNull();
  });

  it('are no markup in HTML', () => {
    const page = formats.html ?? '';
    const tags = [...page.matchAll(/<([a-z!/][a-z0-9]*)/gi)].map(([, tag]) => tag?.toLowerCase());
    expect(tags.filter((tag) => tag === 'script')).toHaveLength(1);
    expect(tags).not.toContain('img');
    expect(tags).not.toContain('b');
    // Only our own quotes are left in the page: those of names are escaped.
    const bare = page.replace(/<(style|script)>.*?<\/\1>/gs, '').replace(/"[^"]*"/g, '""');
    expect(bare).not.toMatch(/<[^>]*\son\w+=/i);
  });

  it('are no markup in Markdown, and end no row', () => {
    const page = formats.markdown ?? '';
    expect(page).not.toMatch(/(?<!\\)<(?:script|img)/);
    expect(page).not.toMatch(/(?<!\\)\]\((?:javascript|http)/);
    const rows = page
      .split('\n')
      .filter((line) => line.startsWith('| ') && !line.startsWith('| -'));
    const cells = (row: string) => row.replace(/\\./g, '').split('|').length;
    for (const row of rows) expect([4, 5, 7], row).toContain(cells(row));
  });

  it('are relative URIs in SARIF', () => {
    const log = JSON.parse(formats.sarif ?? '') as object;
    const uris = [...JSON.stringify(log).matchAll(/"uri":"([^"]*)"/g)].map(([, uri]) => uri ?? '');
    expect(uris.length).toBeGreaterThan(NASTY.length);
    for (const uri of uris) expect(uri).toMatch(/^(?:[\w.!~*'()-]|%[0-9A-F]{2}|\/)+$/);
  });

  it('that differ only in case or in composition are files of their own', () => {
    const names = ['Readme', 'readme', 'README', 'caf\u00e9', 'cafe\u0301'];
    const files = names.map((name) => [
      `${name}/openapi.yaml`,
      `openapi: 3.1.0\ninfo: { title: A }\npaths: { /${encodeURIComponent(name)}: { get: {} } }\n`,
    ]);
    const both = scanFiles(Object.fromEntries(files));
    expect(both.fileCount).toBe(names.length);
    const templates = reportOf(both).endpoints.map(({ template }) => template);
    expect(new Set(templates).size).toBe(names.length);
  });

  it('that are no UTF-8 cost a diagnostic', () => {
    const root = folderOf(GOOD);
    // Node writes names as UTF-8 only.
    spawnSync('sh', ['-c', 'printf "a: 1\\n" > "$(printf "caf\\351.yaml")"'], { cwd: root });
    const scanned = scan(root);
    expect(scanned.diagnostics).toMatchObject([{ code: 'folder/unreadable' }]);
    expect(scanned.diagnostics[0]?.message).toContain('its name is no valid text');
    expect(isGoodRead(scanned)).toBe(true);
  });
});
