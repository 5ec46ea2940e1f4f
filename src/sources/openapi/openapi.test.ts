import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  diagnosticLines,
  endpointLines,
  endpointsIn,
  readTexts,
  type Texts,
} from '../read-texts.ts';
import { openapi } from './index.ts';
import { toTemplate } from './template.ts';

const read = (texts: Texts) => readTexts(openapi, texts);

/** A document with one operation, and `more` at its root. */
const withRoot = (more: string): string =>
  `openapi: 3.0.3\n${more}\npaths:\n  /orders: {get: {}}\n`;
const templates = (text: string): readonly string[] => {
  return endpointsIn(read({ 'openapi.yaml': text })).map(({ template }) => template);
};

describe('openapi reads', () => {
  it('the operations of a path, with the line of each', () => {
    const text = `openapi: 3.1.0
info: {title: Orders }
paths:
  /orders/{id}:
    parameters: [{name: id, in: path}]
    get:
      deprecated: true
    delete: {}
`;
    const reading = read({ 'orders/api.yml': text });
    expect(endpointLines(reading)).toEqual([
      'GET /orders/{id} orders/api.yml:6',
      'DELETE /orders/{id} orders/api.yml:8',
    ]);
    expect(reading.diagnostics).toEqual([]);
    expect(endpointsIn(reading)[0]).toEqual({
      kind: 'endpoint',
      subject: { by: 'place', file: 'orders/api.yml' },
      protocol: 'http',
      method: 'GET',
      template: '/orders/{id}',
      deprecated: true,
      fields: ['id'],
      parameters: ['id'],
      title: 'Orders',
      source: { reader: 'openapi', how: 'declared', file: 'orders/api.yml', line: 6, column: 5 },
    });
  });

  it('minified JSON with its columns', () => {
    const text = '{"swagger":"2.0","basePath":"/v2","paths":{"/pets":{"get":{}}}}';
    const [endpoint] = endpointsIn(read({ 'a.json': text }));
    expect(endpoint).toMatchObject({ template: '/v2/pets', source: { line: 1, column: 53 } });
  });

  it.each([
    ['nothing but a slash', 'servers: [{url: /}]', ['/orders']],
    ['an address without a path', 'servers: [{url: "https://api.example.com"}]', ['/orders']],
    [
      'an address with a path',
      'servers: [{url: "https://api.example.com:8443/v1/"}]',
      ['/v1/orders'],
    ],
    ['a relative path', 'servers: [{url: ../v1}]', ['/v1/orders']],
    [
      'several paths, once each',
      'servers: [{url: /b}, {url: /c}, {url: /a}, {url: "http://x/a"}]',
      ['/a/orders', '/b/orders', '/c/orders'],
    ],
    [
      'variables with defaults, and without',
      'servers: [{url: "https://{host}/{base}/{tenant}", variables: {base: {default: v3}}}]',
      ['/v3/{tenant}/orders'],
    ],
    ['a query', 'servers: [{url: "/v1?x=1#y"}]', ['/v1/orders']],
  ])('servers with %s', (_, servers, want) => {
    expect(templates(withRoot(servers))).toEqual(want);
  });

  it('servers of an operation before those of its path, and those before the document', () => {
    const text = `openapi: 3.0.0
servers: [{url: /root}]
paths:
  /a:
    servers: [{url: /path}]
    get: {servers: [{url: /operation}]}
    put: {}
  /b: {get: {}}
`;
    expect(templates(text)).toEqual(['/operation/a', '/path/a', '/root/b']);
  });

  it.each([
    ['security: [{key: []}]', '{}', 'required'],
    ['security: [{key: []}]', '{security: []}', 'none'],
    ['security: [{key: []}]', '{security: [{}, {key: []}]}', 'none'],
    ['', '{security: [{key: []}]}', 'required'],
    ['', '{}', undefined],
    ['security: []', '{}', 'none'],
    ['security: [null]', '{}', undefined],
  ])('security %j with operation %j as %s', (root, operation, want) => {
    const text = `openapi: 3.0.0\n${root}\npaths: {/a: {get: ${operation}}}\n`;
    expect(endpointsIn(read({ 'a.yaml': text }))[0]?.security).toBe(want);
  });

  it('the parameters outside of the body, and the statuses, that an operation declares', () => {
    const text = `openapi: 3.0.0
paths:
  /orders/{id}:
    parameters: [{name: id, in: path}, {$ref: '#/components/parameters/Trace'}]
    get:
      parameters:
        - {name: page, in: query}
        - {name: session, in: cookie}
        - {name: page, in: query}
      responses: {200: {}, '404': {}, 4xx: {}, default: {}, x-internal: {}, 2000: {}, "": {}}
    put: {responses: [200]}
components: {parameters: {Trace: {name: X-Trace, in: header}}}
`;
    const [get, put] = endpointsIn(read({ 'a.yaml': text }));
    expect(get?.parameters).toEqual(['X-Trace', 'id', 'page']);
    expect(get?.responses).toEqual(['200', '404', '4XX', 'default']);
    expect([put?.parameters, put?.responses]).toEqual([['X-Trace', 'id'], undefined]);
  });

  it('of Swagger 2.0 the parameters but those of a form or a body', () => {
    const text = `swagger: '2.0'
paths:
  /a:
    post:
      parameters: [{name: q, in: query}, {name: f, in: formData}, {name: b, in: body}]
`;
    expect(endpointsIn(read({ 'a.yaml': text }))[0]?.parameters).toEqual(['q']);
  });

  it('names of parameters and of properties through references, with telling formats', () => {
    const text = `openapi: 3.0.0
paths:
  /users:
    parameters: [{$ref: '#/components/parameters/tenant'}]
    post:
      parameters: [{name: contact, in: query, schema: {type: string, format: email}}]
      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/User'}}}}
      responses: {200: {content: {application/json: {schema: {type: array, items: {properties: {token: {}}}}}}}}
components:
  parameters: {tenant: {name: tenant-id, in: header}}
  schemas:
    User:
      allOf: [{$ref: '#/components/schemas/Base'}]
      properties: {secret: {type: string, format: password}, friend: {$ref: '#/components/schemas/User'}}
    Base: {properties: {id: {format: uuid}}}
`;
    expect(endpointsIn(read({ 'a.yaml': text }))[0]?.fields).toEqual([
      'tenant-id',
      'contact:email',
      'secret:password',
      'friend',
      'id',
      'token',
    ]);
  });

  it('fields of version 2: body, form and response', () => {
    const text = `swagger: "2.0"
paths:
  /a:
    post:
      parameters:
        - {name: payload, in: body, schema: {properties: {street: {}}}}
        - {name: card, in: formData, format: password}
      responses: {200: {schema: {properties: {city: {}}}}}
`;
    expect(endpointsIn(read({ 'a.yaml': text }))[0]?.fields).toEqual([
      'street',
      'card:password',
      'city',
    ]);
  });

  it('path items in other files: the root declares them, the line is where they stand', () => {
    const reading = read({
      'svc/openapi.yaml': `openapi: 3.0.0\npaths:\n  /a: {$ref: 'paths/a.yaml'}\n  /b: {$ref: './paths/all.json#/~1b'}\n`,
      'svc/paths/a.yaml': '# kept apart\nget:\n  responses: {200: {$ref: "../common.yaml#/ok"}}\n',
      'svc/paths/all.json': '{\n  "/b": {\n    "put": {}\n  }\n}\n',
      'svc/common.yaml': 'ok: {content: {text/json: {schema: {properties: {iban: {}}}}}}\n',
    });
    expect(endpointLines(reading)).toEqual([
      'GET /a svc/paths/a.yaml:2',
      'PUT /b svc/paths/all.json:3',
    ]);
    expect(endpointsIn(reading).map(({ subject }) => subject)).toEqual(
      Array(2).fill({ by: 'place', file: 'svc/openapi.yaml' }),
    );
    expect(endpointsIn(reading)[0]?.fields).toEqual(['iban']);
    expect(reading.diagnostics).toEqual([]);
  });

  it('no webhooks, callbacks or other YAML', () => {
    const reading = read({
      'hooks.yaml': 'openapi: 3.1.0\nwebhooks: {paid: {post: {}}}\n',
      'calls.yaml':
        'openapi: 3.0.0\npaths: {/a: {get: {callbacks: {x: {"{$url}": {post: {}}}}}}}\n',
      'crd.yaml': 'kind: CustomResourceDefinition\nspec:\n  openapi: {paths: {/x: {get: {}}}}\n',
      'other.yaml': 'paths: {/x: {get: {}}}\n',
      'application.yml': 'swagger:\n  enabled: true\npaths: {/x: {get: {}}}\n',
      'settings.yml': 'swagger: enabled\n',
    });
    expect(endpointLines(reading)).toEqual(['GET /a calls.yaml:2']);
    expect(reading.diagnostics).toEqual([]);
  });
});

