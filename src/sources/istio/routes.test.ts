import { describe, expect, it } from 'vitest';
import { readCluster } from '../mesh/cluster.fixture.ts';
import { istio } from './index.ts';

const ROUTE = `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: shop, namespace: shop }
spec:
  hosts: [shop.example.com]
  gateways: [edge]
  http:
    - match:
        - uri: { exact: /orders }
          method: { exact: POST }
        - uri: { prefix: /orders/ }
      route:
        - destination: { host: orders, port: { number: 8080 }, subset: v1 }
        - destination: { host: orders, port: { number: 8080 }, subset: v2 }
`;
const read = (from = '', to = '', more = '') =>
  readCluster(istio, ROUTE.replace(from, to) + more).observations;
const routesOf = (observations: ReturnType<typeof read>) =>
  observations.flatMap((one) => (one.kind === 'service' && one.route ? [one.route] : []));

describe('VirtualService', () => {
  it('gives routes, and an endpoint for an exact path with a method', () => {
    const subject = {
      by: 'address',
      host: 'orders',
      known: true,
      port: 8080,
      namespace: 'shop',
    };
    const at = (line: number) => ({
      reader: 'istio',
      how: 'configured',
      file: 'all.yaml',
      line,
      column: 18,
    });
    const route = { via: 'VirtualService shop/shop', hosts: ['shop.example.com'], internet: true };
    expect(read()).toEqual([
      {
        kind: 'service',
        subject,
        route: { ...route, path: '/orders', match: 'exact', methods: ['POST'], source: at(9) },
        source: at(9),
      },
      {
        kind: 'endpoint',
        subject,
        protocol: 'http',
        method: 'POST',
        template: '/orders',
        source: at(9),
      },
      {
        kind: 'service',
        subject,
        route: { ...route, path: '/orders/', match: 'prefix', methods: [], source: at(11) },
        source: at(11),
      },
    ]);
  });

  const gateway = (name: string) =>
    `---\napiVersion: networking.istio.io/v1\nkind: Gateway\nmetadata: { name: edge, namespace: shop }\nspec: { selector: { istio: ${name} } }\n`;
  const INTERNET: [name: string, from: string, to: string, more: string, want: boolean][] = [
    ['bound to a gateway', '', '', gateway('ingressgateway'), true],
    ['bound to an egress gateway', '', '', gateway('egressgateway'), false],
    ['bound to an east-west gateway', '', '', gateway('eastwestgateway'), false],
    ['bound to the mesh', 'gateways: [edge]', 'gateways: [mesh]', '', false],
    ['bound to nothing', 'gateways: [edge]', 'a: b', '', false],
    ['bound to both', 'gateways: [edge]', 'gateways: [mesh, edge]', '', true],
    [
      'bound to a gateway elsewhere',
      'gateways: [edge]',
      'gateways: [other/edge]',
      gateway('egressgateway'),
      true,
    ],
  ];
  it.each(INTERNET)('%s comes from the internet: %s', (_, from, to, more, want) => {
    expect(routesOf(read(from, to, more)).map(({ internet }) => internet)).toEqual([want, want]);
  });

  it('says what the service sees of a path that is rewritten', () => {
    const observations = read('      route:', '      rewrite: { uri: /v1/orders }\n      route:');
    expect(routesOf(observations)[0]).toMatchObject({ path: '/orders', rewrittenTo: '/v1/orders' });
    expect(observations).toContainEqual(
      expect.objectContaining({ kind: 'endpoint', template: '/v1/orders' }),
    );
  });

  it('routes everything where it matches nothing', () => {
    const tcp = ROUTE.replace('  http:', '  tcp:').replace(
      / {4}- match:[\s\S]*?route:/,
      '    - route:',
    );
    expect(routesOf(readCluster(istio, tcp).observations)).toMatchObject([
      { path: '/', match: 'prefix', methods: [] },
    ]);
  });
});

describe('ServiceEntry', () => {
  const ENTRY = `apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: e }
spec:
  hosts:
    - api.example.com
    - "*.example.org"
`;
  it('names services outside the estate', () => {
    expect(readCluster(istio, ENTRY).observations).toEqual([
      {
        kind: 'service',
        subject: { by: 'address', host: 'api.example.com' },
        serviceKind: 'external',
        source: { reader: 'istio', how: 'configured', file: 'all.yaml', line: 6, column: 7 },
      },
    ]);
  });

  it('of the mesh itself names none', () => {
    expect(readCluster(istio, `${ENTRY}  location: MESH_INTERNAL\n`).observations).toEqual([]);
  });
});
