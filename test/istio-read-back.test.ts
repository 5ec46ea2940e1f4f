import { describe, expect, it } from 'vitest';
import { compileIstio } from '../src/authorization/targets/istio/index.ts';
import { SHOP_CONTEXT, SHOP_RULES } from '../src/authorization/targets/testing/shop.ts';
import { istio } from '../src/sources/istio/index.ts';
import {
  permissionsOf,
  posturesOf,
  readCluster,
  weaknessesOf,
} from '../src/sources/mesh/cluster.fixture.ts';

const deployment = (name: string): string => `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: shop }
spec:
  template:
    metadata: { labels: { app: ${name} } }
    spec:
      serviceAccountName: ${name}
      containers: [{ name: a, ports: [{ containerPort: 8080 }] }]
`;

const CLUSTER = [
  'apiVersion: v1\nkind: Namespace\nmetadata: { name: shop, labels: { istio-injection: enabled } }\n',
  ...['web', 'orders', 'payments', 'reviews'].map(deployment),
  ...compileIstio(SHOP_RULES, SHOP_CONTEXT).files.map(({ text }) => text),
].join('---\n');

describe('what Istio is told of a shop is read back', () => {
  const { observations, diagnostics } = readCluster(istio, CLUSTER);

  it('without a complaint', () => {
    expect(diagnostics).toEqual([]);
    expect(weaknessesOf(observations)).toEqual([]);
  });

  const charges =
    'GET /v1/charges/{*}, GET /v1/charges/{*}/, HEAD /v1/charges/{*}, HEAD /v1/charges/{*}/';
  const others = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'OPTIONS', 'TRACE', 'CONNECT', 'DELETE'];
  it.each<readonly [string, string, readonly string[]]>([
    ['nobody', 'web', ['allow AuthorizationPolicy shop/reeve-web: nobody → nothing']],
    [
      'callers with their operations',
      'payments',
      [
        `allow AuthorizationPolicy shop/reeve-payments: shop/orders → POST /v1/charges, POST /v1/charges/, ${charges}`,
        `allow AuthorizationPolicy shop/reeve-payments: shop/payments → ${others
          .flatMap((method) => [`${method} /v1/charges`, `${method} /v1/charges/{**}`])
          .join(', ')}`,
      ],
    ],
    ['everybody in shadow mode', 'reviews', ['allow default: * → *']],
  ])('that lets in %s', (_, name, permissions) => {
    expect(permissionsOf(observations, name)).toEqual(permissions);
  });

  it.each([
    ['web', 'strict'],
    ['orders', 'strict'],
    ['payments', 'strict'],
    ['reviews', 'permissive'],
  ])('with the mutual TLS of %s: %s', (name, inbound) => {
    expect(posturesOf(observations, name)).toMatchObject([{ inbound }]);
  });
});
