import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Folder } from '../../base/folder.ts';
import { readCluster } from '../mesh/cluster.fixture.ts';
import { readFolder } from '../read.ts';
import { kong, kongKubernetes } from './index.ts';

function read(text: string | Uint8Array) {
  const root = mkdtempSync(join(tmpdir(), 'kong-'));
  try {
    writeFileSync(join(root, 'kong.yaml'), text);
    return readFolder(new Folder(root), [kong]);
  } finally {
    rmSync(root, { recursive: true });
  }
}

const ROUTES = `_format_version: "3.0"
services:
  - name: orders
    url: http://orders.shop:8080/v1
    plugins:
      - name: key-auth
    routes:
      - name: orders
        paths: [/orders]
        hosts: [api.example.com]
      - name: order
        paths:
          - ~/orders/(?<id>[^#?/]+)$
        methods: [get, DELETE]
        strip_path: false
`;
const routesOf = ({ observations }: ReturnType<typeof read>) =>
  observations.flatMap((one) => (one.kind === 'service' && one.route ? [one.route] : []));

describe('Kong’s declarative configuration', () => {
  it('gives routes, and endpoints for paths that mean one operation', () => {
    const subject = { by: 'address', host: 'orders.shop', port: 8080 };
    const at = (line: number, column: number) => ({
      reader: 'kong',
      how: 'configured',
      file: 'kong.yaml',
      line,
      column,
    });
    const route = { internet: true, authentication: ['key-auth'] };
    const template = '/v1/orders/{id}';
    const endpoint = {
      kind: 'endpoint',
      subject,
      protocol: 'http',
      template,
      security: 'required',
      source: at(13, 13),
    };
    expect(read(ROUTES)).toEqual({
      fileCount: 1,
      diagnostics: [],
      observations: [
        {
          kind: 'service',
          subject,
          route: {
            via: 'Kong route orders',
            hosts: ['api.example.com'],
            path: '/orders',
            match: 'prefix',
            methods: [],
            ...route,
            rewrittenTo: '/v1',
            source: at(9, 17),
          },
          source: at(9, 17),
        },
        {
          kind: 'service',
          subject,
          route: {
            via: 'Kong route order',
            hosts: [],
            path: '/orders/(?<id>[^#?/]+)$',
            match: 'pattern',
            methods: ['GET', 'DELETE'],
            ...route,
            rewrittenTo: template,
            source: at(13, 13),
          },
          source: at(13, 13),
        },
        { ...endpoint, method: 'GET' },
        { ...endpoint, method: 'DELETE' },
      ],
    });
  });

  const PLUGIN = '    plugins:\n      - name: key-auth\n';
  const DEMANDS: [name: string, from: string, to: string, want: (string[] | undefined)[]][] = [
    ['of the service', '', '', [['key-auth'], ['key-auth']]],
    [
      'of one route',
      `    hosts: [api`,
      `    plugins: [{ name: jwt }]\n        hosts: [api`,
      [['jwt', 'key-auth'], ['key-auth']],
    ],
    [
      'that one route switches off',
      `    hosts: [api`,
      `    plugins: [{ name: key-auth, enabled: false }]\n        hosts: [api`,
      [undefined, ['key-auth']],
    ],
    ['everywhere', `${PLUGIN}`, '', [undefined, undefined]],
    [
      'that lets anonymous callers pass',
      'name: key-auth',
      'name: key-auth\n        config: { anonymous: nobody }',
      [undefined, undefined],
    ],
    [
      'for one consumer',
      'name: key-auth',
      'name: key-auth\n        consumer: bob',
      [undefined, undefined],
    ],
    ['that is none', 'name: key-auth', 'name: rate-limiting', [undefined, undefined]],
  ];
  it.each(DEMANDS)('tells the demand %s', (_, from, to, want) => {
    expect(routesOf(read(ROUTES.replace(from, to))).map((one) => one.authentication)).toEqual(want);
  });

  it('tells a demand that stands beside the routes', () => {
    const beside =
      ROUTES.replace(PLUGIN, '') +
      'plugins: [{ name: jwt, route: order }, { name: oauth2, service: { name: orders } }]\n';
    expect(routesOf(read(beside)).map((one) => one.authentication)).toEqual([
      ['oauth2'],
      ['jwt', 'oauth2'],
    ]);
  });

  it('follows upstreams to their targets, and routes to the service they name', () => {
    const text = `_format_version: "3.0"
services: [{ name: s, host: up, port: 80 }]
upstreams: [{ name: up, targets: [{ target: "a.shop:81" }, { target: b.shop }] }]
routes:
  - { service: { name: s }, expression: 'http.path ^= "/x" && http.method == "GET"' }
  - { service: nowhere, paths: [/y] }
`;
    const { observations } = read(text);
    expect(observations).toMatchObject([
      { subject: { host: 'a.shop', port: 81 }, route: { path: '/x', via: 'Kong route of s' } },
      { subject: { host: 'b.shop' }, route: { path: '/x' } },
    ]);
    expect(observations).toHaveLength(2);
  });

  it('says that routes do not strip their path where the defaults say so', () => {
    const kept = ROUTES.replace(
      'services:',
      '_info: { defaults: { route: { strip_path: false } } }\nservices:',
    );
    expect(routesOf(read(kept))[0]?.rewrittenTo).toBe('/v1/orders');
  });

  it('says where credentials lie, and not what they are', () => {
    const secrets = Array.from({ length: 6 }, () => randomBytes(12).toString('hex'));
    const text = `_format_version: "3.0"
consumers:
  - username: bob
    keyauth_credentials:
      - key: ${secrets[0]}
      - key: "{vault://env/key}"
    basicauth_credentials: [{ username: bobby, password: ${secrets[1]} }]
    jwt_secrets: [{ secret: ${secrets[2]} }, { algorithm: RS256 }]
    hmacauth_credentials: [{ username: h, secret: ${secrets[3]} }]
oauth2_credentials: [{ name: app, consumer: bob, client_id: c, client_secret: ${secrets[4]} }]
certificates: [{ key: ${secrets[5]}, snis: [{ name: example.com }] }]
`;
    const reading = read(text);
    const told = reading.observations.map((one) =>
      one.kind === 'credential'
        ? [one.name, one.credentialKind, one.location?.line, one.problems?.length ?? 0]
        : [],
    );
    expect(told).toEqual([
      ['bob key', 'api-key', 5, 1],
      ['bob key', 'api-key', undefined, 0],
      ['bob JWT secret', 'jwt-secret', 8, 1],
      ['bob password bobby', 'password', 7, 1],
      ['bob HMAC secret h', 'hmac-secret', 9, 1],
      ['bob OAuth 2 client app', 'oauth2-client-secret', 10, 1],
      ['example.com private key', 'private-key', 11, 1],
    ]);
    for (const secret of secrets) expect(JSON.stringify(reading)).not.toContain(secret);
  });

  it('leaves other files alone, broken ones too', () => {
    expect(read('services: [')).toMatchObject({ observations: [], diagnostics: [] });
    expect(read('a: _format_version')).toMatchObject({ observations: [], diagnostics: [] });
  });

  it('reports a broken file with its place', () => {
    expect(read(`${ROUTES}plugins: [`).diagnostics).toMatchObject([
      { code: 'data/malformed', file: 'kong.yaml' },
    ]);
  });
});

