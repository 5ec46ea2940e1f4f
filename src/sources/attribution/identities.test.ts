import { describe, expect, it } from 'vitest';
import { toRecords } from '../../estate/index.ts';
import { nameServices } from './naming.ts';
import { Registry } from './registry.ts';
import { Resolver } from './resolver.ts';

type Workload = readonly [id: string, ...identities: readonly string[]];

/** The services of an estate, each with the identities that it is known to have. */
function resolverOf(...workloads: readonly Workload[]): Resolver {
  const records = toRecords(
    workloads.flatMap(([id, ...identities]) => {
      const [environment = '', namespace = '', name = ''] = id.split('/');
      const source = { reader: 'kubernetes', how: 'configured' } as const;
      const about = { entity: 'service', id, environment, namespace, name, source } as const;
      return [about, ...identities.map((identity) => ({ ...about, identity }))];
    }),
  );
  const registry = new Registry('prod');
  nameServices(registry, records.services, []);
  return new Resolver(registry, []);
}

const WEB: Workload = ['prod/shop/web', 'ns/shop/sa/web-account'];
const ORDERS: Workload = ['prod/shop/orders', 'spiffe://example.org/orders-of-the-shop'];
const BACKEND: Workload = ['prod/shop/backend'];
const V1: Workload = ['prod/shop/stock-v1', 'ns/shop/sa/stock'];
const V2: Workload = ['prod/shop/stock-v2', 'ns/shop/sa/stock'];
const STOCK: Workload = ['prod/shop/stock', 'ns/shop/sa/stock'];
const DEFAULT: Workload = ['prod/shop/default-api'];

describe('the service of an identity', () => {
  it.each<[string, readonly Workload[], string, string | undefined]>([
    [
      'is the one that is known to have it',
      [WEB, ORDERS, ['prod/shop/orders-of-the-shop']],
      'spiffe://example.org/orders-of-the-shop',
      'prod/shop/orders',
    ],
    [
      'is the one that runs as the account that it names',
      [WEB, ['prod/shop/web-account']],
      'spiffe://cluster.local/ns/shop/sa/web-account',
      'prod/shop/web',
    ],
    [
      'is the one that runs as the account itself',
      [WEB],
      'ns/shop/sa/web-account',
      'prod/shop/web',
    ],
    [
      'is named after the account where nobody is known to run as it',
      [BACKEND],
      'spiffe://example.org/ns/shop/sa/backend',
      'prod/shop/backend',
    ],
    [
      'is in the namespace of the account',
      [BACKEND],
      'spiffe://example.org/ns/other/sa/backend',
      undefined,
    ],
    [
      'is named by Consul',
      [BACKEND],
      'spiffe://11-22.consul/ns/default/dc/dc1/svc/backend',
      'prod/shop/backend',
    ],
    [
      'is named by Consul with its namespace and partition',
      [BACKEND],
      'spiffe://11-22.consul/ap/a/ns/shop/dc/dc1/svc/backend',
      'prod/shop/backend',
    ],
    ['is named by Kuma', [BACKEND], 'spiffe://mesh/backend_shop_svc_80', 'prod/shop/backend'],
    ['is named alone', [BACKEND], 'spiffe://example.org/backend', 'prod/shop/backend'],
    [
      'is not one of a foreign trust domain that is named alike',
      [ORDERS, BACKEND, WEB],
      'spiffe://partner.example/ns/shop/sa/backend',
      undefined,
    ],
    [
      'is not one that runs as the account of a foreign trust domain',
      [ORDERS, WEB],
      'spiffe://partner.example/ns/shop/sa/web-account',
      undefined,
    ],
    [
      'is not told by the account that all without one share',
      [DEFAULT],
      'spiffe://cluster.local/ns/shop/sa/default',
      undefined,
    ],
    [
      'is, of several that run as the account, the one that is named as it',
      [V1, V2, STOCK],
      'spiffe://cluster.local/ns/shop/sa/stock',
      'prod/shop/stock',
    ],
    [
      'is none of several that run as the account where none is named as it',
      [V1, V2],
      'spiffe://cluster.local/ns/shop/sa/stock',
      undefined,
    ],
    ['is none where it names none', [BACKEND], 'spiffe://example.org/a/b/c', undefined],
  ])('%s', (_, workloads, identity, want) => {
    const resolver = resolverOf(...workloads);
    expect(resolver.resolve({ by: 'identity', identity })?.id).toBe(want);
  });
});