describe('openapi reports, and reads the rest of', () => {
  const good = '  /good: {get: {}}\n';
  it.each([
    [
      'an unknown method',
      `openapi: 3.0.0\npaths:\n  /a:\n    fetch: {}\n${good}`,
      'warning openapi/method-unknown a.yaml:4:5',
      1,
    ],
    [
      'an operation that is a list',
      `openapi: 3.0.0\npaths:\n  /a:\n    get: []\n${good}`,
      'error openapi/operation-invalid a.yaml:4:5',
      1,
    ],
    [
      'a path that is text',
      `openapi: 3.0.0\npaths:\n  /a: text\n${good}`,
      'error openapi/path-invalid a.yaml:3:3',
      1,
    ],
    [
      'a path without slash',
      `openapi: 3.0.0\npaths:\n  a: {get: {}}\n${good}`,
      'warning openapi/path-malformed a.yaml:3:3',
      2,
    ],
    [
      'paths that are a list',
      'openapi: 3.0.0\npaths: []\n',
      'error openapi/paths-invalid a.yaml:2:1',
      0,
    ],
    [
      'an unknown version',
      `openapi: 9.0.0\npaths:\n${good}`,
      'warning openapi/version-unknown a.yaml:1:1',
      1,
    ],
    [
      'a reference to an address',
      `openapi: 3.0.0\npaths:\n  /a:\n    $ref: https://example.com/a.yaml#/x\n${good}`,
      'note openapi/reference-external a.yaml:3:3',
      1,
    ],
    [
      'a reference out of the folder',
      `openapi: 3.0.0\npaths:\n  /a:\n    $ref: ../../etc/passwd\n${good}`,
      'note openapi/reference-outside a.yaml:3:3',
      1,
    ],
    [
      'a reference to nothing',
      `openapi: 3.0.0\npaths:\n  /a: {$ref: '#/nowhere'}\n${good}`,
      'warning openapi/reference-unresolved a.yaml:3:3',
      1,
    ],
    [
      'a missing file',
      `openapi: 3.0.0\npaths:\n  /a: {$ref: gone.yaml}\n${good}`,
      'warning openapi/reference-unresolved a.yaml:3:3',
      1,
    ],
    [
      'a circular reference',
      `openapi: 3.0.0\npaths:\n  /a: {$ref: '#/paths/~1b'}\n  /b: {$ref: '#/paths/~1a'}\n${good}`,
      'warning openapi/reference-circular a.yaml:3:3',
      1,
    ],
    [
      'a key that stands twice',
      `openapi: 3.0.0\npaths:\n  /a: {put: {}}\n  /a: {get: {}}\n`,
      'warning data/duplicate-key a.yaml:4:3',
      1,
    ],
  ])('%s', (_, text, diagnostic, endpoints) => {
    const reading = read({ 'a.yaml': text });
    expect(diagnosticLines(reading)).toContain(diagnostic);
    expect(endpointsIn(reading)).toHaveLength(endpoints);
  });

  it('a document without a version, where its name says what it is', () => {
    const reading = read({ 'docs/openapi.yaml': 'paths:\n  /a: {get: {}}\n' });
    expect(diagnosticLines(reading)).toEqual([
      'warning openapi/version-missing docs/openapi.yaml:1:1',
    ]);
    expect(endpointLines(reading)).toEqual(['GET /a docs/openapi.yaml:2']);
  });

  it('a file that repeats one mistake, within a bound', () => {
    const paths = Array.from({ length: 500 }, (_, index) => `  /p${index}: text\n`).join('');
    const { diagnostics } = read({ 'a.yaml': `openapi: 3.0.0\npaths:\n${paths}` });
    expect(diagnostics).toHaveLength(51);
    expect(diagnostics.map(({ code }) => code)).toContain('openapi/more-problems');
  });

  it('schemas that lead back to themselves in every way, in bounded time', () => {
    const schemas = Array.from({ length: 60 }, (_, index) => {
      const all = Array.from({ length: 60 }, (_, other) => ({
        $ref: `#/components/schemas/S${other}`,
      }));
      return [
        `S${index}`,
        { allOf: all, properties: { [`field${index}`]: { items: all[index] } } },
      ];
    });
    const text = JSON.stringify({
      openapi: '3.0.0',
      paths: {
        '/a': {
          get: {
            responses: { 200: { content: { x: { schema: { $ref: '#/components/schemas/S0' } } } } },
          },
        },
      },
      components: { schemas: Object.fromEntries(schemas) },
    });
    const [endpoint] = endpointsIn(read({ 'a.json': text }));
    expect(endpoint?.fields).toContain('field59');
  }, 5_000);

  it('any text, and never throws', () => {
    const part = fc.constantFrom(
      'openapi: 3.0.0\n',
      'paths:\n',
      '  /a:\n',
      '    get: {$ref: "#/',
      '~1',
      '"}',
      '{',
      '[',
      '- ',
      '    $ref: b.yaml\n',
      'servers: [{url: "{x}//"}]\n',
    );
    fc.assert(
      fc.property(
        fc.array(fc.oneof(part, fc.string({ unit: 'binary', maxLength: 5 }))),
        (parts) => {
          read({
            'a.yaml': `openapi: 3\n${parts.join('')}`,
            'openapi.json': parts.join(''),
            'b.yaml': parts.join(''),
          });
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('toTemplate', () => {
  it.each([
    ['', '/'],
    ['/', '/'],
    ['orders/', '/orders'],
    ['//orders//{id}/', '/orders/{id}'],
    ['/orders?x={y}#z', '/orders'],
    ['/files/{+path}', '/files/{path}'],
    ['/files/{path*}', '/files/{path}'],
    ['/files/{path+}', '/files/{path}'],
    ['/files/{id:[0-9]+}.json', '/files/{id}.json'],
    ['/a/{x}-{y}', '/a/{x}-{y}'],
    [`/{${'a'.repeat(300_000)}`, `/{${'a'.repeat(300_000)}`],
  ])('writes %.40j as %.40j', (path, want) => {
    expect(toTemplate(path)).toBe(want);
  });
});