describe('any bytes', () => {
  it('give observations or diagnostics', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), fc.nat(ROUTES.length), (bytes, offset) => {
        const { diagnostics } = read(Buffer.concat([Buffer.from(ROUTES.slice(0, offset)), bytes]));
        expect(diagnostics.filter(({ code }) => code.endsWith('/failed'))).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  const { any } = fc.letrec<{ any: unknown }>((tie) => ({
    any: fc.oneof(
      { maxDepth: 6 },
      fc.constantFrom('orders', '~/a$', 'http://a', 'jwt', 'a:80', '/x'),
      fc.string({ maxLength: 5 }),
      fc.constant(null),
      fc.integer(),
      fc.array(tie('any'), { maxLength: 3 }),
      fc.dictionary(
        fc.constantFrom(
          'name',
          'services',
          'routes',
          'plugins',
          'url',
          'host',
          'port',
          'path',
          'paths',
          'methods',
          'service',
          'upstreams',
          'targets',
          'target',
          'consumers',
          'keyauth_credentials',
          'key',
          'expression',
          'certificates',
          'snis',
          '__proto__',
        ),
        tie('any'),
        { maxKeys: 5 },
      ),
    ),
  }));
  it('of the right words neither', () => {
    fc.assert(
      fc.property(any, any, any, any, (services, routes, plugins, consumers) => {
        const document = {
          _format_version: '3.0',
          services,
          routes,
          plugins,
          consumers,
          upstreams: routes,
        };
        const { diagnostics } = read(JSON.stringify(document));
        expect(diagnostics.filter(({ code }) => code.endsWith('/failed'))).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });
});

const INGRESS = `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: web
  namespace: shop
  annotations: { konghq.com/plugins: "auth, limits", konghq.com/methods: "get,POST" }
spec:
  ingressClassName: kong
  rules:
    - host: shop.example.com
      http:
        paths:
          - path: /orders
            pathType: Prefix
            backend: { service: { name: orders, port: { number: 80 } } }
---
apiVersion: configuration.konghq.com/v1
kind: KongPlugin
metadata: { name: auth, namespace: shop }
plugin: jwt
---
apiVersion: configuration.konghq.com/v1
kind: KongPlugin
metadata: { name: limits, namespace: shop }
plugin: rate-limiting
`;

describe('Kong’s Kubernetes objects', () => {
  it('tell what plugins demand on the routes of an Ingress', () => {
    const source = { reader: 'kong', how: 'configured', file: 'all.yaml', line: 13, column: 13 };
    expect(readCluster(kongKubernetes, INGRESS).observations).toEqual([
      {
        kind: 'service',
        subject: { by: 'address', host: 'orders', known: true, port: 80, namespace: 'shop' },
        route: {
          via: 'Ingress shop/web',
          hosts: ['shop.example.com'],
          path: '/orders',
          match: 'prefix',
          methods: ['GET', 'POST'],
          internet: true,
          authentication: ['jwt'],
          source,
        },
        source,
      },
    ]);
  });

  const CHANGES: [name: string, from: string, to: string, want: number][] = [
    ['a plugin that is off', 'plugin: jwt', 'plugin: jwt\ndisabled: true', 0],
    ['a plugin that is not here', 'name: auth', 'name: other', 0],
    ['a plugin of another namespace', 'name: auth, namespace: shop', 'name: auth, namespace: x', 0],
    ['a plugin of a namespace by name', '"auth, limits"', '"shop:auth"', 1],
    ['an Ingress of another class', 'ingressClassName: kong', 'ingressClassName: nginx', 0],
    [
      'a plugin for the cluster',
      'kind: KongPlugin\nmetadata: { name: auth, namespace: shop }',
      'kind: KongClusterPlugin\nmetadata: { name: x, labels: { global: "true" } }',
      1,
    ],
    [
      'a plugin that lets anonymous callers pass',
      'plugin: jwt',
      'plugin: jwt\nconfig: { anonymous: nobody }',
      0,
    ],
  ];
  it.each(CHANGES)('tell of %s', (_, from, to, want) => {
    expect(readCluster(kongKubernetes, INGRESS.replace(from, to)).observations).toHaveLength(want);
  });

  it('tell routes of TCPIngress and Secrets of consumers', () => {
    const text = `apiVersion: configuration.konghq.com/v1beta1
kind: TCPIngress
metadata: { name: db, namespace: shop }
spec:
  rules:
    - port: 5432
      backend: { serviceName: db, servicePort: 5432 }
---
apiVersion: configuration.konghq.com/v1
kind: KongConsumer
metadata: { name: bob, namespace: shop }
username: bob
credentials:
  - bob-key
---
apiVersion: v1
kind: Secret
metadata: { name: bob-key, namespace: shop, labels: { konghq.com/credential: jwt } }
`;
    expect(readCluster(kongKubernetes, text).observations).toMatchObject([
      {
        subject: { by: 'address', host: 'db', port: 5432, namespace: 'shop' },
        route: { via: 'TCPIngress shop/db', internet: true },
        source: { line: 6 },
      },
      {
        kind: 'credential',
        name: 'bob-key',
        credentialKind: 'jwt-secret',
        keys: ['secret:shop/bob-key'],
        source: { line: 14 },
      },
    ]);
  });
});
