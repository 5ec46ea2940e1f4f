import fc from 'fast-check';
import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import type { Endpoint } from '../../estate/index.ts';
import { endpointId } from '../../estate/index.ts';
import { anEndpoint, someTraffic } from '../../estate/store/testing/estate.ts';
import { isMissing, toSpecification } from './index.ts';

const SERVICE = 'production/shop/orders';

function seen(method: string, template: string, overrides: Partial<Endpoint> = {}): Endpoint {
  return anEndpoint(SERVICE, template, {
    id: endpointId(SERVICE, 'http', method, template),
    method,
    declaredIn: [],
    sensitivity: [],
    traffic: someTraffic(),
    ...overrides,
  });
}

const list = seen('GET', '/orders', {
  traffic: someTraffic({
    parameters: ['page', 'sort'],
    statuses: { 0: 1, 200: 5, 500: 1, 799: 1 },
  }),
  sensitivity: [{ tag: 'pii', because: 'the field `email`' }],
});
const show = seen('GET', '/orders/{id}', { deprecated: true });
const never = seen('POST', '/orders', { traffic: null });

const GOLDEN = `openapi: 3.1.0
info:
  title: orders
  version: 0.0.0
  description: >-
    What Reeve saw in traffic. Schemas are to be added; credentials are as they were seen, which
    does not mean that anybody verified them.
paths:
  /orders:
    get:
      parameters:
        - name: page
          in: query
          required: false
          schema: {}
        - name: sort
          in: query
          required: false
          schema: {}
      responses:
        '200':
          description: OK
        '500':
          description: Internal Server Error
      x-reeve:
        firstSeen: '2025-03-03T00:00:00.000Z'
        lastSeen: '2025-03-03T01:00:00.000Z'
        credentialsSeen:
          - token
        sensitivity:
          - pii
    post:
      responses:
        default:
          description: Not seen yet
      x-reeve: {}
  /orders/{id}:
    parameters:
      - name: id
        in: path
        required: true
        schema:
          type: string
    get:
      deprecated: true
      parameters:
        - name: page
          in: query
          required: false
          schema: {}
      responses:
        '200':
          description: OK
        '404':
          description: Not Found
      x-reeve:
        firstSeen: '2025-03-03T00:00:00.000Z'
        lastSeen: '2025-03-03T01:00:00.000Z'
        credentialsSeen:
          - token
x-reeve:
  service: production/shop/orders
`;

function paths(...templates: string[]): string[] {
  const endpoints = templates.map((template, index) => seen(index % 2 ? 'POST' : 'GET', template));
  const { text } = toSpecification(SERVICE, endpoints, 'json');
  return Object.keys((JSON.parse(text) as { paths: object }).paths);
}

describe('a fragment', () => {
  it('is ready to be committed, whatever the order of what is known', () => {
    const fragment = toSpecification(SERVICE, [show, list, never], 'yaml');
    expect(fragment.text).toBe(GOLDEN);
    expect(toSpecification(SERVICE, [never, show, list], 'yaml')).toEqual(fragment);
    expect(fragment).toMatchObject({
      fileName: 'orders.openapi.yaml',
      mediaType: 'application/yaml',
      included: [list.id, never.id, show.id],
      notes: [],
    });
  });

  it('says the same in JSON', () => {
    const yaml = toSpecification(SERVICE, [list, show, never], 'yaml');
    const json = toSpecification(SERVICE, [list, show, never], 'json');
    expect(JSON.parse(json.text)).toEqual(load(yaml.text));
    expect(json).toMatchObject({ fileName: 'orders.openapi.json', mediaType: 'application/json' });
  });

  it.each([
    ['one path for spellings of one shape', ['/a/{id}', '/a/{name}'], ['/a/{id}']],
    ['each parameter once', ['/a/{id}/b/{id}/c/{id}'], ['/a/{id}/b/{id2}/c/{id3}']],
    ['a name for each parameter', ['/a/{}/{}'], ['/a/{parameter}/{parameter2}']],
    ['parameters inside segments', ['/{base}...{head}.json'], ['/{base}...{head}.json']],
  ])('has %s', (_, templates, want) => {
    expect(paths(...templates)).toEqual(want);
  });

  it('leaves out what OpenAPI cannot say, and tells why', () => {
    const other = (protocol: Endpoint['protocol'], method: string, template: string) =>
      seen(method, template, { protocol, id: endpointId(SERVICE, protocol, method, template) });
    const rpcs = ['A', 'B', 'C', 'D'].map((name) => other('grpc', 'RPC', `/shop.Orders/${name}`));
    const { included, notes } = toSpecification(
      SERVICE,
      [
        ...rpcs,
        other('graphql', 'QUERY', 'orders'),
        other('event', 'PUBLISH', 'orders.placed'),
        seen('PROPFIND', '/dav'),
        seen('ANY', '/any'),
        seen('OPTIONS', '*'),
        list,
      ],
      'yaml',
    );
    expect(included).toEqual([list.id]);
    expect([...notes].sort()).toEqual([
      'Left out: ANY /any: it takes every method, so declare those that are meant',
      'Left out: OPTIONS *: it is no path',
      'Left out: PROPFIND /dav: OpenAPI has no such method',
      'Left out: PUBLISH orders.placed: messages are declared in AsyncAPI, which this does not write',
      'Left out: QUERY orders: GraphQL fields are declared in their schema',
      'Left out: RPC /shop.Orders/A, RPC /shop.Orders/B, RPC /shop.Orders/C and 1 more: ' +
        'gRPC methods are declared in a .proto file',
    ]);
  });

  it('of any endpoints is one document, and the same in YAML and JSON', () => {
    const text = fc.string({ unit: 'binary', maxLength: 12 });
    const endpoint = fc
      .record({
        method: fc.constantFrom('GET', 'POST', 'FETCH'),
        path: text,
        parameters: fc.array(text),
      })
      .map(({ method, path, parameters }) =>
        seen(method, `/${path}`, { traffic: someTraffic({ parameters }) }),
      );
    fc.assert(
      fc.property(fc.array(endpoint), (endpoints) => {
        const json = toSpecification(SERVICE, endpoints, 'json');
        const yaml = toSpecification(SERVICE, endpoints, 'yaml');
        expect(load(yaml.text)).toEqual(JSON.parse(json.text));
      }),
    );
  });
});

it.each([
  ['what was seen', {}, true],
  ['what somebody adopted', { observed: false, decisions: [decision('adopt')] }, true],
  ['what is declared', { declaredIn: [{ file: 'a.yaml' }] }, false],
  ['what is only implemented', { observed: false }, false],
  ['what is only assigned', { observed: false, decisions: [decision('assign')] }, false],
  ['a probe', { visibility: 'probe' }, false],
] as const)('of %s, a specification misses: %j %s', (_, overrides, want) => {
  expect(isMissing(seen('GET', '/a', overrides as Partial<Endpoint>))).toBe(want);
});

function decision(action: 'adopt' | 'assign'): Endpoint['decisions'][number] {
  return { action, by: 'admin', at: '2025-03-03T00:00:00.000Z', reason: '' };
}
