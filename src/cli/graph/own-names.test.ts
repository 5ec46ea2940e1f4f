import { describe, expect, it } from 'vitest';
import type { SpanParty } from '../../estate/spans/index.ts';
import { OwnEstate } from './own-estate.ts';
import { OwnNames } from './own-names.ts';

const named = (name: string, more: object = {}): SpanParty => ({ by: 'name', name, ...more });
const host = (name: string): SpanParty => ({ by: 'address', host: name });

const NAMES = new OwnNames([
  named('orders'),
  named('payments', { namespace: 'shop' }),
  named('payments'),
  named('stock', { namespace: 'shop', environment: 'staging' }),
  host('orders'),
]);

describe('the names that services give themselves', () => {
  it.each<[string, SpanParty, string]>([
    ['as it stands', named('orders'), 'orders'],
    ['of a service that nobody has heard of', named('reports'), 'reports'],
    ['with its namespace', named('payments', { namespace: 'shop' }), 'shop/payments'],
    ['of a service that says its namespace elsewhere', named('payments'), 'shop/payments'],
    [
      'with environment and namespace',
      named('stock', { namespace: 'shop', environment: 'staging' }),
      'staging/shop/stock',
    ],
    ['as a host', host('orders'), 'orders'],
    ['as a host of a cluster', host('payments.shop.svc.cluster.local'), 'shop/payments'],
    ['of a host outside', host('api.example.com'), 'external/api.example.com'],
  ])('are known %s', (_, party, want) => {
    expect(NAMES.service(party)).toBe(want);
  });

  it.each([
    ['spiffe://example.org/ns/shop/sa/payments', ['shop/payments']],
    ['spiffe://example.org/ns/other/sa/payments', []],
    ['spiffe://example.org/ns/shop/sa/orders', ['orders']],
    ['spiffe://example.org/ns/shop/sa/nobody', []],
    ['', []],
  ])('are found by the account %s', (principal, want) => {
    expect(NAMES.servicesOf(principal)).toEqual(want);
  });

  it('go with templates of what was asked', () => {
    const operation = { protocol: 'http', method: 'GET', path: '/items/17' } as const;
    expect(NAMES.endpoint('orders', operation).template).toMatch(/^\/items\/\{\w+\}$/);
    expect(NAMES.endpoint('orders', { ...operation, route: '/items/{id}' }).template).toBe(
      '/items/{id}',
    );
  });
});

describe('an estate that nobody has declared', () => {
  it('knows who was there while usual was learnt, and nobody else', () => {
    const estate = new OwnEstate();
    estate.learnt(['orders', 'external/api.example.com']);
    expect(estate.service('orders')).toMatchObject({ isVouchedFor: true, kind: 'workload' });
    expect(estate.service('external/api.example.com')).toMatchObject({ kind: 'external' });
    expect(estate.service('reports')).toBeUndefined();
    expect(estate.policy()).toBe('unknown');
  });
});
