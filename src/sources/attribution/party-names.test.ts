import { describe, expect, it } from 'vitest';
import { type NamedService, PartyNames } from './party-names.ts';

const service = (namespace: string, name: string, identities: string[] = []): NamedService => ({
  id: `production/${namespace}/${name}`,
  environment: 'production',
  namespace,
  name,
  isAnywhere: false,
  aliases: [`${name}-svc`],
  images: [],
  identities,
});

const WEB = 'spiffe://example.org/ns/shop/sa/web';
const names = new PartyNames(
  [
    service('shop', 'orders', ['ns/shop/sa/workers']),
    service('shop', 'mail', ['ns/shop/sa/workers']),
    service('shop', 'web', [WEB]),
    service('shop', 'twin'),
    service('default', 'twin'),
    service('shop', 'ledger'),
    service('finance', 'ledger'),
    { ...service('default', 'open'), isAnywhere: true },
  ],
  'production',
);

describe('the names of parties', () => {
  it.each([
    ['a service by its name', { by: 'name', name: 'orders' }, 'production/shop/orders'],
    ['one by an alias', { by: 'address', host: 'orders-svc' }, 'production/shop/orders'],
    ['one by its host', { by: 'address', host: 'web.shop.svc' }, 'production/shop/web'],
    ['one by its identity', { by: 'identity', identity: WEB }, 'production/shop/web'],
    ['one that names itself', { by: 'name', name: 'new' }, 'production/default/new'],
    [
      'one of another namespace, which the estate need not have',
      { by: 'name', name: 'orders', namespace: 'finance' },
      'production/finance/orders',
    ],
    [
      'one of `default`, where that is said',
      { by: 'name', name: 'orders', namespace: 'default' },
      'production/default/orders',
    ],
    [
      'one by an alias of another namespace',
      { by: 'name', name: 'orders-svc', namespace: 'finance' },
      'production/finance/orders-svc',
    ],
    [
      'one whose namespace nobody knows',
      { by: 'name', name: 'open', namespace: 'finance' },
      'production/default/open',
    ],
    ['of several the one in `default`', { by: 'name', name: 'twin' }, 'production/default/twin'],
    ['of several others none', { by: 'name', name: 'ledger' }, 'production/default/ledger'],
    [
      'of several by an alias none',
      { by: 'name', name: 'ledger-svc' },
      'production/default/ledger-svc',
    ],
    [
      'one of another environment',
      { by: 'name', name: 'orders', environment: 'staging', namespace: 'shop' },
      'staging/shop/orders',
    ],
    ['a stranger', { by: 'address', host: 'API.example.com' }, 'external/api.example.com'],
    [
      'an identity of nobody’s',
      { by: 'identity', identity: 'spiffe://other.example/x' },
      'external/spiffe://other.example/x',
    ],
  ] as const)('find %s', (_, subject, id) => {
    expect(names.idOf(subject)).toBe(id);
  });

  it('find nobody for an account of several', () => {
    expect(names.ofIdentity('ns/shop/sa/workers')).toBeUndefined();
    expect(names.ofIdentity(WEB)).toBe('production/shop/web');
  });
});
